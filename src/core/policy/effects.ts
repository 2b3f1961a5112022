import type { Evaluation } from "../evaluate/evaluation.ts";
import type { Verdict } from "../evaluate/verdict.ts";

/** A verdict and whether it is enforced. */
export interface Decided {
  readonly verdict: Verdict;
  readonly mode: "enforce" | "observe";
}

/** Another open pull request that the changed policy would decide otherwise. */
export interface Effect {
  readonly number: number;
  readonly before: Decided;
  readonly after: Decided;
}

/**
 * What a change of the policy would do to other open pull requests of its repository. It is told and never weighed.
 * `told`: of `judged` pull requests, `effects` would be decided otherwise, in the order of their numbers; `untold` could not be judged,
 * and `older` (or more, where `olderAtLeast`) were not looked at.
 */
export type PolicyEffects =
  | {
      readonly kind: "told";
      readonly effects: readonly Effect[];
      readonly judged: number;
      readonly untold: number;
      readonly older: number;
      readonly olderAtLeast: boolean;
    }
  /** `because`: a clause. */
  | { readonly kind: "untold"; readonly because: string };

export const notLookedAt: PolicyEffects = {
  kind: "untold",
  because: "other open pull requests are not looked at here",
};

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
