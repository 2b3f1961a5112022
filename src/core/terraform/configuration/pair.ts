import { isOpen, mayBeSame, withoutKeys } from "../addresses.ts";
import { destinations, impliedMove, type Move } from "./moves.ts";

export interface Addressed {
  readonly address: string;
}

export interface Paired<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
  readonly pairedBy: "address" | "moved";
}

/**
 * What becomes of each address: first those that stand on both sides, then those that a move takes from one to the other. Instances that
 * nobody can tell are held against each that is left on the other side, since they may be any of them.
 */
export function pairByAddress<T extends Addressed>(
  befores: readonly T[],
  afters: readonly T[],
  moves: readonly Move[],
): readonly Paired<T>[] {
  const left = unique(befores);
  const right = unique(afters);
  const pairs: Paired<T>[] = [];
  const take = (from: string, to: string, pairedBy: Paired<T>["pairedBy"]): boolean => {
    const [before, after] = [left.get(from), right.get(to)];
    if (before === undefined || after === undefined) return false;
    left.delete(from);
    right.delete(to);
    pairs.push({ before, after, pairedBy });
    return true;
  };
  const standing = new Set(right.keys());
  for (const address of left.keys()) take(address, address, "address");
  for (const address of left.keys())
    destinations(address, moves, (at) => standing.has(at)).some((to) => take(address, to, "moved"));
  for (const address of left.keys()) take(address, impliedMove(address), "moved");
  return [...pairs, ...pairOpen([...left.values()], [...right.values()])];
}

/** Terraform refuses an address that stands twice; each counts then, in its order. */
function unique<T extends Addressed>(all: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const one of all) found.set(found.has(one.address) ? `${one.address} (${found.size})` : one.address, one);
  return found;
}

function pairOpen<T extends Addressed>(befores: readonly T[], afters: readonly T[]): readonly Paired<T>[] {
  const groups = new Map<string, { readonly before: T[]; readonly after: T[] }>();
  const groupOf = ({ address }: T): { readonly before: T[]; readonly after: T[] } => {
    const key = withoutKeys(address);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const fresh = { before: [], after: [] };
    groups.set(key, fresh);
    return fresh;
  };
  for (const one of befores) groupOf(one).before.push(one);
  for (const one of afters) groupOf(one).after.push(one);
  return [...groups.values()].flatMap(({ before, after }) => pairGroup(before, after));
}

/** Of addresses that are the same without their keys. What stands for several is held against each of them that it may be. */
function pairGroup<T extends Addressed>(befores: readonly T[], afters: readonly T[]): readonly Paired<T>[] {
  const pairs = befores.flatMap((before) =>
    afters
      .filter(
        (after) => [before, after].some(({ address }) => isOpen(address)) && mayBeSame(before.address, after.address),
      )
      .map((after): Paired<T> => ({ before, after, pairedBy: "address" })),
  );
  const paired = new Set(pairs.flatMap(({ before, after }) => [before, after]));
  return [
    ...pairs,
    ...befores
      .filter((one) => !paired.has(one))
      .map((before): Paired<T> => ({ before, after: undefined, pairedBy: "address" })),
    ...afters
      .filter((one) => !paired.has(one))
      .map((after): Paired<T> => ({ before: undefined, after, pairedBy: "address" })),
  ];
}
