import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../../src/core/change/change-set.ts";
import { parseExample, redressed, reformatted, reversed } from "../../src/core/example.ts";
import { rules } from "../../src/core/rules/index.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { contextOf, policyOf } from "../core/example-context.ts";

const table = z.array(
  z.strictObject({
    id: z.string(),
    change: z.string(),
    reported: z.array(z.string()).min(1),
    level: z.enum(["block", "review"]),
  }),
);
const pairs = table.parse(parse(readFileSync(new URL("secrets/pairs.yml", import.meta.url), "utf8")));

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = policyOf(undefined);
/** The rules on what leads secrets into the open; each of them must be silent where another one speaks. */
const judging = rules.filter(({ id }) => pairs.some(({ reported }) => reported.includes(id)));

interface Told {
  readonly rules: readonly string[];
  readonly level: "block" | "review" | null;
}

function told(change: ChangeSet): Told {
  const { views } = buildViews(change, tools);
  const context = contextOf(policy, change, views);
  const found = judging.map((rule) => ({ id: rule.id as string, seen: rule.observe(views, {}, context) }));
  const observations = found.flatMap(({ seen }) => seen);
  const blocks = observations.some((one) => !("asks" in one && one.asks === true));
  return {
    rules: found.filter(({ seen }) => seen.length > 0).map(({ id }) => id),
    level: observations.length === 0 ? null : blocks ? "block" : "review",
  };
}

describe("what leads secrets into the open", () => {
  test("is shown by 39 pairs, each with an id of its own", () => {
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(pairs.length).toBeGreaterThanOrEqual(39);
  });

  test.each(pairs.map((pair) => [pair.id, pair] as const))("%s is told, and what takes it back is not", (_, pair) => {
    const { change } = parseExample(pair.change);
    const expected = { rules: pair.reported.toSorted(), level: pair.level };
    expect(told(change)).toEqual(expected);
    expect(told(redressed(change))).toEqual(expected);
    expect(told(reversed(change))).toEqual({ rules: [], level: null });
    expect(told(reformatted(change))).toEqual({ rules: [], level: null });
  });
});
