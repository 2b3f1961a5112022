import { type ChangedFile, type ChangeSet, changed, type FileVersion, type Gap } from "../change/change-set.ts";
import { hunks } from "../change/hunks.ts";
import { type Line, linesOf, type Setting, settingOf } from "../command-lines/read.ts";
import { type Match, matchesIn } from "../command-lines/dictionary.ts";
import type { Memo, Tools } from "../syntax.ts";

/** A line of shell that the change adds, with the commands of the dictionary that are in it. */
export interface CommandLine extends Line {
  readonly path: string;
  readonly setting: Setting;
  readonly matches: readonly Match[];
}

export interface CommandLinesView {
  /** Only lines that hold a command of the dictionary, sorted by path and line. */
  readonly added: readonly CommandLine[];
}

/**
 * Claims documents, scripts, pipelines and image files, and finds the lines of shell that the head has and the base has not. A line that
 * goes from one such file to another of its kind, or is set in otherwise, was there before.
 */
export function commandLines(
  change: ChangeSet,
  { memo }: Pick<Tools, "memo">,
): { readonly view: CommandLinesView; readonly gaps: readonly Gap[] } {
  const files = changed(change);
  const stood = new Map<string, number>();
  for (const file of files) {
    for (const line of knownLines(file.path, file.before, memo)) {
      stood.set(keyOf(line), (stood.get(keyOf(line)) ?? 0) + 1);
    }
  }
  const standing = files.flatMap((file) => {
    const fresh = addedIn(file);
    return knownLines(file.path, file.after, memo).map((line) => ({ line, isFresh: isWithin(line, fresh) }));
  });
  const added: CommandLine[] = [];
  // Lines that were not touched are the ones that stood; what is left over of the base explains lines that moved.
  for (const { line } of standing.filter(({ isFresh }) => !isFresh)) take(stood, keyOf(line));
  for (const { line } of standing.filter(({ isFresh }) => isFresh)) if (!take(stood, keyOf(line))) added.push(line);
  return { view: { added }, gaps: files.flatMap(gapOf) };
}

function take(stood: Map<string, number>, key: string): boolean {
  const left = stood.get(key) ?? 0;
  if (left > 0) stood.set(key, left - 1);
  return left > 0;
}

/** The same words in the same kind of file. What people were told to type is new where a pipeline runs it. */
function keyOf({ setting, text }: CommandLine): string {
  return `${setting} ${text.trim().replace(/\s+/gu, " ")}`;
}

/** Raise it when what is read below, or the dictionary, changes. */
const readerVersion = "command-lines@1";

function knownLines(path: string, file: FileVersion | null, memo: Memo): readonly CommandLine[] {
  if (file?.content.kind !== "text") return [];
  const { text } = file.content;
  const setting = settingOf(path, text);
  if (setting === null) return [];
  return memo(`${readerVersion} ${path} ${file.sha}`, () =>
    linesOf(path, file.sha, text, memo).flatMap((line): readonly CommandLine[] => {
      const matches = matchesIn(line.text);
      return matches.length === 0 ? [] : [{ ...line, path, setting, matches }];
    }),
  );
}

function addedIn(file: ChangedFile): readonly { readonly start: number; readonly end: number }[] {
  return hunks(file).map(({ after }) => ({ start: after.start, end: after.start + after.count - 1 }));
}

function isWithin({ line, endLine }: Line, spans: ReturnType<typeof addedIn>): boolean {
  return spans.some(({ start, end }) => start <= endLine && line <= end);
}

/** A script or a document that nobody can read may say anything. What its name does not tell is no script for anybody. */
function gapOf({ path, after }: ChangedFile): readonly Gap[] {
  const setting = after === null ? null : settingOf(path, null);
  if (after === null || setting === null) return [];
  const { content } = after;
  if (content.kind !== "unread" && content.kind !== "binary") return [];
  const reason = content.kind === "unread" ? content.reason : "it is binary, or its text is not valid UTF-8";
  return [
    {
      id: `unreadable:${path}`,
      level: "hold",
      path,
      side: "head",
      line: null,
      reason: `what commands \`${path}\` holds: ${reason}`,
      remedy: "Make it a plain text file that can be read, or have a person look at it.",
    },
  ];
}
