import type { Place } from "../change/change-set.ts";
import { attributeOf, type BlockChange, type TerraformBlock, textOf } from "../views/terraform.ts";
import { guardians, moduleGuards } from "./data/guards.ts";
import { azureFeatures } from "./data/guards-azure.ts";
import { fatesOf } from "./fates.ts";
import { isLocal } from "./gone-modules.ts";
import type { Concern, GuardTable } from "./guard.ts";
import { guardsIn, guardsOf, judge, shownAs } from "./guarding.ts";
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

/** Features of providers, and arguments of modules that were not read, which let go of more than before. */
export function weakenedBlocks(view: ResourcesView, concern: Concern, reach: Reach): readonly BlockSight[] {
  return view.blocks.flatMap((change) => {
    const { before, after, changed } = change;
    const table = changed ? tableOf(change) : null;
    if (before === undefined || after === undefined || table === null || !isReached(after.path, reach)) return [];
    return guardsIn(table)
      .filter((guard) => guard.concern === concern)
      .flatMap((guard): readonly BlockSight[] => {
        const [was, is] = [readIn(before, guard.path), readIn(after, guard.path)];
        const judged = sameReadings(was, is) ? "no worse" : judge(guard, was, is);
        if (judged === "no worse") return [];
        const gone = is.every(({ kind }) => kind === "absent" || kind === "without");
        const at: Place = gone
          ? { path: before.path, side: "base", line: was[0]?.line ?? before.block.line }
          : { path: after.path, side: "head", line: is[0]?.line ?? after.block.line };
        const what = `${inCode(guard.path)} of ${inCode(after.address)}`;
        const how = `${shownAs(guard, was)} → ${shownAs(guard, is)}`;
        const certain = judged === "worse";
        const text = certain ? `${what}: ${how}` : `whether ${what} still guards as much: ${how}`;
        return [{ at, about: `${after.path} ${after.address}#${guard.path}`, text, certain, paths: [after.path] }];
      });
  });
}

function tableOf({ after }: BlockChange): GuardTable | null {
  if (after === undefined) return null;
  if (after.block.type === "provider" && after.block.labels[0] === "azurerm") return azureFeatures;
  const source = after.block.type === "module" ? attributeOf(after.block.body, "source") : undefined;
  return source !== undefined && !isLocal(textOf(source)) ? moduleGuards : null;
}

function readIn({ block }: TerraformBlock, path: string): ReturnType<typeof readAt> {
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
    const goesToo = fates.some(
      (other) => other.kind === "destroyed" && other.root === root && refersTo(before, guardian.of, other.before),
    );
    if (goesToo || !guards(before, guardian.by)) continue;
    const about = `${before.path} ${nameOf(before)}`;
    found.set(about, {
      at: placeOfLoss(before, { root, explainedBy }, view),
      about,
      text: `${inCode(before.address)} is gone, and what it guards stays`,
      certain: true,
      paths: [before.path],
    });
  }
  return [...found.values()];
}

/** Whether it guarded anything: a versioning that is suspended keeps nothing. */
function guards(resource: Resource, by: string | null): boolean {
  const guard = guardsOf(resource.type).find(({ path }) => path === by);
  if (guard === undefined) return true;
  const { body, line } = resource.block;
  return judge(guard, readAt(body, guard.path, line), [{ kind: "without", line }]) !== "no worse";
}
