import { count, visible, visibleLines } from "../../lib/text.ts";
import type { Evaluation, Finding } from "../evaluate/evaluation.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { isOpen } from "../evaluate/open.ts";
import { invariants } from "../invariants.ts";
import type { Table } from "../rule.ts";
import { chainCount, chainFold, chainsShown, chainTree } from "./chains.ts";
import { moment } from "../moments.ts";
import { standInText } from "./policy.ts";
import { overriddenClause } from "./overridden.ts";
import { terraformPlanText } from "./terraform-plan-text.ts";
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
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

type Paint = (style: "bold" | "dim" | "red" | "yellow" | "green" | "blue", text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32, blue: 34 };
const colours: Readonly<Record<Verdict, "red" | "yellow" | "green" | "blue">> = {
  block: "red",
  hold: "yellow",
  wait: "blue",
  allow: "green",
};

/** The report for a terminal. Control characters of authors are written out; the only escape sequences are ours, where `colour` asks. */
export function renderTerminal(evaluation: Evaluation, colour: boolean): string {
  const paint: Paint = colour ? (style, text) => `\u{1b}[${codes[style]}m${text}\u{1b}[0m` : (_style, text) => text;
  const { verdict, policy } = evaluation;
  const { environments, services } = reachedNames(evaluation);
  const findings = findingsWorstFirst(evaluation.findings);
  const headline = `${verdictWord(verdict, policy.mode)}: ${plain(decisiveFact(evaluation))}`;
  const facts = [
    `Reaches ${plain(someOf([...environments, ...services], 6)) || "no environment"}`,
    `risk ${evaluation.risk.tier}`,
    plain(writtenBy(evaluation)),
    `${count(evaluation.files.changed, "file")}, +${evaluation.files.additions} -${evaluation.files.deletions}`,
  ];
  const sections = [
    `${paint("bold", paint(colours[verdict], headline))}\n${facts.join(" · ")}`,
    nextLines(evaluation, paint),
    missingLines(evaluation),
    ...evaluation.terraformPlans.map(terraformPlanText),
    chainLines(evaluation),
    ...findings.map((finding, index) => findingLines(finding, index + 1, evaluation, paint)),
    gapLines(evaluation, paint),
    listed("A policy cannot be read", policy.standIns.map(standInText)),
    invariantLines(evaluation),
    listed("What cannot be known here", evaluation.unknowable),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function nextLines({ next, timezone }: Evaluation, paint: Paint): string {
  if (next.actor === "nobody") return "";
  const at = next.atMs === null ? "" : ` from ${moment(next.atMs, timezone)}`;
  return `${paint("bold", `Next: ${actorName(next)}${at}.`)} ${plain(next.do)}`;
}

function missingLines({ requirements, timezone }: Evaluation): string {
  const rows = requirements
    .filter(({ state }) => state.kind !== "met")
    .map((requirement) => {
      const { what, from, now, excluded } = requirement;
      const until = untilWhen(requirement, timezone);
      const not = excluded
        .map((one) => `\n    not counted: ${plain(one.login)} (${plain(one.because)}${countsFrom(one, timezone)})`)
        .join("");
      return `  - ${plain(what)}, from ${plain(from)}: ${plain(now)}${until}${not}`;
    });
  return rows.length === 0 ? "" : ["Missing", ...rows].join("\n");
}

function chainLines({ reach }: Evaluation): string {
  const number = chainCount(reach);
  if (number === 0) return "";
  return number <= chainsShown
    ? visibleLines(chainTree(reach))
    : chainFold(reach)
        .map((line) => `  - ${visible(line)}`)
        .join("\n");
}

function findingLines(finding: Finding, number: number, { timezone }: Evaluation, paint: Paint): string {
  const { place, rule, level, waived, overridden, fix, passes } = finding;
  const open = isOpen(finding);
  const lifted = waived === null ? "overridden" : "waived";
  const word = open ? { block: "blocks", review: "asks people", observe: "observed" }[level] : lifted;
  const colour = open && level === "block" ? "red" : open && level === "review" ? "yellow" : "dim";
  const side = place.side === "base" ? " (before the change)" : "";
  const after = fix === null ? "" : `Evaluated with this patch applied: ${fix.after.verdict}.`;
  const lines = [
    `${paint("bold", `${number}. ${visible(rule)}`)} ${paint(colour, word)}  ${visible(place.path)}:${place.line}${side}`,
    `   ${plain(finding.message)}`,
    finding.bounds === null ? "" : indented(grid(finding.bounds)),
    passes === null ? "" : `   ${plain(capitalised(wayOut(finding)))} (${plain(passes.because)})`,
    waived === null ? "" : `   Waived until ${visible(waived.until)} by ${visible(waived.by)}: ${plain(waived.reason)}`,
    overridden === null ? "" : `   ${plain(capitalised(overriddenClause(overridden, timezone)))}`,
    `   ${paint("dim", "Why:")} ${plain(finding.why)}`,
    `   ${paint("dim", "Do:")}  ${plain(finding.remedy)}`,
    fix === null ? "" : indented(`${visibleLines(fix.patch).trimEnd()}\n${after}`),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function gapLines({ gaps, timezone }: Evaluation, paint: Paint): string {
  const rows = gapsWorstFirst(gaps).map(({ reason, remedy, path, line, level, overridden }) => {
    const at = path === null ? "" : `  ${visible(path)}${line === null ? "" : `:${line}`}`;
    const blocks = level === "block" ? paint("red", " blocks") : "";
    const word = overridden === null ? blocks : ` (${plain(overriddenClause(overridden, timezone))})`;
    return `  - Cannot decide: ${plain(reason)}${word}${at}\n    ${paint("dim", "Do:")} ${plain(remedy)}`;
  });
  return rows.length === 0 ? "" : ["Gaps: evidence that is missing", ...rows].join("\n");
}

function invariantLines({ invariants: results }: Evaluation): string {
  const passed = results.filter(({ result }) => result === "pass").length;
  const rows = results
    .filter(({ result }) => !isQuiet(result))
    .map(({ invariant, result }) => `  - ${invariants[invariant]}: ${result}`);
  const unseen = results.filter(({ result }) => result === "not_examined").length;
  const inPart = results.filter(({ result }) => result === "nothing_found").length;
  const also = [
    inPart === 0 ? "" : `; nothing found in ${inPart} that ${inPart === 1 ? "is" : "are"} examined in part`,
    unseen === 0 ? "" : `; ${unseen} not examined by this version`,
  ].join("");
  return [`${capitalised(count(passed, "invariant"))} ${passed === 1 ? "passes" : "pass"}${also}`, ...rows].join("\n");
}

function listed(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [heading, ...lines.map((line) => `  - ${plain(line)}`)].join("\n");
}

/** A table with its columns padded to the widest cell. */
function grid({ columns, rows }: Table): string {
  const all = [columns, ...rows].map((row) => columns.map((_, index) => plain(row[index] ?? "")));
  const widths = columns.map((_, index) => Math.max(...all.map((row) => (row[index] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `   ${line}`)
    .join("\n");
}

function plain(text: string): string {
  return visible(text).replaceAll("`", "");
}
