import type { Place } from "../change/change-set.ts";
import { sameBlock, type TerraformBlock } from "../views/terraform.ts";
import { guardians, moduleGuards } from "./data/guards.ts";
import { azureFeatures } from "./data/guards-azure.ts";
import { fatesOf } from "./fates.ts";
import type { Concern, GuardTable } from "./guard.ts";
import { type Guarded, guardsIn, guardsOf, judge, shownAs } from "./guarding.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { readAt, sameReadings } from "./reading.ts";
import { inCode, isDeployed, isReached, nameOf, pathsOf, placeOfLoss, type Reach } from "./telling.ts";
import { refersTo } from "./weakenings.ts";

/** What is seen of a guard that stands in no attribute of a resource. */
export interface BlockSight {
  readonly at: Place;
  readonly about: string;
  readonly text: string;
  readonly certain: boolean;
  readonly paths: readonly string[];
}

/** Features of providers, and arguments of modules that are elsewhere, which let go of more than before. */
export function weakenedBlocks(view: ResourcesView, concern: Concern, reach: Reach): readonly BlockSight[] {
  const found = new Map<string, BlockSight>();
  for (const guarded of [...guardedProviders(view, reach), ...guardedCalls(view, reach)])
    for (const guard of guardsIn(guarded.table)) {
      const sight = guard.concern === concern ? sightOf(guarded, guard) : null;
      // A call stands once in the file, however many roots, files of values and instances evaluate it.
      if (sight !== null && found.get(sight.about)?.certain !== true) found.set(sight.about, sight);
    }
  return [...found.values()];
}

/** A block that guards by what stands in it, on both sides. */
interface GuardedBlock {
  readonly address: string;
  readonly table: GuardTable;
  readonly before: Standing;
  readonly after: Standing;
  /** Where what it says comes from, if not from itself. */
  readonly from: Place | undefined;
  readonly paths: readonly string[];
}
type Standing = Pick<TerraformBlock, "path" | "block">;

function guardedProviders({ blocks }: ResourcesView, reach: Reach): readonly GuardedBlock[] {
  return blocks.flatMap(({ before, after, changed }): readonly GuardedBlock[] => {
    if (!changed || before === undefined || after === undefined || !isReached(after.path, reach)) return [];
    const { type, labels } = after.block;
    if (type !== "provider" || labels[0] !== "azurerm") return [];
    return [{ address: after.address, table: azureFeatures, before, after, from: undefined, paths: [after.path] }];
  });
}

function guardedCalls({ modules }: ResourcesView, reach: Reach): readonly GuardedBlock[] {
  return modules.flatMap(({ root, before, after, explainedBy }): readonly GuardedBlock[] => {
    if (before === undefined || after === undefined) return [];
    const paths = [after.path, ...explainedBy.map(({ path }) => path)];
    if (!isDeployed(root, paths, reach)) return [];
    const isItself = !sameBlock(before.written, after.written);
    const from = isItself ? undefined : (explainedBy.find(({ side }) => side === "head") ?? explainedBy[0]);
    return [{ address: `module.${after.name}`, table: moduleGuards, before, after, from, paths: [...new Set(paths)] }];
  });
}

function sightOf({ address, before, after, from, paths }: GuardedBlock, guard: Guarded): BlockSight | null {
  const [was, is] = [readIn(before, guard.path), readIn(after, guard.path)];
  const judged = sameReadings(was, is) ? "no worse" : judge(guard, was, is);
  if (judged === "no worse") return null;
  const gone = is.every(({ kind }) => kind === "absent" || kind === "without");
  const own: Place = gone
    ? { path: before.path, side: "base", line: was[0]?.line ?? before.block.line }
    : { path: after.path, side: "head", line: is[0]?.line ?? after.block.line };
  const what = `${inCode(guard.path)} of ${inCode(address)}`;
  const how = `${shownAs(guard, was)} → ${shownAs(guard, is)}`;
  const certain = judged === "worse";
  const text = certain ? `${what}: ${how}` : `whether ${what} still guards as much: ${how}`;
  return { at: from ?? own, about: `${after.path} ${address}#${guard.path}`, text, certain, paths };
}

function readIn({ block }: Standing, path: string): ReturnType<typeof readAt> {
  return readAt(block.body, path, block.line);
}

/** Resources that guard another one and are gone, while that one stays. */
export function goneGuardians(view: ResourcesView, concern: Concern, reach: Reach): readonly BlockSight[] {
  const fates = fatesOf(view);
  const found = new Map<string, BlockSight>();
  for (const { kind, before, root, explainedBy } of fates) {
    const guardian = Object.hasOwn(guardians, before.type) ? guardians[before.type] : undefined;
    if ((kind !== "destroyed" && kind !== "forgotten") || guardian?.concern !== concern) continue;
    if (!isDeployed(root, pathsOf(before, explainedBy), reach)) continue;
    const { of } = guardian;
    const goesToo = fates.some(
      (other) => of !== null && other.kind === "destroyed" && other.root === root && refersTo(before, of, other.before),
    );
    if (goesToo || !guards(before, guardian.by)) continue;
    const about = `${before.path} ${nameOf(before)}`;
    const address = inCode(before.address);
    const another = of === null ? comesInstead(before, root, view) : undefined;
    found.set(about, {
      at: placeOfLoss(before, { root, explainedBy }, view),
      about,
      text:
        another === undefined
          ? `${address} is gone, and what it ${concern === "audit" ? "watches" : "guards"} stays`
          : `whether ${inCode(another.address)} does all that ${address} did, which is gone`,
      certain: another === undefined,
      paths: [before.path],
    });
  }
  return [...found.values()];
}

/** Of what watches everything: another one that comes with the same change. */
function comesInstead({ type }: Resource, root: string, { resources }: ResourcesView): Resource | undefined {
  return resources.find((one) => one.root === root && one.before === undefined && one.after?.type === type)?.after;
}

/** Whether it guarded anything: a versioning that is suspended keeps nothing. */
function guards(resource: Resource, by: string | null): boolean {
  const guard = guardsOf(resource.type).find(({ path }) => path === by);
  if (guard === undefined) return true;
  const { body, line } = resource.block;
  return judge(guard, readAt(body, guard.path, line), [{ kind: "without", line }]) !== "no worse";
}
