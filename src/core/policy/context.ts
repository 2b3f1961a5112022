import type { Rule } from "../rule.ts";
import type { Scope } from "./places.ts";

/** What the policy needs to know of a rule. */
export type KnownRule = Pick<Rule, "id" | "invariant" | "options">;

export interface PolicyContext {
  readonly scope: Scope;
  readonly rules: readonly KnownRule[];
}
