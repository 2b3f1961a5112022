import type { PolicyChange } from "../policy/proposed.ts";
import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { FileReach, ReachMap } from "../reach/reach.ts";

/**
 * How much of the policy applies. `full`: invariants, approvals, gaps. `lenient`: no agent marks were found and the gate is for
 * agents here; what would block asks for one other person, and no more.
 */
export type Scope = "full" | "lenient";

/**
 * The gate is for everyone as soon as one file says so: by an environment that it reaches, or by reaching none. A person's change of
 * the policy and of nothing else is judged by those who decide about the gate (requirements/policy-change.ts): else a policy that
 * blocks everyone could not be repaired.
 */
export function scopeOf(
  provenance: Provenance,
  policy: Policy,
  reach: ReachMap,
  policyChange: PolicyChange | null,
): Scope {
  if (provenance.author === "agent") return "full";
  if (policyChange?.alone === true) return "lenient";
  const { default: otherwise, byEnvironment } = policy.gate;
  const scopes = reach.files.flatMap((file) => {
    const environments = environmentsOf(file, policy);
    return environments.length === 0 ? [otherwise] : environments.map((name) => byEnvironment[name] ?? otherwise);
  });
  return (scopes.length === 0 ? [otherwise] : scopes).includes("everyone") ? "full" : "lenient";
}

/** Environments that a file reaches. An edge that is not resolved reaches every production until the policy names its consumers. */
export function environmentsOf(file: FileReach, policy: Policy): readonly string[] {
  const named = file.targets.map((target) => target.environment);
  const feared = file.unresolved
    ? Object.values(policy.environments)
        .filter((environment) => environment.tier === "production")
        .map((environment) => environment.name)
    : [];
  return [...new Set([...named, ...feared])];
}
