import { byCodeUnits } from "../../lib/order.ts";
import { type ConventionalEnvironment, conventionalEnvironments, conventionalTier } from "./default.ts";
import { fold } from "./patterns.ts";
import type { Statement } from "./schema/root.ts";
import type { Tier, TogetherLevel } from "./schema.ts";

type Environments = NonNullable<Statement["environments"]>;
type StatedEnvironment = Environments[string];

/** What follows when one merge reaches an environment and staging, where no file says. */
export const defaultTogether: TogetherLevel = "review";

/** A declared tier, else the one that the name stands for; a name that says nothing may be production. */
export function tierOf(name: string, { tier, aliases = [] }: StatedEnvironment): Tier {
  return tier ?? [name, ...aliases].map(conventionalTier).find((found) => found !== null) ?? "production";
}

const merged = (a: readonly string[] = [], b: readonly string[] = []): readonly string[] =>
  [...new Set([...a, ...b])].toSorted(byCodeUnits);

/**
 * The environments that a file declares, and the conventional ones beside them: a repository that declares staging has
 * not said that `prod/` is no production. A name that the file claims for an environment of its own is not recognised
 * twice; one that stands for the same tier takes over the conventional environment with its other names.
 */
export function withConventions(declared: Environments): Environments {
  const result = new Map(Object.entries(declared));
  for (const conventional of conventionalEnvironments) {
    const { name, tier, aliases } = conventional;
    const home = homeOf(conventional, declared);
    const claimed = new Set(
      Object.entries(declared)
        .filter(([other]) => other !== home)
        .flatMap(([other, { aliases: theirs = [] }]) => [other, ...theirs].map(fold)),
    );
    const free = [name, ...aliases].filter((one) => one !== home && !(claimed.has(one) && one !== name));
    const own = home === null ? {} : (declared[home] ?? {});
    result.set(home ?? name, {
      ...own,
      tier: own.tier ?? tier,
      aliases: merged(own.aliases, home === null ? free.filter((one) => one !== name) : free),
      branches: merged(own.branches, home === null ? [name, ...free] : [home, ...free]),
    });
  }
  return Object.fromEntries(result);
}

/** The declared environment that is this conventional one: by its name, or by claiming that name for the same tier. */
function homeOf({ name, tier }: ConventionalEnvironment, declared: Environments): string | null {
  const entries = Object.entries(declared);
  const named = entries.find(([other]) => fold(other) === name);
  const claiming = entries.find(
    ([other, stated]) => stated.aliases?.some((alias) => fold(alias) === name) && tierOf(other, stated) === tier,
  );
  return (named ?? claiming)?.[0] ?? null;
}
