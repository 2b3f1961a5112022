import { fold } from "../policy/patterns.ts";
import type { Environment, Policy } from "../policy/schema.ts";

/**
 * The environments of the policy that one of GitHub's may stand for: those that list its name and those that are called so, in whatever
 * case. More than one is possible, and what is asked for any of them is asked.
 */
export function environmentsNamed(
  name: string,
  { environments }: Pick<Policy, "environments">,
): readonly Environment[] {
  const wanted = fold(name);
  return Object.values(environments).filter((environment) => namesOf(environment).some((one) => fold(one) === wanted));
}

/** What GitHub may call it. */
export function namesOf({ name, aliases, deployments }: Environment): readonly string[] {
  return [...deployments, name, ...aliases];
}
