import type { Incident } from "../incidents.ts";
import { moment } from "../../core/moments.ts";
import type { Outcome } from "./perform.ts";
import type { Played, Step } from "./theatre.ts";
import type { Arrived } from "./watch.ts";

type Style = "bold" | "dim" | "red" | "yellow" | "green" | "blue";
const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32, blue: 34 };
const verdictStyle: Readonly<Record<string, Style>> = { block: "red", hold: "yellow", wait: "blue", allow: "green" };

function paint(style: Style, text: string, colour: boolean): string {
  return colour ? `\u{1b}[${codes[style]}m${text}\u{1b}[0m` : text;
}

/** What is about to be seen. */
export function opening(incidents: number, colour: boolean): string {
  return `${paint("bold", "Sallyport: a gate between AI agents and production", colour)}

A fake GitHub and the real service are running. The App is installed on the organisation "acme", and its check is required
on the branch main of acme/infra. Now ${incidents} pull requests, and a few beside them, are opened as agents opened them, each of which once took
something down. Each one is valid and would pass its tests.

`;
}

/** One incident: what happened then, what the check run says now. `report`: where the whole of it lies; null where it does not stay. */
export function scene(
  incident: Incident,
  { number, atMs, arrived, before, after }: Played,
  report: string | null,
  colour: boolean,
): string {
  const { verdict } = arrived;
  const lines = [
    paint("dim", "─".repeat(100), colour),
    `${paint("bold", `${incident.id}  #${number} "${incident.title}"`, colour)}, opened by ${incident.agent}`,
    `What happened then: ${incident.happened}`,
    "",
    ...before.flatMap((step) => stepLines(step, colour)),
    ...(before.length + after.length === 0 ? [] : [paint("dim", moment(atMs, "UTC"), colour)]),
    paint(verdictStyle[verdict.verdict] ?? "bold", arrived.title, colour),
    `check run: ${arrived.conclusion ?? "in progress"} · risk ${verdict.risk.tier} · reaches ${reached(verdict.reaches)}`,
    ...verdict.findings.flatMap((finding) => findingLines(finding, colour)),
    ...verdict.requirements
      .filter(({ state }) => state !== "met")
      .map(({ what, from, now }) => `Missing: ${what}, from ${from}: ${now}`),
    ...(after.length === 0 ? [] : [""]),
    ...after.flatMap((step) => stepLines(step, colour)),
    ...(report === null ? [] : [paint("dim", `Whole report: ${report}`, colour)]),
    "",
    "",
  ];
  return lines.join("\n");
}

/** When it was, what happened, and what the check run said then, with the reason. */
function stepLines({ atMs, deed, verdict, title, waits }: Step, colour: boolean): readonly string[] {
  return [
    `${paint("dim", moment(atMs, "UTC"), colour)}  ${deed}`,
    `  ${paint(verdictStyle[verdict] ?? "bold", title, colour)}`,
    ...(waits === null ? [] : [`  ${waits}`]),
  ];
}

function reached(reaches: Arrived["verdict"]["reaches"]): string {
  const names = [
    ...new Set(
      reaches.map(({ environment, service }) => [environment, service].filter((name) => name !== null).join("/")),
    ),
  ];
  return names.length === 0 ? "no environment" : names.join(", ");
}

function findingLines(finding: Arrived["verdict"]["findings"][number], colour: boolean): readonly string[] {
  const { place, fix } = finding;
  return [
    "",
    `${paint("bold", finding.rule, colour)} at ${place.path}:${place.start.line}`,
    `  ${finding.message}`,
    `  ${paint("dim", "Why it matters:", colour)} ${finding.why}`,
    `  ${paint("dim", "What to do:", colour)} ${finding.remedy}`,
    ...(fix === null ? [] : patchLines(fix.patch, colour)),
    ...(fix === null ? [] : [`  With this patch the verdict would be ${fix.evaluated.verdict}.`]),
  ];
}

function patchLines(patch: string | null, colour: boolean): readonly string[] {
  if (patch === null) return [];
  const changed = patch.split("\n").filter((line) => /^[-+](?![-+])/u.test(line));
  return changed.map((line) => `  ${paint(line.startsWith("-") ? "red" : "green", line, colour)}`);
}

/** One line of the summary. */
export function outcomeLine(
  { incident, expectedSteps, steps, right }: Pick<Outcome, "incident" | "expectedSteps" | "steps" | "right">,
  colour: boolean,
): string {
  const shown = steps.map((verdict) => paint(verdictStyle[verdict] ?? "bold", verdict, colour)).join(" → ");
  const mark = right
    ? paint("green", "as it should be", colour)
    : paint("red", `expected ${expectedSteps.join(" → ")}`, colour);
  return `${incident}  ${shown}  ${mark}\n`;
}

/** Where to look while everything stays up. */
export function closing(urls: {
  readonly service: string;
  readonly github: string;
  readonly token: string;
  readonly reports: string;
}): string {
  return `
Everything stays up until you press Ctrl-C. Look at:
  ${urls.reports}/*.md   the reports as reviewers see them on GitHub, with the JSON for agents at the end
  ${urls.service}   the service: what it is, and /readyz
  curl -H "authorization: Bearer ${urls.token}" ${urls.github}/repos/acme/infra/pulls   the fake GitHub's API, as person-a
Change a file under test/incidents and start again; or judge a change of your own: npx --no -- sallyport check --help
`;
}
