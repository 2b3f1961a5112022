import { difference as rangesWithout, type Intervals, intersection } from "../../../lib/intervals.ts";
import { both, everyName, isEmpty, type Names, without } from "../rbac/sets.ts";

/** A set of names or of numbers. */
export type Part = { readonly names: Names } | { readonly ranges: Intervals };

/** Traffic as a product of sets, by dimension; a dimension that is not named holds everything. */
export type Traffic = ReadonlyMap<string, Part>;

const everyNumber: Intervals = [{ from: 0n, to: 1n << 140n }];

function inside(a: Part | undefined, b: Part): Part {
  if ("names" in b) return { names: both(a !== undefined && "names" in a ? a.names : everyName, b.names) };
  return { ranges: intersection(a !== undefined && "ranges" in a ? a.ranges : everyNumber, b.ranges) };
}

function outside(a: Part | undefined, b: Part): Part {
  if ("names" in b) return { names: without(a !== undefined && "names" in a ? a.names : everyName, b.names) };
  return { ranges: rangesWithout(a !== undefined && "ranges" in a ? a.ranges : everyNumber, b.ranges) };
}

function isNothing(part: Part): boolean {
  return "names" in part ? isEmpty(part.names) : part.ranges.length === 0;
}

function difference(a: Traffic, b: Traffic): readonly Traffic[] {
  const left: Traffic[] = [];
  let rest = a;
  for (const [dimension, part] of b) {
    const common = inside(rest.get(dimension), part);
    if (isNothing(common)) return [a];
    const beyond = outside(rest.get(dimension), part);
    if (!isNothing(beyond)) left.push(new Map([...rest, [dimension, beyond]]));
    rest = new Map([...rest, [dimension, common]]);
  }
  return left;
}

export function overlap(a: Traffic, b: Traffic): boolean {
  return [...b].every(([dimension, part]) => !isNothing(inside(a.get(dimension), part)));
}

/** More products than this are not followed: no policies that people wrote come near. */
const maxProducts = 2_000;

/** What is in `a` and in none of the others, as disjoint products; null where that takes too many of them. */
export function remainder(a: Traffic, others: readonly Traffic[]): readonly Traffic[] | null {
  let left: readonly Traffic[] = [a];
  let steps = 0;
  for (const other of others) {
    steps += left.length;
    left = left.flatMap((one) => difference(one, other));
    if (left.length > maxProducts || steps > maxProducts * 50) return null;
    if (left.length === 0) break;
  }
  return left;
}
