import type { Place, Side } from "../change/change-set.ts";
import { attributeOf, directoryOf, textOf, type TerraformBlock } from "../views/terraform.ts";
import { blockOf, callsOf } from "./fates.ts";
import type { Resource, ResourcesView } from "./model.ts";

/** Names what a reader of the file sees, whatever root it stands in. */
export function nameOf({ type, name }: Resource): string {
  return `${type}.${name}`;
}

/** Addresses in code, the first few of them. */
export function listed(addresses: readonly string[]): string {
  const distinct = [...new Set(addresses)];
  const shown = distinct.slice(0, addressesShown).map(inCode);
  const more = distinct.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
const addressesShown = 4;

export function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

interface Told {
  readonly root: string;
  readonly explainedBy: readonly Place[];
}

/** The line that takes a resource away: of its block at base, of what repeats it, or of the call of its module. */
export function placeOfLoss(before: Resource, { root, explainedBy }: Told, view: ResourcesView): Place {
  const block = blockOf(before, view);
  if (block?.after === undefined) return { path: before.path, side: "base", line: before.written.line };
  return (
    repetitionPlace(block.before, block.after) ??
    callPlace(before.module, root, view, "base") ??
    elsewhere(explainedBy, block.after)
  );
}

/** The line that brings a resource to its address. */
export function placeOfArrival(after: Resource, { root, explainedBy }: Told, view: ResourcesView): Place {
  const block = blockOf(after, view);
  const header: Place = { path: after.path, side: "head", line: after.written.line };
  if (block?.after === undefined || block.before === undefined) return header;
  return (
    repetitionPlace(block.before, block.after) ??
    callPlace(after.module, root, view, "head") ??
    elsewhere(explainedBy, block.after)
  );
}

/** The outermost call on the way to a module that stands on this side alone. */
function callPlace(module: string, root: string, { blocks }: ResourcesView, side: Side): Place | null {
  for (const [depth, name] of callsOf(module).entries()) {
    const call = blocks.find(
      ({ directory, address }) => address === `module.${name}` && (depth > 0 || directory === root),
    );
    const [here, there] = side === "base" ? [call?.before, call?.after] : [call?.after, call?.before];
    if (here !== undefined && there === undefined) return { path: here.path, side, line: here.block.line };
  }
  return null;
}

/** `count` or `for_each` where it is not what it was; its block, where it is gone. */
function repetitionPlace(before: TerraformBlock | undefined, after: TerraformBlock): Place | null {
  const header: Place = { path: after.path, side: "head", line: after.block.line };
  for (const name of ["count", "for_each"]) {
    const is = after.block.body.attributes.find((one) => one.name === name);
    const was = before === undefined ? undefined : attributeOf(before.block.body, name);
    if (is !== undefined && (was === undefined || textOf(was) !== textOf(is.value)))
      return { ...header, line: is.line };
  }
  const went = ["count", "for_each"].some(
    (name) => before !== undefined && attributeOf(before.block.body, name) !== undefined,
  );
  const repeats = ["count", "for_each"].some((name) => attributeOf(after.block.body, name) !== undefined);
  return went && !repeats ? header : null;
}

function elsewhere(explainedBy: readonly Place[], { path, block }: TerraformBlock): Place {
  return explainedBy.find(({ side }) => side === "head") ?? explainedBy[0] ?? { path, side: "head", line: block.line };
}

export type Reach = (path: string) => { readonly targets: readonly unknown[]; readonly unresolved: boolean };

/**
 * Whether anything runs what a root configuration makes: what lies in samples and tests holds nothing. Where the change touches files
 * of the root they decide, since a module that it calls may be deployed by others.
 */
export function isDeployed(root: string, paths: readonly string[], reach: Reach): boolean {
  const own = paths.filter((path) => directoryOf(path) === root);
  return (own.length > 0 ? own : paths).some((path) => isReached(path, reach));
}

export function isReached(path: string, reach: Reach): boolean {
  const { targets, unresolved } = reach(path);
  return unresolved || targets.length > 0;
}

/** The files that a fate of a resource stands in, and what explains it. */
export function pathsOf(before: Resource, explainedBy: readonly Place[]): readonly string[] {
  return [before.path, ...explainedBy.map(({ path }) => path)];
}
