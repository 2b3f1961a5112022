import { describe, expect, test } from "vitest";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../src/core/change/change-set.ts";
import { parseExample, redressed, reformatted, reversed } from "../src/core/example.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { contextOf, policyOf } from "./core/example-context.ts";
import { changeOf, corpus, type Pair } from "./corpus/corpus.ts";
import { directional } from "./corpus/directional.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const pairs = corpus();
const known = new Set(rules.map(({ id }): string => id));
/** The rules that judge values: each of them must be silent on every pair that is played backwards. */
const judging = rules.filter(({ id }) => pairs.some((pair) => pair.reported_as.includes(id)));

/** Ids of the rules that report, or cannot decide, something of a change. */
function reported({ policy }: Pair, change: ChangeSet): readonly string[] {
  const judged = policyOf(policy);
  const { views, gaps } = buildViews(change, tools);
  const context = contextOf(judged, change, views);
  const found = judging.filter((rule) => rule.observe(views, judged.rules[rule.id]?.options ?? {}, context).length > 0);
  return [...found.map(({ id }) => id), ...gaps.map(({ id }) => id)];
}

describe("dangerous values that are valid", () => {
  test("are at least 120, each with an id of its own", () => {
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(pairs.length).toBeGreaterThanOrEqual(120);
  });

  test.each(pairs.map((pair) => [pair.id, pair] as const))(
    "%s is reported, and what takes it back is not",
    (_, pair) => {
      const { safe, dangerous, reported_as: expected } = pair;
      expect(expected.filter((id) => !known.has(id))).toEqual([]);
      expect(reported(pair, changeOf(pair, safe, dangerous))).toEqual(expect.arrayContaining(expected));
      expect(reported(pair, changeOf(pair, dangerous, safe))).toEqual([]);
      expect(reported(pair, reformatted(changeOf(pair, dangerous, dangerous)))).toEqual([]);
    },
  );
});

describe("authentication that is changed", () => {
  const changes = directional("authentication");
  const asking = rules.filter(({ invariant }) => invariant === "authentication-is-unchanged");
  const judged = policyOf(undefined);
  const seen = (change: ChangeSet): readonly string[] => {
    const { views, gaps } = buildViews(change, tools);
    const context = contextOf(judged, change, views);
    const found = asking.filter((rule) => rule.observe(views, {}, context).length > 0);
    return [...found.map(({ id }) => id), ...gaps.map(({ id }) => id)];
  };

  test("has at least 60 pairs, a third of them silent", () => {
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(changes.length).toBeGreaterThanOrEqual(60);
    expect(changes.filter(({ reports }) => reports.length === 0).length * 3).toBeGreaterThanOrEqual(changes.length);
  });

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const { change: made } = parseExample(change);
    expect(seen(made)).toEqual(reports);
    expect(seen(redressed(made))).toEqual(reports);
    expect(seen(reversed(made))).toEqual(backwards);
    expect(seen(reformatted(made))).toEqual([]);
  });
});

const granting = rules.filter(({ id }) => /^(?:gcp|azure)-|^iam-(?:custom|federation|key)/u.test(id));

describe.each([
  ["iam-gcp", 40],
  ["iam-azure", 30],
] as const)("who holds what: %s", (table, least) => {
  const changes = directional(table);
  /** What each rule says of a change, and whether that blocks. */
  const told = (change: ChangeSet): readonly string[] => {
    const { views, gaps } = buildViews(change, tools);
    const context = contextOf(policyOf(undefined), change, views);
    const found = granting.flatMap((rule) =>
      rule
        .observe(views, {}, context)
        .map((one) => `${rule.id} ${"undecided" in one ? "undecided" : one.asks === true ? "asks" : "blocks"}`),
    );
    return [...new Set([...found, ...gaps.map(({ id }) => id)])].toSorted();
  };

  test("are enough, each with an id of its own, a third of them silent", () => {
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(changes.length).toBeGreaterThanOrEqual(least);
    expect(changes.filter(({ reports }) => reports.length === 0).length * 3).toBeGreaterThanOrEqual(changes.length);
  });

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const made = parseExample(change).change;
    expect(told(made)).toEqual(reports.toSorted());
    expect(told(reversed(made))).toEqual(backwards.toSorted());
    expect(told(reformatted(made))).toEqual([]);
  });
});
