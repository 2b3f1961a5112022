import type { Decided, Effect, PolicyEffects } from "../policy/effects.ts";
import type { Evaluation } from "./evaluation.ts";

/** Null where the change makes no difference: what passes passes, enforced or not. */
export function effectOn(
  number: number,
  present: Pick<Evaluation, "verdict" | "policy">,
  changed: Pick<Evaluation, "verdict" | "policy">,
): Effect | null {
  const before: Decided = { verdict: present.verdict, mode: present.policy.mode };
  const after: Decided = { verdict: changed.verdict, mode: changed.policy.mode };
  if (before.verdict === after.verdict && (before.verdict === "allow" || before.mode === after.mode)) return null;
  return { number, before, after };
}

/** The evaluation with what was found out about its change of the policy; nothing else of it changes. */
export function withEffects(evaluation: Evaluation, effects: PolicyEffects): Evaluation {
  const { policyChange } = evaluation;
  return policyChange === null ? evaluation : { ...evaluation, policyChange: { ...policyChange, effects } };
}
