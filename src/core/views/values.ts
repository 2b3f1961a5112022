import type { ChangeSet, Gap } from "../change/change-set.ts";

/** Configuration keys of changed files, before and after. */
export interface ValuesView {
  readonly values: readonly never[];
}

export function values(_: ChangeSet): { readonly view: ValuesView; readonly gaps: readonly Gap[] } {
  return { view: { values: [] }, gaps: [] };
}
