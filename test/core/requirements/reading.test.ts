import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reading } from "../../../src/core/facts.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { readingMs, tooFastUntil } from "../../../src/core/requirements/reading.ts";

const minuteMs = 60_000;
const reading = (subjectId: string, submitted: number, since: number, need: number, accountId = 1): Reading => ({
  accountId,
  subjectId,
  submittedAtMs: submitted * minuteMs,
  sinceMs: since * minuteMs,
  needMs: need * minuteMs,
});
const until = (mine: Reading, ...others: readonly Reading[]) => {
  const ms = tooFastUntil(mine, others);
  return ms === null ? null : ms / minuteMs;
};

describe("reading a change", () => {
  const policy = strictDefault();
  test("takes two minutes at least, and ten at most however long it is", () => {
    expect([0, 60, 61, 300, 9_999].map((lines) => readingMs(lines, "high", policy))).toEqual([
      120_000, 120_000, 122_000, 600_000, 600_000,
    ]);
  });

  test("takes as long as the policy says where its least is more than that", () => {
    const slow = {
      ...policy,
      approvals: { ...policy.approvals, reading: { ...policy.approvals.reading, minimumMs: 1_800_000 } },
    };
    expect(readingMs(9_999, "critical", slow)).toBe(1_800_000);
  });

  test("is asked for at high and critical", () => {
    expect(readingMs(1, "elevated", policy)).toBeNull();
    expect(readingMs(1, "critical", policy)).toBe(120_000);
  });
});

describe("approvals of one person within an hour", () => {
  test("count as long as all of them fit between their reports and themselves", () => {
    expect(until(reading("b", 10, 0, 5), reading("a", 9, 0, 5))).toBeNull();
    expect(until(reading("b", 10, 0, 6), reading("a", 9, 0, 5))).toBe(11);
  });

  test("must fit where the later report came late, too", () => {
    expect(until(reading("b", 10, 6, 5), reading("a", 9, 0, 5))).toBe(11);
    expect(until(reading("c", 10, 6, 2), reading("a", 9, 6, 2), reading("b", 9, 6, 2))).toBe(12);
  });

  test("fill at most that hour, however long their reports had stood", () => {
    const six = Array.from({ length: 6 }, (_, i) => reading(`a${i}`, 600, 0, 10));
    expect(until(reading("b", 601, 0, 2), ...six)).not.toBeNull();
    expect(until(reading("b", 601, 0, 2), ...six.slice(1))).toBeNull();
  });

  test("are not those of another person, of the same pull request, of an hour ago, or of later", () => {
    const mine = reading("b", 100, 90, 10);
    expect(until(mine, reading("a", 99, 90, 10, 2))).toBeNull();
    expect(until(mine, reading("b", 99, 90, 10))).toBeNull();
    expect(until(mine, reading("a", 40, 30, 10))).toBeNull();
    expect(until(mine, reading("a", 101, 90, 10))).toBeNull();
  });

  test("given in one moment make room for each other in one order", () => {
    const [a, b] = [reading("a", 10, 0, 6), reading("b", 10, 0, 6)];
    expect([until(a, b), until(b, a)]).toEqual([null, 12]);
  });
});

test("no further approval, and no longer reading, makes an approval faster", () => {
  const some = fc.record({
    subjectId: fc.constantFrom("a", "b", "c"),
    submittedAtMs: fc.nat(100),
    sinceMs: fc.nat(100),
    needMs: fc.nat(30),
    accountId: fc.constantFrom(1, 2),
  });
  fc.assert(
    fc.property(some, fc.array(some, { maxLength: 4 }), some, (mine, others, more) => {
      const before = tooFastUntil(mine, others) ?? 0;
      expect(tooFastUntil(mine, [...others, more]) ?? 0).toBeGreaterThanOrEqual(before);
    }),
  );
});
