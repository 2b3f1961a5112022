import type { Facts } from "../facts.ts";
import type { PolicyChange } from "../policy/proposed.ts";
import type { Policy } from "../policy/schema.ts";
import type { Rule } from "../rule.ts";
import type { Tools } from "../syntax.ts";
import type { PolicyUsed, Program } from "./evaluation.ts";

/** Everything an evaluation depends on. The same input gives the same evaluation, byte for byte. */
export interface Input {
  readonly facts: Facts;
  readonly policy: Policy;
  /** `PolicyReading.above`: by which what reaches nobody knows where is judged too. */
  readonly above: Policy | null;
  readonly used: PolicyUsed;
  /** Why policy files could not be used, as sentences; `policy` is what stands in for them then. */
  readonly policyErrors: readonly string[];
  readonly policyChange: PolicyChange | null;
  readonly rules: readonly Rule[];
  readonly tools: Tools;
  readonly nowMs: number;
  readonly program: Program;
}
