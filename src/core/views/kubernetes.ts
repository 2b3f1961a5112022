import type { ChangeSet, Gap, Place } from "../change/change-set.ts";

/** A value of a document with the place it stands at. `at` walks down; an absent part is undefined, so rules read like paths. */
export interface Value {
  readonly place: Place;
  /** Undefined for maps and lists. */
  readonly scalar: string | number | boolean | null | undefined;
  at(...path: readonly (string | number)[]): Value | undefined;
  items(): readonly Value[];
  entries(): readonly { readonly key: string; readonly value: Value }[];
}

export interface KubernetesObject {
  /** `group/kind/namespace/name`: identity across files, moves and splits. */
  readonly key: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly path: string;
  readonly root: Value;
}

/** An object before and after. Both sides for objects of unchanged files (context). */
export interface ObjectChange {
  readonly key: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
  /** False for objects of context files: not part of the change, only there to be summed or compared with. */
  readonly changed: boolean;
}

export interface KubernetesView {
  readonly objects: readonly ObjectChange[];
}

export function kubernetes(_: ChangeSet): { readonly view: KubernetesView; readonly gaps: readonly Gap[] } {
  return { view: { objects: [] }, gaps: [] };
}
