import { structuredPatch } from "diff";
import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { changed, type ChangedFile, type ChangeSet, type FileVersion, type Place, type Side } from "./change-set.ts";

/**
 * The longest edit that is searched for, in lines removed and added: the search takes the square of it. Beyond it the middle of the
 * file counts as replaced, which is true, if not the shortest way to say it. (A limit of time would not be deterministic.)
 */
const editLimitLines = 1_000;
const contextLines = 3;

/** One place of difference. Lines count from 1; where a side has no lines, `start` is the line that follows the place. */
export interface Hunk {
  readonly before: Span;
  readonly after: Span;
  /** As in a unified diff: " " on both sides, "-" before only, "+" after only, "\" for the note of a missing final newline. */
  readonly lines: readonly string[];
}
export interface Span {
  readonly start: number;
  readonly count: number;
}

export interface LineCount {
  readonly additions: number;
  readonly deletions: number;
}

/** The hunks between two texts, each with up to `context` lines around it. */
export function hunksOf(before: string, after: string, context: number): readonly Hunk[] {
  const found = structuredPatch("", "", before, after, undefined, undefined, {
    context,
    maxEditLength: editLimitLines,
  });
  if (found === undefined) return replaced(before, after);
  return found.hunks.map((hunk) => ({
    before: { start: hunk.oldStart, count: hunk.oldLines },
    after: { start: hunk.newStart, count: hunk.newLines },
    lines: hunk.lines,
  }));
}

/** Reach, kinds, rules and report ask for the hunks of the same file, and long ones take a while. */
const known = new WeakMap<ChangedFile, readonly Hunk[]>();
/** Every fix that is tried asks for the digest of the whole change. */
const knownIds = new WeakMap<ChangedFile, string>();

/** Hunks of a file without context lines; what is no text, or was not read, has none. */
export function hunks(file: ChangedFile): readonly Hunk[] {
  const kept = known.get(file);
  if (kept !== undefined) return kept;
  const [before, after] = [textOf(file.before), textOf(file.after)];
  const found = before === null || after === null ? [] : hunksOf(before, after, 0);
  known.set(file, found);
  return found;
}

/** Lines added and removed; 0 and 0 for what is no text. */
export function lineCount(file: ChangedFile): LineCount {
  const lines = hunks(file).flatMap((hunk) => hunk.lines);
  return { additions: starting(lines, "+"), deletions: starting(lines, "-") };
}

/** The first lines that differ: of the head, or of the base where lines are only gone. Null: no lines to name. */
export function firstChange(
  file: ChangedFile,
): { readonly side: Side; readonly line: number; readonly endLine: number } | null {
  const [first] = hunks(file);
  if (first === undefined) return null;
  const [side, span]: [Side, Span] = first.after.count > 0 ? ["head", first.after] : ["base", first.before];
  return { side, line: span.start, endLine: span.start + span.count - 1 };
}

/** Where a report about a whole file points: the first lines that differ, or line 1 where no lines do. */
export function placeOf(file: ChangedFile): Place {
  const at = firstChange(file);
  if (at === null) return { path: file.path, side: file.after === null ? "base" : "head", line: 1 };
  return { path: file.path, ...at };
}

/** A unified diff that `git apply` and `patch` read; the empty string where the texts are the same. */
export function patchOf(path: string, before: string, after: string): string {
  const found = hunksOf(before, after, contextLines);
  if (found.length === 0) return "";
  const body = found.map(
    (hunk) => `@@ -${spanText(hunk.before)} +${spanText(hunk.after)} @@\n${hunk.lines.join("\n")}\n`,
  );
  return `--- ${name(`a/${path}`)}\n+++ ${name(`b/${path}`)}\n${body.join("")}`;
}

/**
 * A digest of what a change does to one path, line numbers aside: the same after a rebase that changes nothing else. It covers
 * path, modes and every hunk with its context. Where the lines that a hunk replaces stand in the file more than once, which
 * of them it is counts too: otherwise an approved change of one stanza could move to its twin.
 */
export function patchId(file: ChangedFile): string {
  const kept = knownIds.get(file);
  if (kept !== undefined) return kept;
  const id = digestOf(file);
  knownIds.set(file, id);
  return id;
}

/** A digest of what a change does to all its paths, as `patchId` has it for one. */
export function patchDigest(change: ChangeSet): string {
  return sha256(JSON.stringify(changed(change).map(patchId).toSorted(byCodeUnits)));
}

function digestOf(file: ChangedFile): string {
  const [before, after] = [textOf(file.before), textOf(file.after)];
  const modes = [file.before?.mode ?? null, file.after?.mode ?? null];
  const change =
    before === null || after === null
      ? [file.before?.sha ?? null, file.after?.sha ?? null]
      : hunksOf(before, after, contextLines).map((hunk) => [occurrence(before, hunk), hunk.lines]);
  return sha256(JSON.stringify([file.path, modes, change]));
}

/** How often the hunk's lines of the base stand in the base above the place where it changes them. */
function occurrence(before: string, hunk: Hunk): number {
  const old = hunk.lines.filter((line) => line.startsWith(" ") || line.startsWith("-")).map((line) => line.slice(1));
  if (old.length === 0) return 0;
  const lines = before.split("\n");
  let count = 0;
  for (let start = 0; start < hunk.before.start - 1; start++)
    if (old.every((line, offset) => lines[start + offset] === line)) count++;
  return count;
}

/** Everything between the lines that both begin with and the lines that both end with. */
function replaced(before: string, after: string): readonly Hunk[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, fresh.length);
  let top = 0;
  while (top < shorter && old[top] === fresh[top]) top++;
  let bottom = 0;
  while (bottom < shorter - top && old.at(-1 - bottom) === fresh.at(-1 - bottom)) bottom++;
  const removed = old.slice(top, old.length - bottom);
  const added = fresh.slice(top, fresh.length - bottom);
  return [
    {
      before: { start: top + 1, count: removed.length },
      after: { start: top + 1, count: added.length },
      lines: [...removed.flatMap((line) => marked("-", line)), ...added.flatMap((line) => marked("+", line))],
    },
  ];
}

/** Lines with their ends, so that a last line without a newline differs from the same line with one. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

function marked(mark: "-" | "+", line: string): readonly string[] {
  return line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
}

/** As in a unified diff, which names the line before the place where a side has no lines. */
function spanText({ start, count }: Span): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? `${start}` : `${start},${count}`;
}

function starting(lines: readonly string[], mark: string): number {
  return lines.filter((line) => line.startsWith(mark)).length;
}

/** Text of a version; the empty text where the path does not exist; null where it is no text. */
function textOf(version: FileVersion | null): string | null {
  if (version === null) return "";
  return version.content.kind === "text" ? version.content.text : null;
}

/** As git quotes a name: control characters, quotes and backslashes cannot end the line or the name. */
function name(path: string): string {
  const quoted = path.replace(/[\p{Cc}"\\]/gu, quote);
  return quoted === path ? path : `"${quoted}"`;
}
function quote(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
