import { type AttributeSight, isIgnored, placeOfAttribute, readBoth, standing } from "./attributes.ts";
import { takenOut } from "./data/guards.ts";
import type { Concern } from "./guard.ts";
import { type Guarded, guardsOf, judge, shownAs } from "./guarding.ts";
import type { Resource, ResourcesView } from "./model.ts";
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
        return [{ fate, at: placeOfAttribute(fate, path), path, say, certain, before, after }];
      }),
  );
}

/** Whether a resource of its own says now what the block said: the provider has made one for it. */
function isTakenOut(resource: Resource, { path }: Guarded, root: string, view: ResourcesView): boolean {
  const table = Object.hasOwn(takenOut, resource.type) ? takenOut[resource.type] : undefined;
  const type = table?.[path.split(".")[0] ?? ""];
  if (type === undefined) return false;
  return view.resources.some(
    (one) => one.root === root && one.after?.type === type && refersTo(one.after, "bucket", resource),
  );
}

/** Whether an attribute names a resource: by its address, or by the name that it states itself. */
export function refersTo(resource: Resource, attribute: string, to: Resource): boolean {
  const value = attributeOf(resource.block.body, attribute);
  if (value === undefined) return false;
  const text = textOf(value);
  if (value.kind === "unknown") return text.includes(`${to.address}.`) || text.includes(`${to.type}.${to.name}.`);
  return ["bucket", "name", "id"].some((name) => {
    const own = attributeOf(to.block.body, name);
    return own?.kind === "literal" && String(own.value) === text;
  });
}
