import type { Rule } from "../rule.ts";

/** What the policy needs to know of a rule. */
export type KnownRule = Pick<Rule, "id" | "invariant" | "options">;

/** Whose file it is. Some keys are the organisation's alone. */
export type Scope = "organisation" | "repository";

export interface PolicyContext {
  readonly scope: Scope;
  readonly rules: readonly KnownRule[];
}
