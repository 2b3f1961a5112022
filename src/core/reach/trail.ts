import type { Gap, Side } from "../change/change-set.ts";
import { directoryOf } from "../views/terraform.ts";
import type { Step, Target } from "./reach.ts";

/** What a walk has found so far. */
export interface Trail {
  readonly targets: Map<string, Target>;
  readonly gaps: Map<string, Gap>;
  /** A chain has an end that names no environment. */
  nameless: boolean;
  /** An edge could not be followed. */
  open: boolean;
  /** The policy says where the changed file is deployed: an edge that may lead elsewhere is then no question. */
  readonly stated: boolean;
}

export function put(
  trail: Trail,
  id: string,
  path: string,
  line: number | null,
  words: Pick<Gap, "reason" | "remedy">,
): void {
  const side: Side = "head";
  trail.gaps.set(id, { id, level: "hold", path, side, line, ...words });
}
/** One target for each environment, service and place of arrival; the first chain found stays. */
export function add(trail: Trail, environment: string, service: string | null, chain: readonly Step[]): void {
  const target = { environment, service, chain };
  const key = keyOf(target);
  if (!trail.targets.has(key)) trail.targets.set(key, target);
}

export function keyOf({ environment, service, chain }: Target): string {
  const last = chain.at(-1);
  return [environment, service ?? "", last === undefined ? "" : directoryOf(last.path)].join("\n");
}
