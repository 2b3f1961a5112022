import { code, fence, paragraph, prose, table } from "../../lib/markdown.ts";
import { byteLength, count, shorten } from "../../lib/text.ts";
import type { Evaluation, Finding, InvariantResult, Next, Requirement } from "../evaluate/evaluation.ts";
import type { Shared } from "../evaluate/siblings.ts";
import { isOpen } from "../evaluate/open.ts";
import { examinedInPart, invariants } from "../invariants.ts";
import { chainCount, chainFold, chainsShown, chainTree } from "./chains.ts";
import { fit, partLimitBytes } from "./fit.ts";
import { foldedText } from "./folded.ts";
import { gateSection } from "./gate.ts";
import { moment } from "../moments.ts";
import { policyChangeSection, standInSection } from "./policy.ts";
import { planSection } from "./plan.ts";
import { bakeSection } from "./bake.ts";
import { glassSection } from "./overrides.ts";
import { findingSection, gapSection, placeLink, rowsShown } from "./sections.ts";
import { terraformPlanSection } from "./terraform-plan.ts";
import {
  actorName,
  capitalised,
  countsFrom,
  decisiveFact,
  isQuiet,
  reachedNames,
  someOf,
  untilWhen,
  verdictWord,
  wayOut,
  writtenBy,
} from "./words.ts";
import { findingsWorstFirst } from "./worst-first.ts";

const treeMax = 4_000;

/** The two halves of a report as GitHub's check run shows them: `summary` is for deciding, `text` is folded evidence. */
export interface Written {
  readonly summary: string;
  readonly text: string;
}

/** The report of one evaluation. `site` is GitHub's own address, as `https://github.com`; `shared` is what siblings make of it. */
export function writeReport(evaluation: Evaluation, site: string, shared: Shared | null = null): Written {
  return { summary: summaryOf(evaluation, site, shared), text: foldedText(evaluation) };
}

/** The whole report as one document. */
export function renderMarkdown(evaluation: Evaluation, site: string): string {
  const { summary, text } = writeReport(evaluation, site);
  return `${summary}\n\n---\n\n${text}\n`;
}

function summaryOf(evaluation: Evaluation, site: string, shared: Shared | null): string {
  const findings = findingsWorstFirst(evaluation.findings);
  const start = [
    heading(evaluation, shared),
    glassSection(evaluation),
    oneLine(evaluation),
    missingTable(evaluation, findings),
  ];
  const brief = evaluation.provenance.author !== "agent" && findings.length === 0 && evaluation.gaps.length === 0;
  const sections = [
    gateSection(evaluation.posture, evaluation.subject.repository),
    standInSection(evaluation),
    policyChangeSection(evaluation),
    bakeSection(evaluation),
    planSection(evaluation.plan),
    chains(evaluation),
    brief ? "" : invariantTable(evaluation, findings),
    ...findings.map((finding, index) => findingSection(finding, index + 1, evaluation, site)),
    gapSection(evaluation, site),
    ...evaluation.terraformPlans.map((plan) =>
      terraformPlanSection(plan, (place) => placeLink(place, evaluation, site)),
    ),
    unknowableSection(evaluation),
  ].filter((section) => section !== "");
  const opening = start.filter((part) => part !== "").join("\n\n");
  const tooLong = byteLength(opening) > partLimitBytes / 2;
  // Names so long that not even the table fits: what decides is still said.
  return fit(tooLong ? (start[0] ?? "") : opening, sections, "", (number) => {
    return `**${count(number, "section")} left out** for GitHub's limit of length; \`sallyport check\` prints everything.`;
  });
}

function heading(evaluation: Evaluation, shared: Shared | null): string {
  const word = verdictWord(shared?.verdict ?? evaluation.verdict, evaluation.policy.mode);
  if (shared === null || shared.verdict === evaluation.verdict)
    return `## ${word}: ${prose(decisiveFact(evaluation), 300)}`;
  const others = shared.because.map(
    ({ subject, verdict }) => `${code(`#${subject.number}`)} (${verdict ?? "not judged yet"})`,
  );
  return [
    `## ${word}: another pull request with this head and base is judged worse`,
    `${someOf(others, 10)} shares this check run, and the worst verdict stands. This one alone: **${evaluation.verdict}**, ${prose(decisiveFact(evaluation), 300)}.`,
  ].join("\n\n");
}

function oneLine(evaluation: Evaluation): string {
  const { environments, services } = reachedNames(evaluation);
  const reached = [
    environments.length === 0
      ? "no environment"
      : someOf(
          environments.map((name) => code(name)),
          4,
        ),
    ...(services.length === 0
      ? []
      : [
          someOf(
            services.map((name) => code(name)),
            4,
          ),
        ]),
  ].join(" · ");
  const { actor } = evaluation.next;
  const at = evaluation.next.atMs === null ? "" : ` from ${moment(evaluation.next.atMs, evaluation.timezone)}`;
  const next = actor === "nobody" ? "nothing is missing" : `${actorName(evaluation.next)}${at}`;
  const line = `**Reaches** ${reached} **Risk** ${evaluation.risk.tier} **By** ${prose(writtenBy(evaluation), 200)} **Next** ${next}`;
  const follow = evaluation.next.action === "merge" ? "" : `\n\n**Do next.** ${prose(evaluation.next.do, 600)}`;
  return `${line}${follow}`;
}

function missingTable(evaluation: Evaluation, findings: readonly Finding[]): string {
  const author = evaluation.provenance.author === "agent" ? "the agent" : "the author";
  const open = findings
    .map((finding, index) => ({ finding, number: index + 1 }))
    .filter(({ finding }) => isOpen(finding) && finding.clearedBy === "author" && finding.level !== "observe");
  const pushes = open.slice(0, chainsShown).map(({ finding, number }) => {
    const how = finding.fix === null ? `(finding ${number})` : `(patch under finding ${number})`;
    const or = finding.level === "review" ? ", or people accept it" : "";
    return [prose(capitalised(wayOut(finding)), 300), `${author} ${how}${or}`, "open"];
  });
  const more =
    open.length > chainsShown ? [[`${count(open.length - chainsShown, "further finding")} below`, author, "open"]] : [];
  const asked = evaluation.requirements
    .filter(({ state }) => state.kind !== "met")
    .slice(0, rowsShown)
    .flatMap((requirement) => requirementRows(requirement, tooEarly(evaluation.next), evaluation));
  const rows = [...pushes, ...more, ...asked];
  return rows.length === 0 ? "" : table(["What is missing", "From whom", "Now"], rows);
}

/** What comes before a review, so that one that is given now would be lost; null: nothing does. */
function tooEarly({ action, actor }: Next): string | null {
  if (action === "declare") return "a plan that is declared later";
  return action === "push" && actor !== "operator" ? "a push that changes a finding" : null;
}

function requirementRows(
  requirement: Requirement,
  early: string | null,
  evaluation: Evaluation,
): readonly (readonly string[])[] {
  const { what, from, now, kind, excluded } = requirement;
  const until = untilWhen(requirement, evaluation.timezone);
  const wait = kind === "approvals" && early !== null ? `. **Do not review yet**: ${early} voids approvals` : "";
  const not = excluded
    .slice(0, rowsShown)
    .map((one) => `${code(one.login, 60)} (${prose(one.because, 160)}${countsFrom(one, evaluation.timezone)})`);
  return [
    [prose(what, 300), prose(from, 300), `${prose(now, 500)}${until}${wait}`],
    ...(not.length === 0 ? [] : [["not counted", someOf(not, 8), ""]]),
  ];
}

function invariantTable(evaluation: Evaluation, findings: readonly Finding[]): string {
  const numbers = (ids: readonly string[]) =>
    ids
      .map((id) => findings.findIndex((finding) => finding.id === id) + 1)
      .filter((number) => number > 0)
      .sort((a, b) => a - b);
  const named = (result: InvariantResult) => invariants[result.invariant];
  const shown = evaluation.invariants.filter(({ result }) => !isQuiet(result));
  const unseen = evaluation.invariants.filter(({ result }) => result === "not_examined");
  const passed = evaluation.invariants.filter(({ result }) => result === "pass");
  const off = evaluation.invariants.filter(({ result }) => result === "off");
  const rows = shown.map((result) => {
    const behind = numbers(result.findings);
    const list = someOf(behind.map(String), 8);
    return [
      named(result),
      `${resultWord(result)}${behind.length === 0 ? "" : `, ${behind.length === 1 ? "finding" : "findings"} ${list}`}`,
    ];
  });
  if (passed.length > 0) {
    const label = `${rows.length === 0 ? "All that were examined" : "The others that were examined"}: ${passed.length}`;
    rows.push([label, `pass: ${passed.map(named).join(", ").toLowerCase()}`]);
  }
  const inPart = evaluation.invariants.filter(({ result }) => result === "nothing_found");
  if (inPart.length > 0) {
    const parts = inPart.map((one) => `${named(one)} (${examinedInPart[one.invariant] ?? "in part"})`);
    rows.push([`Examined in part: ${inPart.length}`, `nothing found: ${uncapitalised(parts)}`]);
  }
  if (unseen.length > 0) {
    rows.push([`Not examined by this version: ${unseen.length}`, unseen.map(named).join(", ").toLowerCase()]);
  }
  if (off.length > 0) rows.push([`Switched off by the policy: ${off.length}`, off.map(named).join(", ").toLowerCase()]);
  if (evaluation.gaps.length > 0) rows.push(["Gaps", `${evaluation.gaps.length}, listed below`]);
  return rows.length === 0 ? "" : table(["Invariant", "Result"], rows);
}

/** Only the first letter of each: names in it keep theirs. */
function uncapitalised(words: readonly string[]): string {
  return words.map((word) => word.slice(0, 1).toLowerCase() + word.slice(1)).join(", ");
}

function resultWord({ result }: InvariantResult): string {
  switch (result) {
    case "fail":
      return "**FAIL**";
    case "asks":
      return "**asks people**";
    case "accepted":
      return "accepted by approvals";
    case "overridden":
      return "lifted by an override";
    case "observed":
      return "observed";
    case "pass":
    case "off":
      return result;
    case "nothing_found":
      return "nothing found in the part that is examined";
    case "not_examined":
      return "not examined";
  }
}

function chains({ reach }: Evaluation): string {
  const number = chainCount(reach);
  if (number === 0) return "";
  if (number <= chainsShown) return fence("", shorten(chainTree(reach), treeMax));
  const lines = chainFold(reach)
    .slice(0, rowsShown)
    .map((line) => `- ${paragraph(line, 200)}`);
  return [`${count(number, "chain")} lead from changed files to what is deployed:`, "", ...lines].join("\n");
}

function unknowableSection({ unknowable }: Evaluation): string {
  if (unknowable.length === 0) return "";
  return [
    "### What cannot be known here",
    "",
    ...unknowable.slice(0, rowsShown).map((line) => `- ${paragraph(line, 300)}`),
  ].join("\n");
}
