import {
  difference,
  type Interval,
  type Intervals,
  intervals,
  none,
  order,
  sameIntervals,
  union,
} from "./intervals.ts";

/** The same set of numbers across for every number along from one to another. */
export interface Slab extends Interval {
  readonly across: Intervals;
}

/**
 * A set of points in the plane of whole numbers, in its one normal form: slabs that are sorted along, disjoint and not empty, and
 * none of which could be joined with the next.
 */
export type Region = readonly Slab[];

export const nowhere: Region = [];

/** The points of all rectangles. */
export function region(rectangles: readonly Slab[]): Region {
  const events = rectangles.filter(({ from, to, across }) => from <= to && across.length > 0);
  const starts = events.toSorted((a, b) => order(a.from, b.from));
  const cuts = cutsOf(events);
  const slabs: Slab[] = [];
  let open: Slab[] = [];
  let next = 0;
  for (const [index, from] of cuts.entries()) {
    const end = cuts[index + 1];
    if (end === undefined) break;
    open = open.filter(({ to }) => to >= from);
    for (let start = starts[next]; start !== undefined && start.from === from; start = starts[++next]) open.push(start);
    const across = intervals(open.flatMap((slab) => slab.across));
    if (across.length > 0) slabs.push({ from, to: end - 1n, across });
  }
  return joined(slabs);
}

export function unionOfRegions(a: Region, b: Region): Region {
  return combined(a, b, union);
}

/** The points of `a` that are not in `b`. */
export function differenceOfRegions(a: Region, b: Region): Region {
  return combined(a, b, difference);
}

/** The region as few rectangles that people can read: for every different set across, all the places along that have it. */
export function grouped(of: Region): readonly { readonly along: Intervals; readonly across: Intervals }[] {
  const groups = Map.groupBy(of, ({ across }) => across.map(({ from, to }) => `${from}-${to}`).join());
  return [...groups.values()].flatMap((slabs) => {
    const [first] = slabs;
    return first === undefined ? [] : [{ along: intervals(slabs), across: first.across }];
  });
}

function cutsOf(parts: Iterable<Interval>): readonly bigint[] {
  const cuts = new Set<bigint>();
  for (const { from, to } of parts) {
    cuts.add(from);
    cuts.add(to + 1n);
  }
  return [...cuts].toSorted(order);
}

function combined(a: Region, b: Region, combine: (a: Intervals, b: Intervals) => Intervals): Region {
  const slabs: Slab[] = [];
  const cuts = cutsOf([...a, ...b]);
  let [inA, inB] = [0, 0];
  for (const [index, from] of cuts.entries()) {
    const end = cuts[index + 1];
    if (end === undefined) break;
    for (let slab = a[inA]; slab !== undefined && slab.to < from; slab = a[inA]) inA++;
    for (let slab = b[inB]; slab !== undefined && slab.to < from; slab = b[inB]) inB++;
    const across = combine(acrossAt(a[inA], from), acrossAt(b[inB], from));
    if (across.length > 0) slabs.push({ from, to: end - 1n, across });
  }
  return joined(slabs);
}

function acrossAt(slab: Slab | undefined, at: bigint): Intervals {
  return slab !== undefined && slab.from <= at && at <= slab.to ? slab.across : none;
}

function joined(slabs: readonly Slab[]): Region {
  const found: Slab[] = [];
  for (const slab of slabs) {
    const last = found.at(-1);
    if (last !== undefined && last.to + 1n === slab.from && sameIntervals(last.across, slab.across)) {
      found[found.length - 1] = { ...last, to: slab.to };
    } else found.push(slab);
  }
  return found;
}
