import { byCodeUnits } from "../../lib/order.ts";
import type { ChangeSet, ChangedFile, Content, FileVersion, Mode, Status } from "./change-set.ts";

/** An entry of a recursive tree listing: a blob, or a submodule's commit. */
export interface TreeEntry {
  readonly mode: Mode;
  readonly sha: string;
}
/** A recursive tree listing by path. */
export type Tree = ReadonlyMap<string, TreeEntry>;

export interface Difference {
  readonly path: string;
  readonly status: Exclude<Status, "unchanged">;
}

/** Paths whose mode or blob differ, sorted. A rename is a removal and an addition. */
export function differences(base: Tree, head: Tree): readonly Difference[] {
  const found: Difference[] = [];
  for (const [path, before] of base) {
    const after = head.get(path);
    if (after === undefined) found.push({ path, status: "removed" });
    else if (after.sha !== before.sha || after.mode !== before.mode) found.push({ path, status: "modified" });
  }
  for (const path of head.keys()) if (!base.has(path)) found.push({ path, status: "added" });
  return found.sort((a, b) => byCodeUnits(a.path, b.path));
}

/**
 * The change from `base` to `head`, with the unchanged paths of `context` beside it. `contentOf` gives what stands in a blob
 * and answers `unread` for what could not be fetched; a context path that differs is part of the change already.
 */
export function changeSet(
  base: Tree,
  head: Tree,
  context: readonly string[],
  contentOf: (entry: TreeEntry) => Content,
): ChangeSet {
  const version = (entry: TreeEntry | undefined): FileVersion | null =>
    entry === undefined ? null : { mode: entry.mode, sha: entry.sha, content: contentOf(entry) };
  const file = (path: string, status: Status): ChangedFile => ({
    path,
    status,
    before: version(base.get(path)),
    after: version(head.get(path)),
  });
  const changes = differences(base, head);
  const differing = new Set(changes.map(({ path }) => path));
  const unchanged = [...new Set(context)].filter((path) => head.has(path) && !differing.has(path));
  const files = [
    ...changes.map(({ path, status }) => file(path, status)),
    ...unchanged.map((path) => file(path, "unchanged")),
  ];
  return { files: files.sort((a, b) => byCodeUnits(a.path, b.path)) };
}
