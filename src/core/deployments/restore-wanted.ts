import type { Policy } from "../policy/schema.ts";

/** More paths than that return by hand, if at all. */
const pathsLimit = 100;

/** What is to be read of deployments to tell a restore; null: the policy has none, or the change is too large to be one. */
export function wantedForRestore(
  paths: readonly string[],
  { restore, environments }: Pick<Policy, "restore" | "environments">,
): {
  readonly environments: readonly { readonly name: string; readonly withinMs: number }[];
  readonly paths: readonly string[];
} | null {
  if (restore === null || paths.length === 0 || paths.length > pathsLimit) return null;
  const proving = Object.values(environments).filter(
    ({ tier, deployedBy }) => tier === "production" && deployedBy.length > 0,
  );
  if (proving.length === 0) return null;
  return { environments: proving.map(({ name }) => ({ name, withinMs: restore.withinMs })), paths };
}
