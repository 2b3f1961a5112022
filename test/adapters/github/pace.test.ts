import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pace, type PaceLimits } from "../../../src/adapters/github/pace.ts";

const minuteMs = 60_000;
const limits: PaceLimits = {
  restPointsPerMinute: 10,
  graphqlPointsPerMinute: 4,
  contentPerMinute: 3,
  contentPerHour: 5,
  waitMs: 10_000,
};
const read = { points: 1, createsContent: false };
const write = { points: 5, createsContent: false };
const creation = { points: 1, createsContent: true };

describe("pace", () => {
  test("sends at once what fits into the minute, and then as soon as enough of it is over", () => {
    const pace = new Pace(limits);
    expect(pace.book("core", write, 0)).toEqual({ atMs: 0, booked: true });
    expect(pace.book("core", write, 55_000)).toEqual({ atMs: 55_000, booked: true });
    expect(pace.book("core", read, 55_001)).toEqual({ atMs: minuteMs, booked: true });
  });

  test("lets no cheap request overtake a dear one", () => {
    const pace = new Pace(limits);
    for (const atMs of [0, 55_000]) pace.book("core", write, atMs);
    expect(pace.book("core", write, 55_000).atMs).toBe(minuteMs);
    expect(pace.book("core", read, 55_000)).toEqual({ atMs: 55_000 + minuteMs, booked: false });
  });

  test("lets a read go while a creation waits", () => {
    const pace = new Pace(limits);
    for (let times = 0; times < 3; times += 1) pace.book("core", creation, 0);
    expect(pace.book("core", creation, 55_000).atMs).toBe(minuteMs);
    expect(pace.book("core", read, 55_000)).toEqual({ atMs: 55_000, booked: true });
  });

  test("refuses what would have to wait too long, says when to come back, and counts nothing for it", () => {
    const pace = new Pace(limits);
    for (const atMs of [0, 0]) pace.book("core", write, atMs);
    for (let times = 0; times < 3; times += 1) {
      expect(pace.book("core", read, 1)).toEqual({ atMs: minuteMs, booked: false });
    }
    expect(pace.book("core", read, minuteMs)).toEqual({ atMs: minuteMs, booked: true });
  });

  test("counts REST and GraphQL apart, and content together, by the minute and by the hour", () => {
    const pace = new Pace(limits);
    for (let times = 0; times < 4; times += 1) expect(pace.book("graphql", read, 0).booked).toBe(true);
    expect(pace.book("graphql", read, 0).booked).toBe(false);
    const created = (atMs: number): boolean => pace.book("core", creation, atMs).booked;
    expect([created(0), created(0), created(0), created(0)]).toEqual([true, true, true, false]);
    expect([created(minuteMs), created(minuteMs), created(minuteMs)]).toEqual([true, true, false]);
    expect(pace.book("core", creation, 2 * minuteMs)).toEqual({ atMs: 60 * minuteMs, booked: false });
  });

  test("does not stand still for as long as the clock was set back", () => {
    const pace = new Pace(limits);
    for (let times = 0; times < 2; times += 1) pace.book("core", write, 10 * minuteMs);
    expect(pace.book("core", write, 0)).toEqual({ atMs: 0, booked: true });
  });

  test("never lets more through within any minute than there is, whatever is asked and when", () => {
    const asked = fc.array(fc.record({ cost: fc.constantFrom(read, write, creation), afterMs: fc.nat(20_000) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(asked, (requests) => {
        const pace = new Pace(limits);
        const sent: { atMs: number; points: number }[] = [];
        let nowMs = 0;
        for (const { cost, afterMs } of requests) {
          nowMs += afterMs;
          const { atMs, booked } = pace.book("core", cost, nowMs);
          if (booked) sent.push({ atMs, points: cost.points });
        }
        for (const { atMs } of sent) {
          const within = sent.filter((one) => one.atMs > atMs - minuteMs && one.atMs <= atMs);
          expect(within.reduce((sum, one) => sum + one.points, 0)).toBeLessThanOrEqual(limits.restPointsPerMinute);
        }
      }),
    );
  });
});
