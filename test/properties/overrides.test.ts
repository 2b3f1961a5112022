import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Gap } from "../../src/core/change/change-set.ts";
import type { Override } from "../../src/core/decisions/decision.ts";
import type { Evaluation } from "../../src/core/evaluate/evaluation.ts";
import { verdicts } from "../../src/core/evaluate/verdict.ts";
import type { Facts } from "../../src/core/facts.ts";
import { byPerson, deployment, judgeAsTold, nowMs, repository, toldOf } from "../core/evaluate/changes.ts";
import { changeOf, factsOf, file, headSha, person, review, writers } from "../core/facts.ts";

const runs = { numRuns: 80 };
const people = [1, 2, 3, 4].map((id) => person(id));
const rules = ["k8s-liveness-too-eager", "k8s-replicas-over-limit", "forbidden-path-touched"];
const gapIds = ["one", "two", "unreadable-reviews"];

const files = fc.subarray(
  [
    file("k8s/staging/a.yaml", deployment("a"), deployment("a", { failures: "1" })),
    file("k8s/production/b.yaml", deployment("b"), deployment("b", { failures: "1", replicas: "40" })),
    file("secrets/a", "1\n", "2\n"),
  ],
  { minLength: 1 },
);
const gaps = fc
  .subarray(gapIds)
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id) =>
        fc
          .constantFrom("hold" as const, "block" as const)
          .map((level): Gap => ({ id, level, path: null, side: "head", line: null, reason: id, remedy: id })),
      ),
    ),
  );
const facts: fc.Arbitrary<Facts> = fc
  .record({
    agent: fc.boolean(),
    files,
    gaps,
    approvers: fc.subarray(people),
    objector: fc.option(fc.constantFrom(...people), { nil: null }),
    sre: fc.subarray(people.map(({ id }) => id)),
    oncall: fc.subarray(people.map(({ id }) => id)),
    may: fc.subarray(people, { minLength: 2 }),
  })
  .map(({ agent, files: some, gaps: missing, approvers, objector, sre, oncall, may }) => {
    const own: Partial<Facts> = {
      change: changeOf(...some),
      gaps: missing,
      people: writers(...may),
      teams: [
        { team: "@acme/sre", members: sre },
        { team: "@acme/oncall", members: oncall },
      ],
      reviews: [
        ...approvers.map((one) => review(one, { submittedAtMs: nowMs })),
        ...(objector === null ? [] : [review(objector, { state: "CHANGES_REQUESTED", submittedAtMs: nowMs + 1 })]),
      ],
    };
    return agent ? factsOf(own) : byPerson(person(4), own);
  });
const override: fc.Arbitrary<Omit<Override, "id">> = fc.record({
  kind: fc.constant("override" as const),
  by: fc.constantFrom(...people).map(({ id, login }) => ({ kind: "account" as const, id, login })),
  atMs: fc.constantFrom(-90_000_000, nowMs - 5 * 3_600_000, nowMs - 3_600_000, nowMs),
  reason: fc.constant("it is known"),
  subjectId: fc.constantFrom("pull/10/7", "pull/10/7", "pull/10/7", "pull/10/8"),
  headSha: fc.constantFrom(headSha, headSha, headSha, "c".repeat(40)),
  baseRef: fc.constantFrom("main", "main", "main", "release"),
  names: fc.subarray([...rules, ...gapIds], { minLength: 1 }),
  breakGlass: fc.boolean(),
});
const overrides = fc
  .array(override, { maxLength: 8 })
  .map((all) => all.map((one, index): Override => ({ ...one, id: `comment/10/${index}` })));
const policy = fc
  .record({
    gate: fc.constantFrom("agents", "everyone"),
    approvals: fc.nat(2),
    count: fc.integer({ min: 1, max: 2 }),
    glass: fc.boolean(),
  })
  .map(({ gate, approvals, count, glass }) => {
    const emergency = glass ? ', break_glass: { by: ["@acme/oncall"], for: 4h }' : "";
    return [
      `gate: ${gate}`,
      `approvals: { by_risk: ${approvals}, reading: { at: [] } }`,
      `override: { by: ["@acme/sre"], count: ${count}${emergency} }`,
      'forbidden: ["secrets/**"]',
      "limits: { kubernetes: { replicas: 10 } }\n",
    ].join("\n");
  });

const judged = (given: Facts, all: readonly Override[], text: string, atMs = nowMs): Evaluation =>
  judgeAsTold({ ...given, decided: { overrides: all, halts: [] } }, [repository(text)], atMs);
const told = (given: Facts, text: string): Facts => toldOf(given, judged(given, [], text));
const severity = ({ verdict }: Evaluation): number => verdicts.indexOf(verdict);

describe("overrides", () => {
  test("make no verdict worse, and without one of them none is better", () => {
    fc.assert(
      fc.property(facts, overrides, policy, fc.nat(7), (given, all, text, without) => {
        const before = told(given, text);
        const every = severity(judged(before, all, text));
        const fewer = severity(judged(before, all.toSpliced(without, 1), text));
        expect(every).toBeLessThanOrEqual(fewer);
        expect(every).toBeLessThanOrEqual(severity(judged(before, [], text)));
      }),
      runs,
    );
  });

  test("come to the same in any order", () => {
    fc.assert(
      fc.property(facts, overrides, policy, (given, all, text) => {
        const before = told(given, text);
        const [one, other] = [judged(before, all, text), judged(before, all.toReversed(), text)];
        expect([other.verdict, other.brokenGlass, other.nextLookMs]).toEqual([
          one.verdict,
          one.brokenGlass,
          one.nextLookMs,
        ]);
      }),
      runs,
    );
  });

  test.each<[string, (override: Override) => Override]>([
    ["another head", (one) => ({ ...one, headSha: "d".repeat(40) })],
    ["another base", (one) => ({ ...one, baseRef: "release" })],
    ["another pull request", (one) => ({ ...one, subjectId: "pull/11/7" })],
    ["what no report had shown yet", (one) => ({ ...one, atMs: -90_000_000 })],
  ])("of %s lift nothing", (_, moved) => {
    fc.assert(
      fc.property(facts, overrides, policy, (given, all, text) => {
        const before = told(given, text);
        expect(judged(before, all.map(moved), text).verdict).toBe(judged(before, [], text).verdict);
      }),
      runs,
    );
  });

  test("lift nothing that is not in the report", () => {
    fc.assert(
      fc.property(facts, overrides, policy, (given, all, text) => {
        const before = told(given, text);
        const silent = {
          ...before,
          publications: before.publications.map((one) => ({ ...one, findings: [], gaps: [] })),
        };
        expect(judged(silent, all, text).verdict).toBe(judged(silent, [], text).verdict);
      }),
      runs,
    );
  });

  test("never lower the risk, and lift neither an objection nor anything else that is no finding and no gap", () => {
    fc.assert(
      fc.property(facts, overrides, policy, (given, all, text) => {
        const before = told(given, text);
        const [was, is] = [judged(before, [], text), judged(before, all, text)];
        expect(is.risk).toEqual(was.risk);
        const kept = ({ requirements }: Evaluation) => requirements.filter(({ id }) => !id.startsWith("approvals:"));
        expect(kept(is)).toEqual(kept(was));
        const missing = is.requirements.some(({ state }) => state.kind === "missing");
        expect(!missing || severity(is) > 0).toBe(true);
      }),
      runs,
    );
  });

  test("that end by themselves are looked at again before the verdict changes", () => {
    fc.assert(
      fc.property(facts, overrides, policy, fc.nat(6 * 3_600_000), (given, all, text, laterMs) => {
        const before = told(given, text);
        const now = judged(before, all, text);
        const then = judged(before, all, text, nowMs + laterMs);
        if (then.verdict === now.verdict) return;
        expect(now.nextLookMs).toBeLessThanOrEqual(nowMs + laterMs);
      }),
      runs,
    );
  });
});
