import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  difference,
  type Intervals,
  intersection,
  intervals,
  sameIntervals,
  sizeOf,
  union,
} from "../../src/lib/intervals.ts";
import { runs } from "../runs.ts";

const universe = 24;
const parts = fc.array(
  fc.record({ from: fc.bigInt(0n, BigInt(universe - 1)), to: fc.bigInt(0n, BigInt(universe - 1)) }),
  { maxLength: 6 },
);
const holds = (set: readonly { from: bigint; to: bigint }[]): ReadonlySet<number> =>
  new Set(
    Array.from({ length: universe }, (_, n) => n).filter((n) =>
      set.some(({ from, to }) => from <= BigInt(n) && BigInt(n) <= to),
    ),
  );
const settings = runs(400);

function isNormal(set: Intervals): boolean {
  return set.every(({ from, to }, index) => {
    const next = set[index + 1];
    return from <= to && (next === undefined || next.from > to + 1n);
  });
}

describe("a set of intervals", () => {
  test("holds what its parts hold, in normal form", () => {
    fc.assert(
      fc.property(parts, (a) => {
        const set = intervals(a);
        expect(isNormal(set)).toBe(true);
        expect(holds(set)).toEqual(holds(a));
        expect(sizeOf(set)).toBe(BigInt(holds(a).size));
      }),
      settings,
    );
  });

  test("adds, subtracts and intersects as sets of numbers do", () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [a, b] = [intervals(left), intervals(right)];
        const [inA, inB] = [holds(a), holds(b)];
        for (const [found, expected] of [
          [union(a, b), inA.union(inB)],
          [difference(a, b), inA.difference(inB)],
          [intersection(a, b), inA.intersection(inB)],
        ] as const) {
          expect(isNormal(found)).toBe(true);
          expect(holds(found)).toEqual(expected);
        }
        expect(sameIntervals(a, b)).toBe(inA.symmetricDifference(inB).size === 0);
      }),
      settings,
    );
  });
});
