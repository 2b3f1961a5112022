import { unfolded } from "../reach/graph/workflow-read.ts";
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
