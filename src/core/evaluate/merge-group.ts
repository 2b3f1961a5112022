import type { Evaluation } from "./evaluation.ts";

/**
 * Whether a merge group may land: every member must be allowed, each by the mode of its own policy. `wait` and `hold` do not pass
 * either: a queue stands still while it waits. A group without members is one that could not be read.
 */
export function groupPasses(members: readonly Pick<Evaluation, "verdict" | "policy">[]): boolean {
  return members.length > 0 && members.every(mayLand);
}

export function mayLand({ verdict, policy }: Pick<Evaluation, "verdict" | "policy">): boolean {
  return verdict === "allow" || policy.mode === "observe";
}
