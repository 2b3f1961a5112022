import type { Facts } from "../facts.ts";
import { type PolicySource, readPolicies } from "../policy/reading.ts";
import { proposedPolicy } from "../policy/proposed.ts";
import { rules } from "../rules/index.ts";
import type { Tools } from "../syntax.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation, Program } from "./evaluation.ts";

/** Judges facts by the policy files that were found with them, with every rule of this version. */
export function evaluateBy(
  facts: Facts,
  sources: readonly PolicySource[],
  tools: Tools,
  nowMs: number,
  program: Program,
): Evaluation {
  const { policy, above, digest, sources: found, errors, standIns } = readPolicies(sources, rules);
  const used = { sources: found, digest, mode: policy.mode, standIns };
  const policyChange = proposedPolicy(facts, sources, rules);
  return evaluate({ facts, policy, above, used, policyErrors: errors, policyChange, rules, tools, nowMs, program });
}
