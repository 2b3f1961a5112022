import { type Hunk, hunksOf } from "./hunks.ts";

/** Lines of the ancestor, from 0 and without the last, and what takes their place. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/**
 * What merging two texts line by line gives; null where both sides changed the same lines differently, or lines without an untouched
 * one between them: there somebody has to decide, as with git.
 */
export function mergeLines(ancestor: string, ours: string, theirs: string): string | null {
  const own = editsOf(ancestor, ours);
  const other = editsOf(ancestor, theirs).filter((edit) => !own.some((one) => isSame(one, edit)));
  if (own.some((one) => other.some((edit) => edit.from <= one.to && one.from <= edit.to))) return null;
  const lines = linesOf(ancestor);
  const merged: string[] = [];
  let at = 0;
  for (const { from, to, lines: taken } of [...own, ...other].sort((a, b) => a.from - b.from)) {
    merged.push(...lines.slice(at, from), ...taken);
    at = to;
  }
  return [...merged, ...lines.slice(at)].join("");
}

function editsOf(before: string, after: string): readonly Edit[] {
  const lines = linesOf(after);
  return hunksOf(before, after, 0).map(({ before: old, after: now }: Hunk) => ({
    from: old.start - 1,
    to: old.start - 1 + old.count,
    lines: lines.slice(now.start - 1, now.start - 1 + now.count),
  }));
}

function isSame(a: Edit, b: Edit): boolean {
  return a.from === b.from && a.to === b.to && a.lines.join("") === b.lines.join("");
}

/** Each with the newline that ends it. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}
