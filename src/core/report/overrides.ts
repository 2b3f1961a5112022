import { formatDuration } from "../../lib/duration.ts";
import { code, details, prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Evaluation, Overriding } from "../evaluate/evaluation.ts";
import { moment } from "../moments.ts";
import { overrideCommand } from "./overridden.ts";
import { rowsShown } from "./sections.ts";
import { someOf } from "./words.ts";

const commandMax = 300;

/** The same in an emergency. */
function breakGlassCommand({ headSha }: Pick<Evaluation, "headSha">, name: string): string {
  return `/sallyport break-glass ${headSha} ${name} REASON`;
}

/** Above everything else while a broken glass lifts something: nobody may take this report for an ordinary one. Empty otherwise. */
export function glassSection({ brokenGlass, timezone }: Evaluation): string {
  if (brokenGlass.length === 0) return "";
  const lines = brokenGlass.slice(0, rowsShown).map(({ login, untilMs, lifts, reportTo }) => {
    const told =
      reportTo.length === 0
        ? ""
        : ` The policy has it reported to ${someOf(
            reportTo.map((one) => code(one)),
            3,
          )}.`;
    const ids = someOf(
      lifts.map((id) => code(id)),
      3,
    );
    return `> **The glass is broken** by ${code(login)} until ${moment(untilMs, timezone)}: ${ids}.${told}`;
  });
  const more = brokenGlass.length > rowsShown ? [`> ${brokenGlass.length - rowsShown} more.`] : [];
  return [...lines, ...more].join("\n>\n");
}

/** A reader who has never seen a budget is not told of any. */
function lotsOf({ overriding, shortages }: Evaluation): string {
  return shortages.length === 0
    ? count(overriding.length, "finding or gap", "findings and gaps")
    : count(overriding.length, "finding, gap or budget", "findings, gaps and budgets");
}

/** Folded: what may be lifted, by which command, who has said so, and who does not count. Empty where nothing may be lifted. */
export function overridingSection(evaluation: Evaluation): string {
  const { overriding } = evaluation;
  const [first] = overriding;
  if (first === undefined) return "";
  const rows = overriding.slice(0, rowsShown).map((one) => `- ${answerLine(one, evaluation)}`);
  const more = overriding.length > rowsShown ? [`- ${overriding.length - rowsShown} more`] : [];
  const { glass } = first;
  const emergency =
    glass === null
      ? []
      : [
          "",
          `In an emergency ${glass.need} of ${prose(glass.from, 200)} may lift the same, for ${formatDuration(glass.forMs)}: ${code(breakGlassCommand(evaluation, "NAMES"), commandMax)}`,
        ];
  return details(
    `For people: overriding ${lotsOf(evaluation)}`,
    [
      `On this head and base alone, by ${first.need} of: ${prose(first.from, 300)}. It lifts no approval that is missing, no objection, no halt and no freeze; who had a part in this change does not count.`,
      "",
      ...rows,
      ...more,
      ...emergency,
    ].join("\n"),
  );
}

function answerLine({ id, name, need, counted, glass, excluded }: Overriding, evaluation: Evaluation): string {
  const said = counted.length === 0 ? "" : ` (${named(counted)})`;
  const broke =
    glass === null || glass.counted.length === 0
      ? ""
      : `, glass broken by ${glass.counted.length} of ${glass.need} (${named(glass.counted)})`;
  const not = excluded.map(({ login, because }) => `${code(login, 60)} (${prose(because, 160)})`);
  return [
    `${code(id)}: ${Math.min(counted.length, need)} of ${need}${said}${broke}. ${code(overrideCommand(evaluation, name), commandMax)}`,
    ...(not.length === 0 ? [] : [`Not counted: ${someOf(not, 8)}.`]),
  ].join(" ");
}

function named(logins: readonly string[]): string {
  return someOf(
    logins.map((login) => code(login, 60)),
    8,
  );
}
