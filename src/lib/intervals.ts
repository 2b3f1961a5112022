/** Whole numbers from one to another, both included. */
export interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

/** A set of whole numbers in its one normal form: sorted, disjoint, and nothing adjacent, so that equal sets are equal lists. */
export type Intervals = readonly Interval[];

export const none: Intervals = [];

/** The set that holds what any of these holds, in whatever order they come; an interval that ends before it starts holds nothing. */
export function intervals(parts: Iterable<Interval>): Intervals {
  const sorted = [...parts].filter(({ from, to }) => from <= to).toSorted((a, b) => order(a.from, b.from));
  const joined: Interval[] = [];
  for (const part of sorted) {
    const last = joined.at(-1);
    if (last === undefined || part.from > last.to + 1n) joined.push({ from: part.from, to: part.to });
    else if (part.to > last.to) joined[joined.length - 1] = { from: last.from, to: part.to };
  }
  return joined;
}

export function union(a: Intervals, b: Intervals): Intervals {
  if (a.length === 0) return b;
  return b.length === 0 ? a : intervals([...a, ...b]);
}

/** What is in `a` and not in `b`. */
export function difference(a: Intervals, b: Intervals): Intervals {
  const left: Interval[] = [];
  let next = 0;
  for (const { from, to } of a) {
    let start = from;
    // `b` is sorted and `a` too: what ended before this one starts is never looked at again.
    for (let cut = b[next]; cut !== undefined && cut.to < from; cut = b[next]) next++;
    for (let at = next; start <= to; at++) {
      const cut = b[at];
      if (cut === undefined || cut.from > to) {
        left.push({ from: start, to });
        break;
      }
      if (cut.from > start) left.push({ from: start, to: cut.from - 1n });
      if (cut.to + 1n > start) start = cut.to + 1n;
    }
  }
  return left;
}

export function intersection(a: Intervals, b: Intervals): Intervals {
  return difference(a, difference(a, b));
}

export function sameIntervals(a: Intervals, b: Intervals): boolean {
  return a.length === b.length && a.every(({ from, to }, index) => from === b[index]?.from && to === b[index].to);
}

/** How many numbers are in the set. */
export function sizeOf(set: Intervals): bigint {
  return set.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

/** Compares numbers of any size, for sorting. */
export function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
