import type { GitObjects, Mode } from "./git-objects.ts";

/**
 * The best common ancestor of two commits. Of several (a criss-cross history) the one committed last, then the one
 * with the smaller SHA, so that the answer never depends on the order of writing.
 */
export function mergeBase(objects: GitObjects, a: string, b: string): string | undefined {
  const ofA = new Set(objects.ancestors(a));
  const common = [...objects.ancestors(b)].filter((sha) => ofA.has(sha));
  // The common ancestors are closed under "parent", so whatever is a parent of one of them is not the nearest.
  const overtaken = new Set(common.flatMap((sha) => objects.commit(sha)?.parents ?? []));
  const when = (sha: string): number => objects.commit(sha)?.committer.dateMs ?? 0;
  return common.filter((sha) => !overtaken.has(sha)).sort((x, y) => when(y) - when(x) || (x < y ? -1 : 1))[0];
}

/** Commits that `head` has and `base` lacks, oldest first, as the compare and pull request endpoints list them. */
export function commitsBetween(objects: GitObjects, base: string, head: string): string[] {
  const known = new Set(objects.ancestors(base));
  const order: string[] = [];
  const seen = new Set<string>();
  // Depth first with an own stack: parents are listed before their children.
  const stack: { readonly sha: string; readonly entered: boolean }[] = [{ sha: head, entered: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.entered) {
      order.push(top.sha);
      continue;
    }
    if (known.has(top.sha) || seen.has(top.sha)) continue;
    seen.add(top.sha);
    stack.push({ sha: top.sha, entered: true });
    for (const parent of [...(objects.commit(top.sha)?.parents ?? [])].reverse())
      stack.push({ sha: parent, entered: false });
  }
  return order;
}

export type MergeResult =
  | { readonly clean: true; readonly tree: string }
  | { readonly clean: false; readonly path: string };

interface Side {
  readonly mode: Mode;
  readonly sha: string;
}

/**
 * Merges two trees by path: a path that only one side changed is taken from that side. Where both sides changed the
 * same file to different contents it conflicts; unlike git, changed lines of one file are never merged.
 */
export function mergeTrees(objects: GitObjects, base: string | undefined, ours: string, theirs: string): MergeResult {
  return mergeLevel(objects, base, ours, theirs, "");
}

function mergeLevel(
  objects: GitObjects,
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
  prefix: string,
): MergeResult {
  const at = (tree: string | undefined, name: string): Side | undefined =>
    tree === undefined ? undefined : objects.tree(tree)?.get(name);
  const names = new Set(
    [base, ours, theirs].flatMap((tree) => (tree === undefined ? [] : [...(objects.tree(tree)?.keys() ?? [])])),
  );
  const merged: [string, Side][] = [];
  for (const name of names) {
    const [b, o, t] = [at(base, name), at(ours, name), at(theirs, name)];
    const settled = same(o, t) || same(b, t) ? { side: o } : same(b, o) ? { side: t } : undefined;
    if (settled !== undefined) {
      if (settled.side !== undefined) merged.push([name, settled.side]);
      continue;
    }
    const path = `${prefix}${name}`;
    if (!allDirectories(b, o, t)) return { clean: false, path };
    const inner = mergeLevel(objects, b?.sha, o?.sha, t?.sha, `${path}/`);
    if (!inner.clean) return inner;
    if ((objects.tree(inner.tree)?.size ?? 0) > 0) merged.push([name, { mode: "40000", sha: inner.tree }]);
  }
  return { clean: true, tree: objects.writeDirectory(merged) };
}

function same(a: Side | undefined, b: Side | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

function allDirectories(...sides: readonly (Side | undefined)[]): boolean {
  return sides.every((side) => side === undefined || side.mode === "40000");
}
