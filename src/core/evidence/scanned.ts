import { byCodeUnits } from "../../lib/order.ts";
import { type ChangedFile, type ChangeSet, changed, type Place } from "../change/change-set.ts";
import { hunks } from "../change/hunks.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { ScannerLevel, ScannerReport, ScannerResult } from "./sarif.ts";
import { isOfBase, trustIn } from "./trust.ts";

/** What other scanners found that is of the change: one for each of their rules in each file. */
export interface Scanned extends Pick<ScannerResult, "tool" | "rule" | "message"> {
  /** The worst of those that are counted here. */
  readonly level: ScannerLevel;
  /** The first of the places. */
  readonly at: Place;
  readonly times: number;
  /** Whether a workflow that the policy names says so. */
  readonly isPinned: boolean;
}

/** A report, where its scanner ran, and whether a workflow that the policy names brought it. */
export interface Scan {
  readonly report: ScannerReport;
  readonly root: string;
  readonly isPinned: boolean;
}

type Known = Pick<Facts, "subject" | "base" | "head" | "change" | "landing" | "mergeBaseSha" | "evidence">;

/** What scanners found at the head of a change, from everybody: it can only speak against the change. */
export function scannedIn(facts: Known, { evidence: { findings } }: Pick<Policy, "evidence">): readonly Scanned[] {
  const reports = facts.evidence.flatMap((one) =>
    one.brought.kind === "findings" ? [{ one, report: one.brought.report }] : [],
  );
  const atHead = reports
    .filter(({ one }) => one.headSha === facts.head.sha)
    .map(({ one, report }): Scan => {
      return { report, root: one.root, isPinned: trustIn(one, findings.from, facts).kind === "trusted" };
    });
  const atBase = reports
    .filter(({ one }) => isOfBase(one, findings.from, facts))
    .map(({ one, report }): Scan => ({ report, root: one.root, isPinned: true }));
  return newlyFound(facts.change, atHead, atBase);
}

/** Whether any scanner was heard about the head. */
export function wasScanned({ evidence, head }: Pick<Facts, "evidence" | "head">): boolean {
  return evidence.some(({ headSha, brought }) => headSha === head.sha && brought.kind === "findings");
}

/**
 * What is new in the reports about a head. Where the same scanner has looked at the commit where the change begins, in the same folder:
 * what was not there, wherever it is, however far it moved within its file. Else: what lies on lines that the change touches; a report
 * about a whole file is new if the file is. Sorted by path, line, scanner and rule.
 */
export function newlyFound(change: ChangeSet, atHead: readonly Scan[], atBase: readonly Scan[]): readonly Scanned[] {
  const files = new Map(changed(change).map((file) => [file.path, file]));
  const paths = new Set(change.files.flatMap(({ path, after }) => (after === null ? [] : [path])));
  const found = new Map<string, { readonly result: ScannerResult; readonly path: string; isPinned: boolean }>();
  for (const scan of atHead) {
    for (const result of newIn(scan, atBase, files, paths)) {
      const path = pathOf(result, scan.root, paths);
      const key = JSON.stringify([result.tool, result.rule, path, result.lines]);
      const known = found.get(key);
      found.set(key, { result, path, isPinned: scan.isPinned || known?.isPinned === true });
    }
  }
  const groups = Map.groupBy(found.values(), ({ result, path }) => JSON.stringify([result.tool, result.rule, path]));
  return [...groups.values()].flatMap(together).toSorted(inOrder);
}

interface Found {
  readonly result: ScannerResult;
  readonly path: string;
  readonly isPinned: boolean;
}

function together(same: readonly Found[]): readonly Scanned[] {
  const sorted = same.toSorted((a, b) => lineOf(a.result) - lineOf(b.result));
  const [first] = sorted;
  if (first === undefined) return [];
  const { tool, rule, message, lines } = first.result;
  const line = lineOf(first.result);
  const end = lines === null || lines.last === lines.first ? {} : { endLine: lines.last };
  return [
    {
      tool,
      rule,
      message,
      level: sorted.reduce<ScannerLevel>((worst, { result }) => worse(worst, result.level), "note"),
      at: { path: first.path, side: "head", line, ...end },
      times: same.length,
      isPinned: same.some(({ isPinned }) => isPinned),
    },
  ];
}

function newIn(
  scan: Scan,
  atBase: readonly Scan[],
  files: ReadonlyMap<string, ChangedFile>,
  paths: ReadonlySet<string>,
): readonly ScannerResult[] {
  const before = atBase.filter(({ root }) => root === scan.root);
  const compared = new Set(before.flatMap(({ report }) => report.tools));
  // As many as stood there are not new; those beyond them are, and nobody can say which of them.
  const left = new Map<string, number>();
  for (const { report } of before)
    for (const [key, times] of countedBy(report.results)) left.set(key, Math.max(times, left.get(key) ?? 0));
  return scan.report.results.filter((result) => {
    if (!compared.has(result.tool)) {
      const file = files.get(pathOf(result, scan.root, paths));
      return file !== undefined && touches(file, result);
    }
    const key = sameKey(result);
    const times = left.get(key) ?? 0;
    left.set(key, times - 1);
    return times <= 0;
  });
}

function countedBy(results: readonly ScannerResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const result of results) counts.set(sameKey(result), (counts.get(sameKey(result)) ?? 0) + 1);
  return counts;
}

/** Lines move with every edit above them, and are no part of it. */
function sameKey({ tool, rule, path }: ScannerResult): string {
  return JSON.stringify([tool, rule, path]);
}

function touches(file: ChangedFile, { lines }: ScannerResult): boolean {
  if (file.after === null) return false;
  if (file.status === "added") return true;
  if (lines === null) return false;
  const { first, last } = lines;
  return hunks(file).some(({ after: { start, count } }) =>
    // Where lines are only gone, they stood before `start`: between two lines that are both in the place.
    count === 0 ? first < start && start <= last : first < start + count && start <= last,
  );
}

/** The path in the repository. A scanner names files from where it ran, or from the root of its machine. */
function pathOf({ path }: ScannerResult, root: string, paths: ReadonlySet<string>): string {
  if (path.startsWith("/")) {
    const ends = [...paths].filter((known) => path.endsWith(`/${known}`));
    return ends.toSorted((a, b) => b.length - a.length)[0] ?? path.slice(1);
  }
  const below = root === "" ? path : `${root}/${path}`;
  return paths.has(below) || !paths.has(path) ? below : path;
}

function lineOf({ lines }: ScannerResult): number {
  return lines?.first ?? 1;
}

function worse(a: ScannerLevel, b: ScannerLevel): ScannerLevel {
  return a === "error" || b === "error" ? "error" : a === "warning" || b === "warning" ? "warning" : "note";
}

function inOrder(a: Scanned, b: Scanned): number {
  return (
    byCodeUnits(a.at.path, b.at.path) ||
    a.at.line - b.at.line ||
    byCodeUnits(a.tool, b.tool) ||
    byCodeUnits(a.rule, b.rule)
  );
}
