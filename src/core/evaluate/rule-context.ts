import { limitsIn } from "../policy/limits.ts";
import type { Policy } from "../policy/schema.ts";
import { type Made, reachLookup } from "../reach/compute.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { Context } from "../rule.ts";
import { environmentsOf } from "./scope.ts";

/** What rules may know of policy and reach: limits are those of every environment that a path reaches, joined. */
export function ruleContext(
  policy: Policy,
  map: ReachMap,
  baseRef: string,
  known: Pick<Context, "plan" | "kinds" | "formerly" | "scanned" | "advised" | "secrets">,
  made: Made,
): Context {
  const reach = reachLookup(map, policy, baseRef, made);
  const limitsAt = (path: string): Policy["limits"] => {
    const reached = environmentsOf(reach(path), policy).flatMap((name) => policy.environments[name]?.limits ?? []);
    return limitsIn(policy.limits, reached);
  };
  return { policy, reach, limitsAt, ...known };
}
