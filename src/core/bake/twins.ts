import { byCodeUnits } from "../../lib/order.ts";
import type { Bake, Environment, Policy } from "../policy/schema.ts";
import { namesOf, type Names } from "../reach/names.ts";

/** A changed path that must have run elsewhere before it may come to an environment, and what stands for it there. */
export interface BoundPath {
  readonly path: string;
  /** Where it is to go. */
  readonly environment: string;
  readonly bake: Bake;
  /** Paths that would be the same thing in `bake.in`, sorted; which of them there are, a tree says. */
  readonly twins: readonly string[];
}

/**
 * Paths that bind at merge: those that name an environment which asks for a bake, or are merged into its branch. What reaches it in
 * another way, through a module say, lands in both at once and bakes when it is deployed.
 */
export function boundPaths(paths: readonly string[], policy: Policy, baseRef: string): readonly BoundPath[] {
  const baking = Object.values(policy.environments).filter(({ bakes }) => bakes.length > 0);
  if (baking.length === 0) return [];
  const names = namesOf(policy);
  return baking.flatMap((environment) =>
    environment.bakes
      .filter(({ at }) => at === "merge")
      .flatMap((bake) =>
        paths.flatMap((path) => {
          const twins = twinsOf(path, environment, policy.environments[bake.in], names, baseRef);
          return twins === null ? [] : [{ path, environment: environment.name, bake, twins }];
        }),
      ),
  );
}

/** Null: the path does not bind. None: it does, and nothing can stand for it. */
function twinsOf(
  path: string,
  environment: Environment,
  other: Environment | undefined,
  names: Names,
  baseRef: string,
): readonly string[] | null {
  const named = environmentsNamed(path, names);
  if (named.includes(environment.name)) {
    if (other === undefined || named.includes(other.name)) return [];
    return renamed(path, environment, other).filter((twin) => {
      const there = environmentsNamed(twin, names);
      return there.includes(other.name) && !there.includes(environment.name);
    });
  }
  return named.length === 0 && names.ofBranch(baseRef).includes(environment.name) ? [path] : null;
}

function environmentsNamed(path: string, names: Names): readonly string[] {
  return [...names.stated(path).flatMap(({ environment }) => environment ?? []), ...names.conventional(path)];
}

/** More places than that and nobody can tell which one names the environment. */
const placesLimit = 3;

/** The path with the one name in the place of the other: at each place where that stands, and at several together. */
function renamed(path: string, from: Environment, to: Environment): readonly string[] {
  const words = [from.name, ...from.aliases].toSorted((a, b) => b.length - a.length || byCodeUnits(a, b));
  const form = new RegExp(`(?<=^|[/._-])(?:${words.map(escaped).join("|")})(?=$|[/._-])`, "giu");
  const places = [...path.matchAll(form)].map((match) => ({ at: match.index, length: match[0].length }));
  if (places.length > placesLimit) return [];
  const choices = Array.from({ length: 2 ** places.length - 1 }, (_, index) =>
    places.filter((__, place) => ((index + 1) & (1 << place)) !== 0),
  );
  const twins = [to.name, ...to.aliases].flatMap((word) =>
    choices.map((chosen) =>
      chosen.reduceRight((text, { at, length }) => text.slice(0, at) + word + text.slice(at + length), path),
    ),
  );
  return [...new Set(twins)].toSorted(byCodeUnits);
}

function escaped(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
