import { environmentsNamed } from "../deployment-gate/environments.ts";
import type { Policy } from "../policy/schema.ts";

/** An environment on GitHub, as far as this App is shown it. */
export interface EnvironmentShown {
  readonly name: string;
  /** Whether the rule of this App is enabled there; null: that could not be read. */
  readonly asked: boolean | null;
  /** Whether administrators may start jobs past the rules; null: GitHub does not say. */
  readonly adminsMayBypass: boolean | null;
}

/** One production, and why jobs may deploy there that this App has not let go on; `because` is a clause. */
export interface Ungated {
  readonly name: string;
  readonly gate: "does not hold" | "unknown";
  readonly because: string;
}

/**
 * Every production that no gate stands before: environments on GitHub that the policy counts as production, and names of production in
 * the policy that GitHub has no environment for. Null for `shown`: GitHub does not list environments. `isStated`: a policy file is in force;
 * without one nobody has said that there is a production at all.
 */
export function ungatedProductions(
  shown: readonly EnvironmentShown[] | null,
  policy: Pick<Policy, "environments">,
  isStated: boolean,
): readonly Ungated[] {
  const isProduction = (name: string): boolean =>
    environmentsNamed(name, policy).some(({ tier }) => tier === "production");
  const stated = Object.values(policy.environments)
    .filter(({ tier }) => tier === "production")
    .flatMap(({ deployments }) => deployments);
  if (shown === null) {
    const names = stated.length === 0 ? ["production"] : [...new Set(stated)];
    return names.map((name) => ({ name, gate: "unknown", because: "GitHub does not list the environments" }));
  }
  const nameless = Object.values(policy.environments).filter(
    ({ tier, deployments, name }) =>
      isStated &&
      tier === "production" &&
      deployments.length === 0 &&
      !shown.some((one) => environmentsNamed(one.name, policy).some((other) => other.name === name)),
  );
  const absent = stated.filter((name) => !shown.some((one) => one.name.toLowerCase() === name.toLowerCase()));
  return [
    ...shown.filter(({ name }) => isProduction(name)).flatMap((one) => whyUngated(one)),
    ...[...new Set(absent)].map((name): Ungated => {
      return { name, gate: "does not hold", because: "GitHub has no environment of that name, so no job waits for it" };
    }),
    ...nameless.map(({ name }): Ungated => {
      const because = "the policy names no deployments of it, and GitHub has no environment of its name";
      return { name, gate: "does not hold", because };
    }),
  ];
}

function whyUngated({ name, asked, adminsMayBypass }: EnvironmentShown): readonly Ungated[] {
  if (asked === null) return [{ name, gate: "unknown", because: "its rules could not be read" }];
  if (!asked) return [{ name, gate: "does not hold", because: "the rule of this app is not enabled there" }];
  if (adminsMayBypass === null)
    return [
      { name, gate: "unknown", because: "whether administrators may start jobs past its rules could not be read" },
    ];
  if (adminsMayBypass)
    return [{ name, gate: "does not hold", because: "administrators may start jobs past its rules" }];
  return [];
}
