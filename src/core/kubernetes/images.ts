import { aboutAll } from "../../lib/about.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Context, Sighting } from "../rule.ts";
import { describeObject, type ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { type ContainerChange, containerChanges } from "./resources.ts";

import { type Image, readImage } from "./image-names.ts";

export interface ImageChange {
  readonly change: ContainerChange;
  readonly at: Value;
  readonly is: Image;
  /** What stood before; null where it is not known, undefined for a container that is new. */
  readonly was: Image | null | undefined;
  readonly about: string;
}

export type ImageObservation = ImageChange | { readonly at: Value; readonly about: string; readonly hidden: string };

function textOf(value: Value | undefined): string | null {
  return typeof value?.scalar === "string" ? value.scalar : null;
}

/** Images of containers that are new or name another one; `hidden` where what stands there now is no name that can be read. */
export function imageChanges(objects: readonly ObjectChange[], reach: Context["reach"]): readonly ImageObservation[] {
  return containerChanges(objects, reach).flatMap((change): readonly ImageObservation[] => {
    const { object, before, after } = change;
    const at = after.root.at("image");
    if (at === undefined || at.scalar === null) return [];
    const [text, stood] = [textOf(at), textOf(before?.root.at("image"))];
    if (text !== null && text === stood) return [];
    const about = `${object.path} ${describeObject(object)}#${after.name}.image`;
    const is = text === null ? null : readImage(text);
    const was = before === undefined ? undefined : stood === null ? null : readImage(stood);
    if (is !== null) return [{ change, at, is, was, about }];
    // Nothing can be said to be worse than what was hidden as well.
    return was === null ? [] : [{ at, about, hidden: `which image \`${after.name}\` runs` }];
  });
}

/** What is said of the image of one container, and how it is said of several. */
export interface ImageSighting extends Sighting {
  readonly container: string;
  readonly about: string;
  /** What is the same for every container that is told with this one. */
  readonly alike: string;
  readonly ofSeveral: (who: string) => string;
}

/** One finding for all containers of which the same is to be said: a registry that moves, a base image without a tag. */
export function toldTogether(sightings: readonly ImageSighting[]): readonly Sighting[] {
  const sorted = sightings.toSorted((a, b) => byCodeUnits(a.at.path, b.at.path) || a.at.line - b.at.line);
  return [...Map.groupBy(sorted, ({ alike, asks }) => JSON.stringify([alike, asks])).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { container, alike: _, ofSeveral, ...sighting } = first;
    if (group.length === 1) return [sighting];
    const fix = group.every((one) => one.fix !== undefined) ? group.flatMap((one) => one.fix ?? []) : undefined;
    const { fix: __, ...rest } = sighting;
    return [
      {
        ...rest,
        about: aboutAll(group.map(({ about }) => about)),
        message: ofSeveral(`${group.length} containers (first \`${container}\`)`),
        paths: [...new Set(group.map(({ at }) => at.path))].toSorted(byCodeUnits),
        workings: {
          title: "Containers",
          columns: ["Container", "Object", "Where"],
          rows: group.map((one) => [one.container, one.object ?? "", `${one.at.path}:${one.at.line}`]),
        },
        ...(fix === undefined ? {} : { fix }),
      },
    ];
  });
}
