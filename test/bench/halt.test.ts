import { expect, test } from "vitest";
import { drill } from "../../bench/halt.ts";

test("a halt takes back what GitHub would merge by itself first, tells how far it has come, and lets nothing turn green", async () => {
  const given = { pulls: 12, armed: 3, latencyMs: 60_000, how: "in place", untilJudged: true } as const;
  const { order, stillGreen, turnedGreen, refused, allRedMs, allJudgedMs } = await drill(given);
  // Eight at once: the three that are armed, and of the others those that were looked at last.
  expect(order.slice(0, 8).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 8, 9, 10, 11, 12]);
  expect(order).toHaveLength(12);
  expect(stillGreen[0]).toBe("12 of 12");
  expect([turnedGreen, refused]).toEqual([0, 0]);
  expect(allJudgedMs).toBeGreaterThan(allRedMs);
});
