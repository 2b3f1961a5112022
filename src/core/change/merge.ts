import { byCodeUnits } from "../../lib/order.ts";
import { differences, type Tree, type TreeEntry } from "./build.ts";

/** What a merge by path gives. `conflicts` are paths that both sides changed differently: the tree holds theirs there. */
export interface Merged {
  readonly tree: Tree;
  readonly conflicts: readonly string[];
}

/**
 * Merges two trees path by path: a path that one side alone changed is taken from that side. Lines are never merged, so where both
 * sides changed a file differently it is a conflict here, though it may be none for git.
 */
export function mergeByPath(ancestor: Tree, ours: Tree, theirs: Tree): Merged {
  const tree = new Map<string, TreeEntry>();
  const conflicts: string[] = [];
  for (const path of new Set([...ours.keys(), ...theirs.keys()])) {
    const [was, our, their] = [ancestor.get(path), ours.get(path), theirs.get(path)];
    const taken = same(was, their) ? our : their;
    if (!same(was, their) && !same(was, our) && !same(our, their)) conflicts.push(path);
    if (taken !== undefined) tree.set(path, taken);
  }
  return { tree, conflicts: conflicts.sort(byCodeUnits) };
}

function same(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

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
  const { tree, conflicts } = mergeByPath(base, ours, theirs);
  return conflicts.length === 0 && differences(tree, result).length === 0;
}
