import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/lib/duration.ts";

describe("a duration", () => {
  it.each([
    ["24h", 86_400_000],
    ["14d", 1_209_600_000],
    ["30s", 30_000],
    ["2m", 120_000],
    ["250ms", 250],
    ["0s", 0],
  ])("%s is %d milliseconds", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "24", "24 h", "1.5h", "-1h", "1w", "h", "1h30m", "1H", "9999999999999d", "999999999999d", "1h\n"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("is printed in the largest unit that divides it", () => {
    expect(formatDuration(86_400_000)).toBe("1d");
    expect(formatDuration(90_000)).toBe("90s");
    expect(formatDuration(0)).toBe("0s");
    expect(formatDuration(1)).toBe("1ms");
  });

  it("is not printed from a fraction or from less than nothing", () => {
    expect(() => formatDuration(0.5)).toThrow(/whole milliseconds/);
    expect(() => formatDuration(-1)).toThrow(/whole milliseconds/);
  });

  it("is the same after it was printed and read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});
