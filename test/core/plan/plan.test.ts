import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DeclaredPlan,
  differenceFrom,
  includesPlan,
  marksIn,
  marksOf,
  marksOfText,
  type Plan,
} from "../../../src/core/plan/plan.ts";

const plan = (given: Partial<Plan> = {}): Plan => ({
  paths: ["a", "b"],
  environments: null,
  services: null,
  kinds: null,
  ...given,
});
const declared = (given: Partial<Plan> = {}): DeclaredPlan => ({
  kind: "declared",
  plan: plan(given),
  marks: marksOf(plan(given)),
  summary: null,
});
const includes = (seen: Partial<Plan>, now: Partial<Plan>) => includesPlan(marksOf(plan(seen)), marksOf(plan(now)));

describe("who has seen a plan has seen", () => {
  test.each<[string, Partial<Plan>, Partial<Plan>]>([
    ["the same", {}, {}],
    ["one with fewer entries", {}, { paths: ["b"] }],
    ["one that bounds a part that it left open", {}, { environments: ["staging"] }],
  ])("%s", (_, seen, now) => {
    expect(includes(seen, now)).toBe(true);
  });
});

describe("who has seen a plan has not seen", () => {
  test.each<[string, Partial<Plan>, Partial<Plan>]>([
    ["one with another entry", {}, { paths: ["a", "b", "c"] }],
    ["one with an entry in the place of another", {}, { paths: ["a", "c"] }],
    ["one that leaves open what it bounded", { kinds: ["docs"] }, {}],
    ["the same entry in another part", { services: ["x"] }, { environments: ["x"] }],
  ])("%s", (_, seen, now) => {
    expect(includes(seen, now)).toBe(false);
  });

  test("none, and who has seen none has not seen one", () => {
    expect(includesPlan(marksOf(plan()), null)).toBe(false);
    expect(includesPlan(null, marksOf(plan()))).toBe(false);
    expect(includesPlan(null, null)).toBe(true);
  });

  test("one that cannot be read, and the other way round", () => {
    const [one, other] = [marksOfText("x"), marksOfText("y")];
    expect(includesPlan(one, one)).toBe(true);
    expect([includesPlan(one, other), includesPlan(marksOf(plan()), one), includesPlan(one, marksOf(plan()))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test("a plan takes in another exactly where each part does", () => {
  const part = fc.option(fc.subarray(["a", "b", "c"], { minLength: 1 }), { nil: null });
  const any = fc.record({
    paths: fc.subarray(["a", "b", "c"], { minLength: 1 }),
    environments: part,
    services: part,
    kinds: fc.constant(null),
  });
  const within = (now: readonly string[] | null, seen: readonly string[] | null) =>
    seen === null || (now?.every((entry) => seen.includes(entry)) ?? false);
  fc.assert(
    fc.property(any, any, (seen, now) => {
      const expected =
        within(now.paths, seen.paths) &&
        within(now.environments, seen.environments) &&
        within(now.services, seen.services);
      expect(includesPlan(marksOf(seen), marksOf(now))).toBe(expected);
    }),
  );
});

describe("against the latest report that showed another plan", () => {
  const shown = (...plans: readonly (Partial<Plan> | null)[]) =>
    plans.map((one) => ({ plan: one === null ? null : marksOf(plan(one)) }));

  test("it is told what is new, what is no longer bounded and how much is gone", () => {
    expect(
      differenceFrom(shown({ kinds: ["docs"] }, {}, { paths: ["a", "x"], services: ["s", "t"] }, null), declared()),
    ).toEqual({
      digest: marksOf(plan({ paths: ["a", "x"], services: ["s", "t"] })).digest,
      added: [{ part: "paths", entry: "b" }],
      unbounded: ["services"],
      gone: 3,
    });
  });

  test("the report of this plan itself changes nothing", () => {
    const before = shown({ paths: ["a"] });
    const own = [...before, { plan: marksIn(declared()) }];
    expect(differenceFrom(own, declared())).toEqual(differenceFrom(before, declared()));
  });

  test("a plan that was taken away is told of", () => {
    expect(differenceFrom(shown({}), { kind: "none" })).toMatchObject({ added: [], unbounded: [], gone: 2 });
  });

  test("nothing is told where no report showed one", () => {
    expect(differenceFrom(shown(null), declared())).toBeNull();
    expect(differenceFrom([], { kind: "none" })).toBeNull();
  });
});
