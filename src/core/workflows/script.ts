import { unfolded } from "../reach/graph/workflow-read.ts";
import type { Place } from "../change/change-set.ts";
import type { Value } from "../views/value.ts";
import type { ScriptLine } from "./model.ts";

/** Lines of a script where they stand in the file. */
export function scriptOf(run: Value | undefined): readonly ScriptLine[] {
  if (run === undefined || run.scalar == null) return [];
  const { path, side, line } = run.place;
  const first = run.style === "block" ? line + 1 : line;
  return unfolded(String(run.scalar), first).flatMap(({ text, line: own }) => {
    const plain = text.trim();
    return plain === "" || plain.startsWith("#") ? [] : [{ text: plain, at: { path, side, line: own } }];
  });
}

/** A line that is longer is not looked through by anybody: patterns would take their time on it, and people do not read it. */
const lineLimit = 16_000;

/** Lines that are too long to be judged, and why what holds them is unreadable. */
export function tooLongLines(lines: readonly ScriptLine[]): readonly { readonly at: Place; readonly reason: string }[] {
  const reason = `a line of a script has more than ${lineLimit} characters`;
  return lines.flatMap(({ text, at }) => (text.length > lineLimit ? [{ at, reason }] : []));
}
