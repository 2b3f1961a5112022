import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  compare,
  divide,
  formatDecimal,
  formatPercentage,
  formatQuantity,
  multiply,
  parsePercentage,
  parseQuantity,
  rational,
  subtract,
  whole,
} from "../../src/lib/quantity.ts";

const of = (text: string) => {
  const value = parseQuantity(text);
  if (value === null) throw new Error(`${text} was not read`);
  return value;
};
const values = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([numerator, denominator]) => rational(numerator, denominator));

describe("a Kubernetes quantity", () => {
  it.each([
    ["512Mi", 536_870_912n, 1n],
    ["2Gi", 2_147_483_648n, 1n],
    ["1.5Gi", 1_610_612_736n, 1n],
    ["100m", 1n, 10n],
    ["1k", 1000n, 1n],
    ["2e3", 2000n, 1n],
    ["2E3", 2000n, 1n],
    ["1e-3", 1n, 1000n],
    ["1E", 10n ** 18n, 1n],
    ["1Ei", 1n << 60n, 1n],
    ["5n", 1n, 200_000_000n],
    [".5", 1n, 2n],
    ["5.", 5n, 1n],
    ["+3", 3n, 1n],
    ["-1Ki", -1024n, 1n],
    ["0.1", 1n, 10n],
  ])("%s is read exactly", (text, numerator, denominator) => {
    expect(parseQuantity(text)).toEqual({ numerator, denominator });
  });

  it.each([
    "",
    ".",
    "Mi",
    "1 Gi",
    "1gi",
    "1KB",
    "1K",
    "0x10",
    "1e",
    "1e999",
    "1".repeat(41),
    "${SIZE}",
    "1_000",
    "٣",
    "NaN",
    "1\n",
  ])("%j is none", (text) => {
    expect(parseQuantity(text)).toBeNull();
  });

  it.each([
    ["1024Mi", "1Gi"],
    ["768Mi", "768Mi"],
    ["1536Mi", "1536Mi"],
    ["1000", "1k"],
    ["0.1", "100m"],
    ["0", "0"],
    ["1500m", "1500m"],
    ["8192", "8Ki"],
    ["-1Gi", "-1Gi"],
  ])("%s is printed in its shortest form %s", (text, form) => {
    expect(formatQuantity(of(text))).toBe(form);
  });

  it("is the same value after it was printed and read", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        fc.integer({ min: 0, max: 9 }),
        (digits, places) => {
          const value = rational(digits, 10n ** BigInt(places));
          expect(parseQuantity(formatQuantity(value))).toEqual(value);
        },
      ),
    );
  });
});

describe("exact arithmetic", () => {
  it("adds a tenth three times to exactly three tenths, which floating point does not", () => {
    const tenth = of("0.1");
    expect(compare(add(add(tenth, tenth), tenth), of("0.3"))).toBe(0);
  });

  it("says that 37Gi are 5Gi more than 32Gi", () => {
    expect(formatQuantity(subtract(of("37Gi"), of("32Gi")))).toBe("5Gi");
    expect(formatQuantity(multiply(of("2Gi"), whole(8)))).toBe("16Gi");
  });

  it("has one form for each value", () => {
    expect(rational(2n, -4n)).toEqual({ numerator: -1n, denominator: 2n });
    expect(rational(0n, -7n)).toEqual({ numerator: 0n, denominator: 1n });
  });

  it("undoes itself", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(subtract(add(a, b), b)).toEqual(a);
        const divisor = b.numerator === 0n ? whole(7) : b;
        expect(divide(multiply(a, divisor), divisor)).toEqual(a);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
      }),
    );
  });

  it("refuses to divide by zero and to take a number that lost digits", () => {
    expect(() => divide(whole(1), whole(0))).toThrow(/zero/);
    expect(() => whole(2 ** 60)).toThrow(/exact/);
    expect(() => whole(0.5)).toThrow(/exact/);
  });
});

describe("a percentage", () => {
  it("is a ratio", () => {
    expect(parsePercentage("50%")).toEqual({ numerator: 1n, denominator: 2n });
    expect(parsePercentage("12.5%")).toEqual({ numerator: 1n, denominator: 8n });
    expect(parsePercentage("50")).toBeNull();
    expect(parsePercentage("%")).toBeNull();
    expect(formatPercentage(rational(3n, 1n))).toBe("300%");
    expect(formatPercentage(rational(1n, 8n))).toBe("12.5%");
  });
});

describe("digits", () => {
  it("end where decimals can end them, and are a fraction where not", () => {
    expect(formatDecimal(rational(-5n, 4n))).toBe("-1.25");
    expect(formatDecimal(rational(1n, 100n))).toBe("0.01");
    expect(formatDecimal(rational(1n, 3n))).toBe("1/3");
  });
});
