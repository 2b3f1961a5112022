import type { Observation } from "../rule.ts";
import { type AttributeSight, shared } from "./attributes.ts";
import type { Concern } from "./guard.ts";
import { type BlockSight, goneGuardians, weakenedBlocks } from "./guarded-blocks.ts";
import type { ResourcesView } from "./model.ts";
import type { Reach } from "./telling.ts";
import { weakeningsIn } from "./weakenings.ts";

/** Everything that guards less of one concern than before: attributes, blocks, and resources that are gone. */
export function weakened(
  view: ResourcesView,
  concern: Concern,
  reach: Reach,
  more: readonly AttributeSight[] = [],
): readonly Observation[] {
  const attributes = shared([...weakeningsIn(view, concern, reach), ...more]).map((sight): Observation => {
    const { at, about, text, certain, object, pointer, values, paths } = sight;
    return certain ? { at, about, message: text, object, pointer, ...values, paths } : { at, about, undecided: text };
  });
  const blocks = [...weakenedBlocks(view, concern, reach), ...goneGuardians(view, concern, reach)];
  return [...attributes, ...blocks.map((sight) => blockObservation(sight))];
}

/** What is seen of a block, told as it is or as not decided. */
export function blockObservation({ at, about, text, certain, paths }: BlockSight, asks = false): Observation {
  if (!certain) return { at, about, undecided: text };
  return { at, about, message: text, paths, ...(asks ? { asks: true } : {}) };
}
