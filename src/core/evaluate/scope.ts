import type { Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { FileReach, ReachMap } from "../reach/reach.ts";

/**
 * How much of the policy applies. `full`: invariants, approvals, gaps. `lenient`: no agent marks were found and the gate is for
 * agents here; what would block asks for one other person, and no more.
 */
export type Scope = "full" | "lenient";

/** The gate is for everyone as soon as one environment that is reached says so. */
export function scopeOf(provenance: Provenance, policy: Policy, reach: ReachMap): Scope {
  if (provenance.author === "agent") return "full";
  const reached = new Set(reach.files.flatMap((file) => environmentsOf(file, policy)));
  const scopes = [...reached].map((name) => policy.gate.byEnvironment[name] ?? policy.gate.default);
  return [...scopes, ...(scopes.length === 0 ? [policy.gate.default] : [])].includes("everyone") ? "full" : "lenient";
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
