import { describe, expect, test } from "vitest";
import { type BreakerName, countedMs, type Strike, tightest, trips } from "../../../src/core/breakers/breakers.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { TripOn } from "../../../src/core/policy/schema.ts";
import { policyOf } from "../example-context.ts";
import { effective } from "../policy/read.ts";

const hourMs = 3_600_000;
const nowMs = 100 * countedMs;
const all: TripOn = { bypassMerge: true, rollback: true, guardrailEdit: true, blocksPerHour: 3 };
const never = (): null => null;

function strike(breaker: BreakerName, atMs: number): Strike {
  return { id: `${breaker}/${atMs}`, installationId: 1, agent: "devin", breaker, atMs };
}
const blocks = (...ages: readonly number[]): readonly Strike[] =>
  ages.map((age) => strike("blocks_per_hour", nowMs - age));
const tripped = (
  strikes: readonly Strike[],
  tripOn = all,
  lifted: (breaker: BreakerName) => number | null = never,
): readonly BreakerName[] => trips(strikes, tripOn, lifted, nowMs).map(({ breaker }) => breaker);

describe("breakers", () => {
  test("blocks trip at the number that the policy names, within an hour, and not before", () => {
    expect(tripped(blocks(0, hourMs - 1))).toEqual([]);
    expect(tripped(blocks(0, 1, hourMs - 1))).toEqual(["blocks_per_hour"]);
    expect(tripped(blocks(0, 1, hourMs))).toEqual([]);
  });

  test("a word that the policy does not have trips over nothing", () => {
    const none: TripOn = { bypassMerge: false, rollback: false, guardrailEdit: false, blocksPerHour: null };
    const strikes = [...blocks(0, 1, 2, 3), strike("bypass_merge", nowMs), strike("guardrail_edit", nowMs)];
    expect(tripped(strikes, none)).toEqual([]);
    expect(tripped(strikes)).toEqual(["bypass_merge", "guardrail_edit", "blocks_per_hour"]);
  });

  test("what was done a day ago, before a breaker was set, trips none", () => {
    expect(tripped([strike("guardrail_edit", nowMs - countedMs)])).toEqual([]);
    expect(tripped([strike("guardrail_edit", nowMs - countedMs + 1)])).toEqual(["guardrail_edit"]);
  });

  test("what tripped a breaker before somebody lifted the halt does not trip it again, and leaves the others alone", () => {
    const strikes = [...blocks(10, 20, 30), strike("guardrail_edit", nowMs - 10)];
    const lifted = (breaker: BreakerName): number | null => (breaker === "blocks_per_hour" ? nowMs - 10 : null);
    expect(tripped(strikes, all, lifted)).toEqual(["guardrail_edit"]);
    expect(tripped([...strikes, ...blocks(1, 2, 3)], all, lifted)).toEqual(["guardrail_edit", "blocks_per_hour"]);
  });

  test("a clock that was set back trips nothing twice and forgets nothing", () => {
    const later = blocks(-hourMs, -hourMs - 1, -hourMs - 2);
    expect(tripped(later)).toEqual(["blocks_per_hour"]);
    expect(tripped(later, all, () => nowMs + 2 * hourMs)).toEqual([]);
  });

  test("of several policies the tightest holds, and one that only observes says nothing", () => {
    const own = (text: string) => policyOf(`version: 1\n${text}`);
    const five = own("halt: { trip_on: [{ blocks_per_hour: 5 }] }");
    const two = own("halt: { trip_on: [bypass_merge, { blocks_per_hour: 2 }] }");
    const watched = own("mode: observe\nhalt: { trip_on: [guardrail_edit, { blocks_per_hour: 1 }] }");
    expect(tightest([five, two, watched, strictDefault()])).toEqual({
      bypassMerge: true,
      rollback: false,
      guardrailEdit: false,
      blocksPerHour: 2,
    });
  });

  test("two files together trip at the smaller number", () => {
    const organisation = "version: 1\nhalt: { trip_on: [{ blocks_per_hour: 10 }] }\n";
    const own = "version: 1\nhalt: { trip_on: [guardrail_edit, { blocks_per_hour: 4 }] }\n";
    expect(effective({ organisation, own }).halt.tripOn).toEqual({
      bypassMerge: false,
      rollback: false,
      guardrailEdit: true,
      blocksPerHour: 4,
    });
  });

  test("`rollback` needs a cause that counts", () => {
    expect(() => policyOf("version: 1\nhalt: { trip_on: [rollback] }\n")).toThrow(/no cause counts/u);
    const on = "rollback: { on: [deployment_failure] }\nhalt: { trip_on: [rollback] }\n";
    expect(policyOf(`version: 1\n${on}`).halt.tripOn.rollback).toBe(true);
  });

  test("a number of blocked heads starts at one", () => {
    expect(() => policyOf("version: 1\nhalt: { trip_on: [{ blocks_per_hour: 0 }] }\n")).toThrow(/from 1/u);
  });
});
