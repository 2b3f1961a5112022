import { expect, test } from "vitest";
import { z } from "zod";
import { observe } from "../../../src/core/evaluate/findings.ts";
import { ruleContext } from "../../../src/core/evaluate/rule-context.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";
import { defineRule, type Sighting } from "../../../src/core/rule.ts";
import { buildViews } from "../../../src/core/views/views.ts";

const policy: Policy = {
  ...strictDefault(),
  waivers: [
    {
      rule: "some-thing-wrong",
      paths: ["a/**"],
      reason: "known",
      until: "2026-12-31",
      untilMs: 2_000,
      by: "@acme/sre",
    },
  ],
};

const unread = () => ({ ok: false, line: 1, reason: "not asked" }) as const;
const { views } = buildViews(
  { files: [] },
  {
    syntax: {
      hcl: unread,
      ruby: unread,
      python: unread,
      postgresql: unread,
      plpgsql: unread,
      awsActions: { services: [], actions: () => [], levelOf: () => null, written: (action) => action },
    },
    memo: (_, compute) => compute(),
  },
);

/** What the evaluation makes of one sighting of a rule whose invariant asks people. */
function findings(sighting: Partial<Sighting>, scope: "full" | "lenient" = "full", others: readonly Sighting[] = []) {
  const rule = defineRule({
    id: "some-thing-wrong",
    invariant: "production-is-unchanged",
    severity: "high",
    confidence: "high",
    summary: "",
    why: "",
    remedy: "",
    needs: "paths",
    options: z.strictObject({}),
    *detect() {
      yield { at: { path: "a/1", side: "head", line: 1 }, message: "wrong", ...sighting };
      yield* others;
    },
    examples: {},
  });
  const formerly = () => ({ of: () => [], unknown: () => null });
  const known = { plan: null, kinds: [], formerly, scanned: [], advised: [], secrets: [] };
  const context = ruleContext(policy, { files: [], gaps: [] }, "main", known, []);
  return observe([rule], views, context, policy, scope, 1_000).findings;
}

test("a waiver lifts a finding about several paths only if it covers every one", () => {
  expect(findings({})[0]?.waived).not.toBeNull();
  expect(findings({ paths: ["a/2"] })[0]?.waived).not.toBeNull();
  expect(findings({ paths: ["a/2", "b/1"] })[0]?.waived).toBeNull();
});

test("what the policy blocks in so many words blocks where the invariant asks, for people it asks", () => {
  expect(findings({})[0]?.level).toBe("review");
  expect(findings({ blocks: true })[0]?.level).toBe("block");
  expect(findings({ blocks: true }, "lenient")[0]?.level).toBe("review");
});

test("what is seen twice in the same words at the same place is told once", () => {
  const same: Sighting = { at: { path: "a/1", side: "head", line: 1 }, message: "wrong" };
  expect(findings({}, "full", [same])).toHaveLength(1);
  expect(findings({}, "full", [{ ...same, message: "wrong in another way" }])).toHaveLength(2);
  expect(findings({}, "full", [{ ...same, at: { ...same.at, line: 2 } }])).toHaveLength(2);
});

test("the same of one line is one finding for all objects that it makes, and another one for one more", () => {
  const overlay = (name: string): Sighting => ({
    at: { path: "base/web.yaml", side: "head", line: 7 },
    message: `\`${name}-web\` has too much`,
    about: `overlays/${name}`,
    object: `Deployment/${name}-web`,
    passes: { clean: 1, withApprovals: 2, because: `the limit for ${name}` },
    paths: [`overlays/${name}`],
  });
  const own = { message: "wrong" };
  const ids = (...names: readonly string[]) =>
    findings(own, "full", names.map(overlay))
      .filter(({ place }) => place.path === "base/web.yaml")
      .map(({ id }) => id);
  expect(ids("one", "two", "three")).toHaveLength(1);
  expect(ids("one", "two", "three")).toEqual(ids("three", "two", "one"));
  expect(ids("one", "two")).not.toEqual(ids("one", "two", "three"));
  const other = { ...overlay("two"), passes: { clean: 5, withApprovals: 5, because: "" } };
  expect(findings(own, "full", [overlay("one"), other])).toHaveLength(3);
});

test("two objects without a kind that one line makes are two findings, each by its name", () => {
  const dropped = (name: string): Sighting => ({
    at: { path: "a/1", side: "head", line: 1 },
    message: `the column \`${name}\` is dropped`,
    about: `a/1 ${name}`,
    object: name,
  });
  expect(findings(dropped("orders.total"), "full", [dropped("orders.token")])).toHaveLength(2);
});
