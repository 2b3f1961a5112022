import {
  type AttributeSight,
  isIgnored,
  placeOfAttribute,
  readBoth,
  type ShownValues,
  standing,
} from "./attributes.ts";
import { takenOut } from "./data/guards.ts";
import type { Concern, GuardValue } from "./guard.ts";
import { type Guarded, guardsOf, judge, shownAs } from "./guarding.ts";
import type { Resource, ResourcesView } from "./model.ts";
import type { Reading } from "./reading.ts";
import { inCode } from "./telling.ts";
import { attributeOf, textOf } from "../views/terraform.ts";

/** Guarded attributes of one concern that let go of more than before. */
export function weakeningsIn(
  view: ResourcesView,
  concern: Concern,
  reach: Parameters<typeof standing>[1],
): readonly AttributeSight[] {
  return standing(view, reach).flatMap((fate) =>
    guardsOf(fate.after.type)
      .filter((guard) => guard.concern === concern)
      .flatMap((guard): readonly AttributeSight[] => {
        const { path } = guard;
        if (isIgnored(fate.after, path)) return [];
        const { was, is } = readBoth(fate, path);
        const judged = judge(guard, was, is);
        if (judged === "no worse" || isTakenOut(fate.after, guard, fate.root, view)) return [];
        const [before, after] = [shownAs(guard, was), shownAs(guard, is)];
        const name = inCode(path);
        const certain = judged === "worse";
        const say = (addresses: string): string =>
          certain
            ? `${name} of ${addresses}: ${before} → ${after}`
            : `whether ${name} of ${addresses} still guards as much: ${before} → ${after}`;
        return [
          {
            fate,
            at: placeOfAttribute(fate, path),
            path,
            say,
            certain,
            before,
            after,
            values: valuesOf(guard, was, is),
          },
        ];
      }),
  );
}

function valuesOf(guard: Guarded, was: readonly Reading[], is: readonly Reading[]): ShownValues | null {
  const [before, after] = [valueOf(guard, was), valueOf(guard, is)];
  return before === undefined || after === undefined ? null : { before, after };
}

/** Of a guard that is a switch, a number or a choice; what merely has to be there is named by authors. */
function valueOf(
  { trend, absent, without }: Guarded,
  [reading, ...more]: readonly Reading[],
): GuardValue | null | undefined {
  if (trend.kind !== "order" && trend.kind !== "number") return undefined;
  if (more.length > 0) return undefined;
  switch (reading?.kind) {
    case "value":
      return reading.value;
    case "absent":
      return absent;
    case "without":
      return without;
    case "present":
    case "unknown":
    case "generated":
    case undefined:
      return undefined;
  }
}

/** Whether a resource of its own says now what the block said: the provider has made one for it. */
function isTakenOut(resource: Resource, { path }: Guarded, root: string, view: ResourcesView): boolean {
  const table = Object.hasOwn(takenOut, resource.type) ? takenOut[resource.type] : undefined;
  const taken = table?.[path.split(".")[0] ?? ""];
  if (taken === undefined) return false;
  return view.resources.some(
    (one) => one.root === root && one.after?.type === taken.type && refersTo(one.after, taken.by, resource),
  );
}

/** Whether an attribute names a resource: by its address, or by the name that it states itself. */
export function refersTo(resource: Resource, attribute: string, to: Resource): boolean {
  const value = attributeOf(resource.block.body, attribute);
  if (value === undefined) return false;
  const text = textOf(value);
  const own = `${to.type}.${to.name}`;
  if (value.kind === "unknown") return [`${to.address}.`, `${own}.`, `${own}[`].some((one) => text.includes(one));
  return ["bucket", "name", "id"].some((name) => {
    const stated = attributeOf(to.block.body, name);
    return stated?.kind === "literal" && String(stated.value) === text;
  });
}
