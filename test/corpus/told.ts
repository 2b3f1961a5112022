import { expect, test } from "vitest";
import { loadSyntax } from "../../src/adapters/syntax/load.ts";
import type { ChangeSet } from "../../src/core/change/change-set.ts";
import type { Observation, Rule } from "../../src/core/rule.ts";
import { buildViews } from "../../src/core/views/views.ts";
import { contextOf, policyOf } from "../core/example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const judged = policyOf(undefined);

/** What rules say of a change, each thing once and sorted, with the gaps of every view by their ids. */
export function told(
  asked: readonly Rule[],
  change: ChangeSet,
  say: (rule: Rule, observation: Observation) => string = ({ id }) => id,
): readonly string[] {
  const { views, gaps } = buildViews(change, tools);
  const context = contextOf(judged, change, views);
  const found = asked.flatMap((rule) => rule.observe(views, {}, context).map((one) => say(rule, one)));
  return [...new Set([...found, ...gaps.map(({ id }) => id)])].toSorted();
}

/** A table is worth something where it is long enough, names each change once, and has enough of what must stay silent. */
export function isATable(
  changes: readonly { readonly id: string; readonly reports: readonly string[] }[],
  { least, silent }: { readonly least: number; readonly silent: number },
): void {
  test(`has at least ${least} changes, each with an id of its own, ${silent} of them silent`, () => {
    expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
    expect(changes.length).toBeGreaterThanOrEqual(least);
    expect(changes.filter(({ reports }) => reports.length === 0).length).toBeGreaterThanOrEqual(silent);
  });
}
