import { expect, test } from "vitest";
import { drill } from "../../bench/halt.ts";

test("a halt takes back what GitHub would merge by itself first, tells how far it has come, and lets nothing turn green", async () => {
  const given = { pulls: 12, armed: 3, latencyMs: 5_000, atOnce: 1, how: "in place", untilJudged: true } as const;
  const { order, stillGreen, turnedGreen, refused, allRedMs, allJudgedMs } = await drill(given);
  expect(order).toEqual([3, 2, 1, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
  expect(stillGreen[0]).toBe("12 of 12");
  expect([turnedGreen, refused]).toEqual([0, 0]);
  expect(allJudgedMs).toBeGreaterThan(allRedMs);
});
