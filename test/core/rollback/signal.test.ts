import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePercentage } from "../../../src/lib/quantity.ts";
import type { Rollback } from "../../../src/core/policy/schema.ts";
import { counts, isOver, parseRate } from "../../../src/core/rollback/signal.ts";
import { policyOf } from "../example-context.ts";

function asks(threshold: string, measured: "points" | "percent"): Pick<Rollback, "threshold" | "measured"> {
  return { threshold: parsePercentage(threshold), measured };
}
const rise = (before: string, after: string) => ({ kind: "error_rate", before, after }) as const;

describe("a rise of the error rate", () => {
  test("in points is the difference: from the threshold on it counts", () => {
    expect(isOver(rise("1", "6"), asks("5%", "points"))).toBe(true);
    expect(isOver(rise("1", "5.999999999"), asks("5%", "points"))).toBe(false);
  });

  test("in percent is the difference in what it was before", () => {
    expect(isOver(rise("20", "21"), asks("5%", "percent"))).toBe(true);
    expect(isOver(rise("20", "20.99"), asks("5%", "percent"))).toBe(false);
    expect(isOver(rise("20", "21"), asks("5%", "points"))).toBe(false);
  });

  test("from nothing is more than any percentage, and none at all is no rise", () => {
    expect(isOver(rise("0", "0.01"), asks("500%", "percent"))).toBe(true);
    expect(isOver(rise("0", "0"), asks("1%", "percent"))).toBe(false);
    expect(isOver(rise("9", "1"), asks("1%", "points"))).toBe(false);
  });

  test("is exact where binary fractions are not", () => {
    expect(isOver(rise("0.1", "0.3"), asks("0.2%", "points"))).toBe(true);
  });

  test("counts in percent wherever it counts in points, which joining two policies rests on", () => {
    expect.hasAssertions();
    const rates = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => (hundredths / 100).toFixed(2));
    fc.assert(
      fc.property(rates, rates, fc.integer({ min: 1, max: 99 }), (before, after, percent) => {
        const [points, relative] = (["points", "percent"] as const).map((measured) =>
          isOver(rise(before, after), asks(`${percent}%`, measured)),
        );
        expect(points !== true || relative === true).toBe(true);
      }),
    );
  });
});

test.each(["-1", "+1", "NaN", "Infinity", "1e1", "0x10", "1,5", "", " 1", "100.1", "101", "1.", "1.0000000001", "５"])(
  "%j is no rate",
  (written) => {
    expect(parseRate(written)).toBeNull();
  },
);

test("what cannot be read is not known to be below", () => {
  expect(isOver(rise("NaN", "1"), asks("5%", "points"))).toBe(true);
});

test("only what the policy names counts", () => {
  const { rollback } = policyOf("version: 1\nrollback: { on: [health] }\n");
  expect(counts({ kind: "health" }, rollback)).toBe(true);
  expect(counts(rise("0", "100"), rollback)).toBe(false);
});

describe("in a policy", () => {
  test("`error_rate` needs a threshold that says what it is of", () => {
    const own = (text: string) => () => policyOf(`version: 1\nrollback: ${text}\n`);
    expect(own("{ on: [error_rate] }")).toThrow(/state `threshold` and `measured` \(points or percent\)/u);
    expect(own("{ on: [error_rate], threshold: 5% }")).toThrow(/state `measured`/u);
    expect(own("{ on: [error_rate], threshold: 5, measured: points }")).toThrow(/percentage/u);
    expect(own("{ on: [error_rate], threshold: -5%, measured: points }")).toThrow(/percentage/u);
    expect(own("{ on: [rollbacks] }")).toThrow(/deployment_failure/u);
    expect(own("{ on: [deployment_failure], within: 0s }")).toThrow(/duration that lasts/u);
  });

  test("what the source's file said can be written", () => {
    const { rollback } = policyOf(
      "version: 1\nrollback: { on: [error_rate], threshold: 5%, measured: points, do: open_revert }\n",
    );
    expect(rollback).toEqual({
      on: ["error_rate"],
      threshold: { numerator: 1n, denominator: 20n },
      measured: "points",
      withinMs: 3_600_000,
      do: "open_revert",
    });
  });
});
