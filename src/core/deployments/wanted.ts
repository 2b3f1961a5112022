import { byCodeUnits } from "../../lib/order.ts";
import type { Policy } from "../policy/schema.ts";
import { type BoundPath, boundPaths } from "../bake/twins.ts";
import { wantedForRestore } from "./restore-wanted.ts";

/** What is to be read of deployments for a change. */
export interface Wanted {
  /** Environments of the policy, and for how long back everything of them is to be known. */
  readonly environments: readonly { readonly name: string; readonly withinMs: number }[];
  /** What to look up in every commit that was deployed: of each list the paths that there are. */
  readonly paths: readonly (readonly string[])[];
  /** Those among them whose contents are compared, and not their ids alone. */
  readonly contentsOf: readonly string[];
  /** Branches from which an environment is served: what stands there is on its way, before it is deployed. */
  readonly tips: readonly { readonly environment: string; readonly branch: string }[];
}

/** What the policy asks to know about a change of these paths onto a branch; null where it asks for nothing. */
export function deploymentsWanted(paths: readonly string[], policy: Policy, baseRef: string): Wanted | null {
  const bound = boundPaths(paths, policy, baseRef);
  const withinMs = new Map<string, number>();
  for (const { bake } of bound) withinMs.set(bake.in, Math.max(withinMs.get(bake.in) ?? 0, bake.expiresMs));
  const restore = wantedForRestore(paths, policy);
  for (const one of restore?.environments ?? [])
    withinMs.set(one.name, Math.max(withinMs.get(one.name) ?? 0, one.withinMs));
  if (withinMs.size === 0) return null;
  return {
    environments: [...withinMs].map(([name, ms]) => ({ name, withinMs: ms })),
    // A restore may bring back what is not there now: each of its paths is looked up by itself.
    paths: [...bound.map(({ twins }) => twins), ...(restore?.paths ?? []).map((path) => [path])],
    contentsOf: [...new Set(bound.flatMap(({ twins }) => twins))],
    tips: branchesOf(bound, policy),
  };
}

/** A pattern names no branch that could be read. */
const plainBranch = /^[^*?[\]{}!]+$/u;

/** Where the twin of a path is the path itself, it lies on a branch of the environment in which it is to run before. */
function branchesOf(bound: readonly BoundPath[], { environments }: Pick<Policy, "environments">): Wanted["tips"] {
  const names = new Set(bound.flatMap(({ path, twins, bake }) => (twins.includes(path) ? [bake.in] : [])));
  return [...names]
    .toSorted(byCodeUnits)
    .flatMap((environment) =>
      (environments[environment]?.branches ?? [])
        .filter((branch) => plainBranch.test(branch))
        .map((branch) => ({ environment, branch })),
    );
}
