import { byCodeUnits } from "../../lib/order.ts";

/** Something with an identity that stands in a file; `order` is its place among those of the same identity in that file. */
export interface Standing {
  readonly key: string;
  readonly path: string;
}

export interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/**
 * Pairs what stood before with what stands after by identity. Several may share one identity (an overlay for each environment):
 * those of one path belong together, and only what is left is paired across paths, nearest paths first, so that a move between
 * files is no deletion. Sorted by key, then path.
 */
export function pairByIdentity<T extends Standing>(befores: readonly T[], afters: readonly T[]): readonly Pair<T>[] {
  const left = Map.groupBy(befores, ({ key }) => key);
  const right = Map.groupBy(afters, ({ key }) => key);
  const keys = [...new Set([...left.keys(), ...right.keys()])].toSorted(byCodeUnits);
  return keys.flatMap((key) =>
    pairAlike(left.get(key) ?? [], right.get(key) ?? []).toSorted((a, b) => byCodeUnits(pathOf(a), pathOf(b))),
  );
}

function pathOf<T extends Standing>({ before, after }: Pair<T>): string {
  return (after ?? before)?.path ?? "";
}

function pairAlike<T extends Standing>(befores: readonly T[], afters: readonly T[]): Pair<T>[] {
  const pairs: Pair<T>[] = [];
  const unpaired = [...befores];
  const moved: T[] = [];
  for (const after of afters) {
    const index = unpaired.findIndex(({ path }) => path === after.path);
    if (index === -1) moved.push(after);
    else pairs.push({ before: unpaired.splice(index, 1)[0], after });
  }
  const candidates = moved.flatMap((after) =>
    unpaired.map((before) => ({ before, after, near: nearness(before.path, after.path) })),
  );
  const paired = new Set<T>();
  for (const { before, after } of candidates.toSorted((a, b) => b.near - a.near)) {
    if (paired.has(before) || paired.has(after)) continue;
    paired.add(before).add(after);
    pairs.push({ before, after });
  }
  const single = [
    ...unpaired.map((before) => ({ before, after: undefined, of: before })),
    ...moved.map((after) => ({ before: undefined, after, of: after })),
  ];
  return [...pairs, ...single.filter(({ of }) => !paired.has(of)).map(({ before, after }) => ({ before, after }))];
}

/** How many leading folders two paths share; a shared file name decides between equals. */
export function nearness(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  const folders = Math.min(left.length, right.length) - 1;
  const differs = left.slice(0, folders).findIndex((segment, index) => segment !== right[index]);
  return (differs === -1 ? folders : differs) + (left.at(-1) === right.at(-1) ? 0.5 : 0);
}
