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
