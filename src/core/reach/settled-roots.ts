import type { Link } from "../change/symlinks.ts";
import type { TerraformGraph } from "./terraform-graph.ts";
import { everyName } from "./walk.ts";

/**
 * Of the roots that are proved to stay the same, those that nothing else reaches: the proof does not look into modules of this repository
 * that are called under its address, and what a merge changes in one of them changes the root.
 */
export function settledRoots(
  unchanged: readonly string[],
  { callers }: TerraformGraph,
  links: readonly Link[],
): ReadonlySet<string> {
  const calls = [...callers].flatMap(([directory, all]) =>
    // A module that is called through a symlink calls what it calls.
    all.flatMap((call) => everyName(call.caller, [], links).map(({ path: caller }) => ({ call, caller, directory }))),
  );
  const byCaller = Map.groupBy(calls, ({ caller }) => caller);
  const isSettled = (root: string): boolean => {
    const below = new Set([root]);
    // A set is walked with what is added to it meanwhile.
    for (const module of below)
      for (const { call, directory } of byCaller.get(module) ?? []) {
        if (call.kind !== "local") return false;
        below.add(directory);
      }
    return true;
  };
  return new Set(unchanged.filter(isSettled));
}
