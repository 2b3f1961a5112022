import { describe, expect, test } from "vitest";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../src/core/change/change-set.ts";
import { reformatted } from "../src/core/example.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { contextOf, policyOf } from "./core/example-context.ts";
import { changeOf, corpus, type Pair } from "./corpus/corpus.ts";

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
