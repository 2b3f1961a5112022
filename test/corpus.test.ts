import { describe, expect, test } from "vitest";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../src/core/change/change-set.ts";
import { parseExample, redressed, reformatted, reversed } from "../src/core/example.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { contextOf, policyOf } from "./core/example-context.ts";
import { between, changeOf, corpus, type Direction, directions, type Pair } from "./corpus/corpus.ts";
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

const turns = directions("workflows");
/** Every rule that looks at workflows, or at what else holds changes up: those that are not named must be silent. */
const guarding = rules.filter(({ id }) => /^(?:gha|gate)-/u.test(id));

/** Ids of the guarding rules that report, or cannot decide, something; `gap` where a file could not be read. */
function guarded(change: ChangeSet): readonly string[] {
  const { views, gaps } = buildViews(change, tools);
  const policy = policyOf(undefined);
  const context = contextOf(policy, change, views);
  const found = guarding.filter((rule) => rule.observe(views, {}, context).length > 0).map(({ id }) => id);
  return [...found, ...(gaps.length > 0 ? ["gap"] : [])].toSorted();
}

/** The same sides with a comment before them and without the blanks behind lines. */
function commented(side: Direction["after"], path: string): Direction["after"] {
  const of = (name: string, text: string): string => (name.endsWith(".yml") ? `# reformatted\n\n${text}` : `${text}\n`);
  if (typeof side === "string") return of(path, side);
  return Object.fromEntries(Object.entries(side).map(([name, text]) => [name, of(name, text)]));
}

describe("changes of workflows, and of what else holds changes up", () => {
  test("are at least 60, each with an id of its own, a third of them harmless", () => {
    expect(new Set(turns.map(({ id }) => id)).size).toBe(turns.length);
    expect(turns.length).toBeGreaterThanOrEqual(60);
    expect(turns.filter(({ reports }) => reports.length === 0).length * 3).toBeGreaterThanOrEqual(turns.length);
  });

  test.each(turns.map((one) => [one.id, one] as const))("%s", (_, one) => {
    const { before, after, path, reports, backwards } = one;
    expect(guarded(between(one, before, after))).toEqual(reports.toSorted());
    expect(guarded(between(one, after, before))).toEqual(backwards.toSorted());
    expect(guarded(between(one, before, commented(after, path)))).toEqual(reports.toSorted());
    // What cannot be read stays unreadable, whatever is written around it.
    const left = reports.filter((id) => id === "gap");
    expect(guarded(between(one, after, commented(after, path)))).toEqual(left);
  });
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
