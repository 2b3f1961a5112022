import type { ChangeSet, Gap } from "../change/change-set.ts";
import type { Tools } from "../syntax.ts";
import type { KubernetesObject } from "./object.ts";

/** An object that stands in no file as it is deployed: several files put it together. */
export interface ComposedObject {
  readonly object: KubernetesObject;
  /** The files that it is made of. It counts as changed where one of them is. */
  readonly from: readonly string[];
}

/** One side of what was put together. */
export interface ComposedSide {
  readonly objects: readonly ComposedObject[];
  /** Files whose own objects went into `objects`: they are not shown beside them once more. */
  readonly claimed: ReadonlySet<string>;
}

export interface Composed {
  readonly before: ComposedSide;
  readonly after: ComposedSide;
  /** What could not be put together, where nothing else says so. */
  readonly gaps: readonly Gap[];
  /** A clause: why the template at a path is still one, where somebody tried to make objects of it. Absent: nobody does that here. */
  readonly because?: (path: string) => string | null;
}

/** Puts objects together out of the files of a change. To add a way to do so is one function of this type in the list of `composers`. */
export type Compose = (change: ChangeSet, tools: Pick<Tools, "memo">) => Composed;
