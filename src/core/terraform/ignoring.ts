import type { Place } from "../change/change-set.ts";
import { type AttributeSight, ignoredBy, placeOfAttribute, standing } from "./attributes.ts";
import { guardsOf } from "./guarding.ts";
import type { ResourcesView } from "./model.ts";
import { type StatedTiers, tierOf } from "./stateful.ts";
import { inCode } from "./telling.ts";

const path = "lifecycle.ignore_changes";

/** `ignore_changes` that take in guarded attributes which they did not before: whoever changes those elsewhere is not seen. */
export function newlyIgnored(
  view: ResourcesView,
  stated: StatedTiers,
  reach: Parameters<typeof standing>[1],
): readonly AttributeSight[] {
  return standing(view, reach).flatMap((fate): readonly AttributeSight[] => {
    const [was, is] = [ignoredBy(fate.before), ignoredBy(fate.after)];
    const tier = tierOf(fate.after.type, stated);
    if (was === "all" || JSON.stringify(was) === JSON.stringify(is)) return [];
    const before = typeof was === "string" ? was : was.map(inCode).join(", ");
    const at: Place = placeOfAttribute(fate, path);
    if (is === "undecided") {
      const say = (addresses: string): string => `what \`ignore_changes\` of ${addresses} leaves alone`;
      return tier === null ? [] : [{ fate, at, path, say, certain: false, before, after: "undecided", values: null }];
    }
    const fresh = is === "all" ? "all" : is.filter((name) => was === "undecided" || !was.includes(name));
    const hidden = guardsOf(fate.after.type)
      .map((guard) => guard.path)
      .filter((guard) => !guard.startsWith("lifecycle."))
      .filter((guard) => fresh === "all" || fresh.some((name) => guard === name || guard.startsWith(`${name}.`)));
    const named =
      fresh === "all"
        ? ["all"]
        : fresh.filter((name) => hidden.some((guard) => guard === name || guard.startsWith(`${name}.`)));
    if (named.length === 0 || (fresh === "all" && tier === null)) return [];
    const say = (addresses: string): string =>
      `\`ignore_changes\` of ${addresses} takes in ${named.map(inCode).join(", ")}: Terraform no longer sees who turns that off`;
    return [{ fate, at, path, say, certain: true, before, after: named.join(", "), values: null }];
  });
}
