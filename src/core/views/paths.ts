import type { ChangedFile, ChangeSet, Gap } from "../change/change-set.ts";
import { changed } from "../change/change-set.ts";
import { type Link, linksOf } from "../change/symlinks.ts";

/** Every path that differs, whatever it is: symlinks, submodules, binaries and files that no other view reads. */
export interface PathsView {
  readonly files: readonly ChangedFile[];
  /** Symlinks of the head, those that stay as they were included. */
  readonly links: readonly Link[];
}

export function paths(change: ChangeSet): { readonly view: PathsView; readonly gaps: readonly Gap[] } {
  return { view: { files: changed(change), links: linksOf(change, "head") }, gaps: [] };
}
