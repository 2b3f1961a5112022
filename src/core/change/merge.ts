import type { Tree, TreeEntry } from "./build.ts";

/** The trees that a merge rests on, and what was committed as its result. */
export interface Merge {
  readonly base: Tree;
  readonly ours: Tree;
  readonly theirs: Tree;
  readonly result: Tree;
}

/**
 * Whether a merge is nothing but a merge: every path stands as the one side that changed it left it. A path that both sides changed
 * in different ways had to be written by somebody (or by git, which cannot be told from the trees): then it is not.
 */
export function isOnlyAMerge({ base, ours, theirs, result }: Merge): boolean {
  const paths = new Set([base, ours, theirs, result].flatMap((tree) => [...tree.keys()]));
  for (const path of paths) {
    const [before, mine, other, merged] = [base, ours, theirs, result].map((tree) => formOf(tree.get(path)));
    if (mine === other ? merged !== mine : merged !== expected(before, mine, other)) return false;
  }
  return true;
}

/** Null: both changed it. */
function expected(
  before: string | undefined,
  mine: string | undefined,
  other: string | undefined,
): string | null | undefined {
  if (before === mine) return other;
  return before === other ? mine : null;
}

function formOf(entry: TreeEntry | undefined): string {
  return entry === undefined ? "absent" : `${entry.mode} ${entry.sha}`;
}
