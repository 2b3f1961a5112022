import { changed } from "../change/change-set.ts";
import type { Facts } from "../facts.ts";
import type { InvariantId } from "../invariants.ts";
import { type DeclaredPlan, differenceFrom, type Plan, type PlanTold } from "../plan/plan.ts";
import { planTemplate } from "../plan/template.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { Rule } from "../rule.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import type { Requirement } from "./evaluation.ts";

/** Rules that had something to look at: where nothing is declared, nothing lies within it, and where no scanner was heard, none found nothing. */
export function rulesWith(plan: Plan | null, isScanned: boolean, rules: readonly Rule[]): readonly Rule[] {
  const idle: ReadonlySet<InvariantId> = new Set([
    ...(plan === null ? (["within-declared-plan"] as const) : []),
    ...(isScanned ? [] : (["scanners-find-nothing-new"] as const)),
  ]);
  return rules.filter(({ invariant }) => !idle.has(invariant));
}

/** The plan as the report tells of it. `asked` is the requirement of one: where it is not met, the report writes a plan down. */
export function planTold(
  declared: DeclaredPlan,
  asked: readonly Requirement[],
  { publications, change }: Facts,
  reach: ReachMap,
  kinds: readonly KindEvidence[],
): PlanTold {
  const missing = asked.some(({ state }) => state.kind === "missing");
  const paths = changed(change).map(({ path }) => path);
  return {
    declared,
    before: differenceFrom(publications, declared),
    template: missing ? planTemplate(paths, reach.files, kinds) : null,
  };
}
