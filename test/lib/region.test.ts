import fc from "fast-check";
import { expect, test } from "vitest";
import { intervals } from "../../src/lib/intervals.ts";
import { differenceOfRegions, grouped, type Region, region, type Slab, unionOfRegions } from "../../src/lib/region.ts";
import { runs } from "../runs.ts";

const side = 8;
const number = fc.bigInt(0n, BigInt(side - 1));
const rectangle = fc
  .record({ from: number, to: number, low: number, high: number })
  .map(({ from, to, low, high }): Slab => ({ from, to, across: intervals([{ from: low, to: high }]) }));
const rectangles = fc.array(rectangle, { maxLength: 6 });
const settings = runs(400);

function points(of: readonly Slab[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (let x = 0n; x < BigInt(side); x++) {
    for (let y = 0n; y < BigInt(side); y++) {
      const inside = of.some(
        ({ from, to, across }) => from <= x && x <= to && across.some((part) => part.from <= y && y <= part.to),
      );
      if (inside) found.add(`${x},${y}`);
    }
  }
  return found;
}

test("a region holds the points of its rectangles, and equal regions are equal lists", () => {
  fc.assert(
    fc.property(rectangles, fc.infiniteStream(fc.boolean()), (given, coin) => {
      expect(points(region(given))).toEqual(points(given));
      const shuffled = given.toSorted(() => (coin.next().value === true ? 1 : -1));
      expect(region([...shuffled, ...given])).toEqual(region(given));
    }),
    settings,
  );
});

test("regions are added and subtracted as sets of points are", () => {
  fc.assert(
    fc.property(rectangles, rectangles, (left, right) => {
      const [a, b]: [Region, Region] = [region(left), region(right)];
      expect(points(unionOfRegions(a, b))).toEqual(points(a).union(points(b)));
      expect(points(differenceOfRegions(a, b))).toEqual(points(a).difference(points(b)));
      expect(unionOfRegions(a, b)).toEqual(region([...left, ...right]));
      expect(differenceOfRegions(a, a)).toEqual([]);
    }),
    settings,
  );
});

test("grouping shows every point, and each set across once", () => {
  fc.assert(
    fc.property(rectangles, (given) => {
      const groups = grouped(region(given));
      const shown = groups.flatMap(({ along, across }) => along.map((part): Slab => ({ ...part, across })));
      expect(points(shown)).toEqual(points(given));
      expect(new Set(groups.map(({ across }) => acrossKey(across))).size).toBe(groups.length);
    }),
    settings,
  );
});

function acrossKey(across: readonly { from: bigint; to: bigint }[]): string {
  return across.map(({ from, to }) => `${from}-${to}`).join();
}
