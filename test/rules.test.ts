import { assert, describe, expect, test } from "vitest";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet, Gap } from "../src/core/change/change-set.ts";
import type { Plan } from "../src/core/plan/plan.ts";
import type { Policy } from "../src/core/policy/schema.ts";
import { blinded, parseExample, redressed, reformatted, reversed } from "../src/core/example.ts";
import { applyEdits } from "../src/core/evaluate/fix.ts";
import { invariantIds } from "../src/core/invariants.ts";
import type { Observation, Rule } from "../src/core/rule.ts";
import { type RuleId, rules } from "../src/core/rules/index.ts";
import { builders, buildViews } from "../src/core/views/views.ts";
import { contextOf, planOf, policyOf } from "./core/example-context.ts";
import { terraformPlansIn } from "./core/example-terraform-plan.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

interface Seen {
  readonly observations: readonly Observation[];
  /** Of the view that the rule needs. */
  readonly gaps: readonly Gap[];
  /** Of every view: a file that one of them cannot read is left to it by the others. */
  readonly anyGaps: readonly Gap[];
}

/** What an example is judged under, beside its change. */
interface Setting {
  readonly options: unknown;
  readonly policy: Policy;
  readonly plan: Plan | null;
  readonly terraformPlan: string | undefined;
}

function look(rule: Rule, change: ChangeSet, setting: Setting, trusted = true): Seen {
  const { options, policy, plan, terraformPlan } = setting;
  const { views: built, gaps: anyGaps } = buildViews(change, tools);
  const views = { ...built, terraformPlans: terraformPlansIn(terraformPlan, { change, tools, trusted }) };
  const { gaps } = builders[rule.needs](change, tools);
  return { observations: rule.observe(views, options, contextOf(policy, change, views, plan)), gaps, anyGaps };
}

function places({ observations, gaps }: Seen): readonly string[] {
  expect(gaps, "an example must be readable").toEqual([]);
  const lines = observations.map(({ at }) => `${at.path}:${at.side === "base" ? "-" : ""}${at.line}`);
  return [...new Set(lines)].toSorted();
}

/** They look for a literal where an expression should stand: one that stands there is what they ask for, and hides nothing from them. */
const seekingLiterals: ReadonlySet<RuleId> = new Set<RuleId>([
  "k8s-secret-unsealed",
  "secret-encryption-lost",
  "secret-file-committed",
  "secret-reference-made-literal",
]);

const catalogue = rules.map((rule): [RuleId, Rule] => [rule.id, rule]);

describe.each(catalogue)("%s", (id, rule) => {
  const examples = Object.entries(rule.examples).map(([name, example]) => {
    const stated: Exclude<typeof example, string> = typeof example === "string" ? { change: example } : example;
    const { change, options = {}, reverse = "silent" } = stated;
    const parsed = parseExample(change);
    const policy = policyOf(stated.policy);
    const setting = { options, policy, plan: planOf(stated.plan), terraformPlan: stated.terraformPlan };
    const observed = (of: ChangeSet): Seen => look(rule, of, setting);
    const distrusted = (): Seen => look(rule, parsed.change, setting, false);
    return { name, parsed, reverse, observed, distrusted };
  });
  const ofPlans = rule.needs === "terraformPlans";
  const reporting = examples.filter(({ parsed }) => parsed.expected.length > 0);

  test("has an example that reports and one that is silent", () => {
    expect(reporting.length).toBeGreaterThan(0);
    expect(reporting.length).toBeLessThan(examples.length);
  });

  test.each(examples)("$name", ({ parsed, observed }) => {
    expect(places(observed(parsed.change))).toEqual([...new Set(parsed.expected)].toSorted());
  });

  // A plan is of one direction and of one state: the change backwards, or of white space alone, would have another one.
  test.each(ofPlans ? [] : reporting)("$name: backwards", ({ parsed, reverse, observed }) => {
    expect(places(observed(reversed(parsed.change))).length > 0 ? "reports" : "silent").toBe(reverse);
  });

  test.each(reporting)("$name: in another dress", ({ parsed, observed }) => {
    const before = places(observed(parsed.change));
    expect(places(observed(redressed(parsed.change)))).toHaveLength(before.length);
  });

  test.each(rule.needs === "paths" || ofPlans ? [] : examples)("$name: reformatted", ({ parsed, observed }) => {
    expect(places(observed(reformatted(parsed.change)))).toEqual([]);
  });

  test.each(ofPlans ? reporting : [])("$name: of a workflow that is not trusted", ({ parsed, distrusted }) => {
    expect(places(distrusted())).toEqual([...new Set(parsed.expected)].toSorted());
  });

  test.each(seekingLiterals.has(id) ? [] : reporting)("$name: blinded", ({ parsed, observed }) => {
    for (const change of blinded(parsed)) {
      const { observations, anyGaps } = observed(change);
      expect(observations.length + anyGaps.length, "what cannot be seen is said").toBeGreaterThan(0);
    }
  });

  test.each(reporting)("$name: the message names the value found", ({ parsed, observed }) => {
    const sightings = observed(parsed.change).observations.filter((observation) => "message" in observation);
    const unnamed = sightings.filter(
      ({ after, message }) => typeof after === "number" && !message.includes(`${after}`),
    );
    expect(unnamed).toEqual([]);
  });

  test.each(reporting)("$name: a fix clears its finding and adds none", ({ parsed, observed }) => {
    const { observations } = observed(parsed.change);
    for (const observation of observations) {
      const fix = "fix" in observation ? (observation.fix ?? []) : [];
      const fixed = applyEdits(parsed.change, fix);
      assert.isNotNull(fixed, "the edits lie within the file");
      const left = observed(fixed);
      const expected = observations.filter(({ about }) => fix.length === 0 || about !== observation.about);
      expect(left.gaps).toEqual([]);
      expect(left.observations.map(({ about }) => about)).toEqual(expected.map(({ about }) => about));
    }
  });

  test("says what is wrong, why it matters and what to do in sentences", () => {
    for (const text of [rule.summary, rule.why, rule.remedy]) {
      expect(text).toMatch(/^[A-Z`].{20,}\.$/u);
      expect(text.length).toBeLessThanOrEqual(300);
    }
  });

  test("keeps a promise that is known, under an id that names its defect", () => {
    expect(invariantIds).toContain(rule.invariant);
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+){1,5}$/u);
  });

  test("describes its options, each of which has a default", () => {
    expect(() => rule.options.parse({})).not.toThrow();
    const described = Object.values(rule.options.shape).filter((option) => option.description?.endsWith(".") === true);
    expect(described).toHaveLength(Object.keys(rule.options.shape).length);
  });
});

test("the index is sorted and names every rule once", () => {
  const ids = rules.map(({ id }): string => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
});
