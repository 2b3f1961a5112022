import { byCodeUnits } from "../../lib/order.ts";
import type { Side } from "../change/change-set.ts";
import { fatesOf } from "../terraform/fates.ts";
import type { Resource, ResourceChange, ResourcesView } from "../terraform/model.ts";

/** The resources of one root on one side, by what expressions call them. */
export interface SideOfRoot {
  readonly side: Side;
  readonly byAddress: ReadonlyMap<string, Resource>;
  /** An expression with the addresses in it as they are at head. */
  readonly renamed: (text: string) => string;
}

/** Addresses at head of what is called something else there, by the resource of the base. */
export function successorsIn(view: ResourcesView): ReadonlyMap<Resource, string> {
  return new Map(
    fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.before, fate.after.address] as const] : [])),
  );
}

/** Each root configuration with each set of variables that it is given. */
export function rootsIn({ resources }: ResourcesView): readonly (readonly ResourceChange[])[] {
  return [...Map.groupBy(resources, ({ root, variables }) => JSON.stringify([root, variables])).values()];
}

export function sideOf(
  changes: readonly ResourceChange[],
  side: Side,
  successors: ReadonlyMap<Resource, string>,
): SideOfRoot {
  const byAddress = new Map<string, Resource>();
  const names: [string, string][] = [];
  for (const { before, after } of changes) {
    const resource = side === "base" ? before : after;
    if (resource === undefined) continue;
    byAddress.set(resource.address, resource);
    const later = side === "base" ? (after?.address ?? successors.get(resource)) : undefined;
    if (later !== undefined && later !== resource.address) names.push([resource.address, later]);
  }
  const renamed = (text: string): string =>
    names.reduce((told, [old, later]) => (told.includes(old) ? replacedName(told, old, later) : told), text);
  return { side, byAddress, renamed };
}

/** Only as a whole name: `aws_s3_bucket.a` is not the beginning of `aws_s3_bucket.ab`. */
function replacedName(text: string, old: string, later: string): string {
  const parts = text.split(old);
  return parts.reduce((told, part, index) => {
    if (index === 0) return part;
    const whole = !/[\w.-]$/u.test(parts[index - 1] ?? "") && !/^[\w-]/u.test(part);
    return `${told}${whole ? later : old}${part}`;
  }, "");
}

/** The files that a resource and what explains its change stand in. */
export function pathsBehind(changes: readonly ResourceChange[]): ReadonlyMap<Resource, readonly string[]> {
  return new Map(
    changes.flatMap(({ before, after, explainedBy }) =>
      [before, after].flatMap((one) => {
        if (one === undefined) return [];
        const paths = [...new Set([one.path, ...explainedBy.map(({ path }) => path)])];
        return [[one, paths.toSorted(byCodeUnits)] as const];
      }),
    ),
  );
}
