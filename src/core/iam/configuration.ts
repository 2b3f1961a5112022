import { byCodeUnits } from "../../lib/order.ts";
import type { Side } from "../change/change-set.ts";
import { fatesOf } from "../terraform/fates.ts";
import type { Resource, ResourceChange, ResourcesView } from "../terraform/model.ts";
import { configurationOf } from "./aws/terraform-references.ts";

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

/** One side of a root, as what reads permissions of AWS takes it. */
export const sideOf: (
  changes: readonly ResourceChange[],
  side: Side,
  successors: ReadonlyMap<Resource, string>,
) => SideOfRoot = configurationOf;

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
