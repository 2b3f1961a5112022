import { conventionalTier } from "../policy/default.ts";
import type { Tier } from "../policy/schema.ts";
import type { Context } from "../rule.ts";
import { isForDevelopment } from "./scope.ts";

/** The one tier that a file is for, by where it reaches, else by its names; null: several, or none that is known. */
export function tierOf(path: string, { reach, policy }: Pick<Context, "reach" | "policy">): Tier | null {
  const reached = new Set(
    reach(path).targets.map(
      ({ environment }) => policy.environments[environment]?.tier ?? conventionalTier(environment),
    ),
  );
  const named = new Set(path.split(/[/._-]/u).map(conventionalTier));
  named.delete(null);
  const [only] = reached.size > 0 ? reached : named;
  return (reached.size > 0 ? reached : named).size === 1 ? (only ?? null) : null;
}

/** Whether nobody but those who build it uses what the file sets: logs may say everything there. */
export function isRehearsal(path: string, context: Pick<Context, "reach" | "policy">): boolean {
  return tierOf(path, context) === "staging" || isDevelopment(path, context);
}

/** Whether only developers run what the file sets. */
export function isDevelopment(path: string, context: Pick<Context, "reach" | "policy">): boolean {
  const tier = tierOf(path, context);
  return tier === "development" || (tier === null && isForDevelopment(path));
}

/** The tiers that the words of a destination name. `test` is left out: it names things more often than places. */
export function tiersIn(text: string): ReadonlySet<Tier> {
  const tiers = text.split(/[^A-Za-z0-9]+/u).map((word) => (word === "test" ? null : conventionalTier(word)));
  return new Set(tiers.filter((tier) => tier !== null));
}

export type { Tier };
