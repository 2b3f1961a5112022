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
 * What keeps a merge from being nothing but one: null where a path stands otherwise than the one side that changed it left it. Else the
 * paths that both sides changed differently, sorted: whether those are merged and no more than that, their lines tell.
 */
export function mergedInside({ base, ours, theirs, result }: Merge): readonly string[] | null {
  const { tree, conflicts } = mergeByPath(base, ours, theirs);
  return differences(tree, result).every(({ path }) => conflicts.includes(path)) ? conflicts : null;
}
