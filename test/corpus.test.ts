import { describe, expect, test } from "vitest";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../src/core/change/change-set.ts";
import { parseExample, redressed, reformatted, reversed } from "../src/core/example.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { contextOf, policyOf } from "./core/example-context.ts";
import { changeOf, changesOf, corpus, type Pair } from "./corpus/corpus.ts";
import { directional } from "./corpus/directional.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const pairs = corpus();
const known = new Set(rules.map(({ id }): string => id));
/** The rules that judge values: each of them must be silent on every pair that is played backwards. */
const judging = rules.filter(({ id }) => pairs.some((pair) => pair.reported_as.includes(id)));

/** Ids of those of the rules that report, or cannot decide, something of a change. */
function reported({ policy }: Pick<Pair, "policy">, change: ChangeSet, asked = judging): readonly string[] {
  const judged = policyOf(policy);
  const { views, gaps } = buildViews(change, tools);
  const context = contextOf(judged, change, views);
  const found = asked.filter((rule) => rule.observe(views, judged.rules[rule.id]?.options ?? {}, context).length > 0);
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

const supplying = new Set(
  rules
    .filter(({ invariant, needs }) => invariant === "supply-chain-is-intact" && /^(?:dependencies|paths)$/u.test(needs))
    // Terraform's own lockfile has a rule of Terraform.
    .filter(({ id }) => !id.startsWith("tf-"))
    .map(({ id }) => id),
);

describe("what a repository depends on", () => {
  const changes = changesOf("dependencies");
  const asked = rules.filter(({ id }) => supplying.has(id));
  const told = (change: ChangeSet): readonly string[] =>
    [...new Set(reported({ policy: undefined }, change, asked))].toSorted();

  test("is at least 60 changes, each with an id of its own, a third of them ordinary", () => {
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(changes.length).toBeGreaterThanOrEqual(60);
    const ordinary = changes.filter(({ reports }) => reports.length === 0);
    expect(ordinary.length * 3).toBeGreaterThanOrEqual(changes.length - ordinary.length);
  });

  test("every rule has a change that it reports", () => {
    const reporting = new Set(changes.flatMap(({ reports }) => reports));
    expect([...supplying].filter((id) => !reporting.has(id))).toEqual([]);
  });

  test.each(changes.map((one) => [one.id, one] as const))("%s", (_, { change, reports, backwards }) => {
    const made = parseExample(change).change;
    expect(told(made)).toEqual(reports.toSorted());
    expect(told(reversed(made))).toEqual(backwards.toSorted());
    // A file that cannot be read at the head is no more readable in another dress.
    const isReadable = !reports.some((id) => id.startsWith("unreadable:"));
    expect(isReadable ? told(reformatted(made)).filter((id) => !unchanged.has(id)) : []).toEqual([]);
  });
});

/** It looks at whether a copy is the same, and white space in one makes it another. */
const unchanged: ReadonlySet<string> = new Set(["vendored-code-edited"]);

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
