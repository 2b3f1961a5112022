import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile } from "../change/change-set.ts";
import type { Target } from "../reach/reach.ts";
import type { Context } from "../rule.ts";

type Environment = Context["policy"]["environments"][string];

/** A changed file and the ways on which it reaches one environment; none where only an edge that is not resolved may lead there. */
export interface Arrival {
  readonly file: ChangedFile;
  readonly targets: readonly Target[];
}

export interface Reached {
  readonly environment: Environment;
  readonly arrivals: readonly Arrival[];
}

/** The environments that a change reaches, with the files that do, sorted by name. */
export function environmentsReached(files: readonly ChangedFile[], context: Context): readonly Reached[] {
  return Object.values(context.policy.environments)
    .map((environment) => ({
      environment,
      arrivals: files.flatMap((file): readonly Arrival[] => {
        const targets = context.reach(file.path).targets.filter((target) => target.environment === environment.name);
        return targets.length === 0 ? [] : [{ file, targets }];
      }),
    }))
    .filter(({ arrivals }) => arrivals.length > 0)
    .sort((a, b) => byCodeUnits(a.environment.name, b.environment.name));
}

/** Files with an edge that is not resolved: they may reach any production. */
export function unresolvedFiles(files: readonly ChangedFile[], context: Context): readonly ChangedFile[] {
  return files.filter(({ path }) => context.reach(path).unresolved);
}

/** The last step of a chain, in words: where the change arrives, as `path:line`. */
export function arrivalOf({ targets }: Arrival): string | null {
  const last = targets[0]?.chain.at(-1);
  if (last === undefined || (targets[0]?.chain.length ?? 0) < 2) return null;
  return last.line === null ? last.path : `${last.path}:${last.line}`;
}
