import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { PlannedChange, PriorState, TerraformPlan } from "../terraform-plan/plan.ts";

/** From mild to bad. What is none of these is an action that this version does not know, and the worst. */
const order = ["no-op", "read", "create", "update", "forget", "delete"];

/**
 * What several plans of one root and one head come to, the newest last: everything that any of them would do. Of two rows about the same
 * object the worse one stands (of destroying, replacing, forgetting, updating, creating and reading the first), with all attributes that
 * either would change. It is complete if all are, failed if any is, as old as the oldest, and knows of what all of them know of. So a
 * plan that is milder takes nothing away, and a run that is repeated until it looks well gains nothing.
 */
export function worstPlan(plans: readonly [TerraformPlan, ...TerraformPlan[]]): TerraformPlan {
  const [first, ...others] = plans;
  return others.reduce(worse, first);
}

function worse(earlier: TerraformPlan, later: TerraformPlan): TerraformPlan {
  const deferred = [...earlier.deferred, ...later.deferred];
  return {
    ...later,
    timestampMs: least(earlier.timestampMs, later.timestampMs),
    complete: worstOf([false, null, true], earlier.complete, later.complete),
    errored: worstOf([true, null, false], earlier.errored, later.errored),
    applyable: worstOf([true, null, false], earlier.applyable, later.applyable),
    changes: rows([...earlier.changes, ...later.changes]),
    drift: rows([...earlier.drift, ...later.drift]),
    deferred: distinct(deferred).toSorted((a, b) => byKey(a.change, b.change)),
    invocations: distinct([...earlier.invocations, ...later.invocations]),
    outputs: distinct([...earlier.outputs, ...later.outputs]),
    priorState: known(earlier.priorState, later.priorState),
    checks: distinct([...earlier.checks, ...later.checks]),
  };
}

function rows(all: readonly PlannedChange[]): readonly PlannedChange[] {
  const byObject = Map.groupBy(all, keyOf);
  return [...byObject.values()].flatMap((same) => same.reduce(worseRow)).toSorted(byKey);
}

function worseRow(a: PlannedChange, b: PlannedChange): PlannedChange {
  const [bad, other] = badness(a) > badness(b) ? [a, b] : [b, a];
  return {
    ...bad,
    replacePaths: distinct([...bad.replacePaths, ...other.replacePaths]),
    attributes: distinct([...bad.attributes, ...other.attributes]),
    generatesConfiguration: bad.generatesConfiguration || other.generatesConfiguration,
    importing: bad.importing ?? other.importing,
    unlisted: Math.max(bad.unlisted, other.unlisted),
  };
}

function badness({ actions }: PlannedChange): number {
  const ranks = actions.map((action) => (order.includes(action) ? order.indexOf(action) : order.length));
  // What is destroyed and made anew is there afterwards; what is destroyed alone is not.
  return Math.max(0, ...ranks) - (actions.includes("delete") && actions.includes("create") ? 0.5 : 0);
}

/** What all of them know of: a state that one plan found empty is not made whole by another one. */
function known(a: PriorState | null, b: PriorState | null): PriorState | null {
  if (a === null || b === null) return null;
  const there = new Set(b.managed);
  return { managed: a.managed.filter((address) => there.has(address)) };
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}

/** The first of these words, from bad to good, that either says. */
function worstOf<T extends boolean | null>(words: readonly T[], a: T, b: T): T {
  return words.find((word) => word === a || word === b) ?? a;
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [canonicalJson(one), one])).values()];
}

function keyOf({ address, deposed }: PlannedChange): string {
  return `${address}\n${deposed ?? ""}`;
}

function byKey(a: PlannedChange, b: PlannedChange): number {
  return byCodeUnits(keyOf(a), keyOf(b));
}
