import type { Tree, TreeEntry } from "../../core/change/build.ts";
import type { Content } from "../../core/change/change-set.ts";
import { contentLimitBytes, decode, lockfileBlobs, lockfileLimitBytes, tooLarge } from "../../core/change/content.ts";
import type { ObjectReader } from "./objects.ts";

/** A blob is read as its mode says: the same bytes may be a file here and the target of a symlink there. */
export function contentKey({ mode, sha }: TreeEntry): string {
  return `${mode} ${sha}`;
}

/** What stands at `paths` on both sides. `known`: what is not in the object store yet, by `contentKey`. */
export async function readContents(
  objects: ObjectReader,
  before: Tree,
  after: Tree,
  paths: readonly string[],
  known: ReadonlyMap<string, Content>,
): Promise<(entry: TreeEntry) => Content> {
  const entries = paths.flatMap((path) => [before.get(path), after.get(path)]).filter((entry) => entry !== undefined);
  return await readEntries(objects, entries, known, lockfileBlobs(paths, [before, after]));
}

/** What stands in these entries. `known` as above; `large`: SHAs of those that may be as large as a lockfile. */
export async function readEntries(
  objects: ObjectReader,
  entries: readonly TreeEntry[],
  known: ReadonlyMap<string, Content>,
  large: ReadonlySet<string> = new Set(),
): Promise<(entry: TreeEntry) => Content> {
  const read = new Map<string, Content>();
  const wanted = new Map(entries.map((entry) => [contentKey(entry), entry]));
  await Promise.all(
    [...wanted].map(async ([name, entry]) => {
      read.set(
        name,
        known.get(name) ??
          (await readContent(objects, entry, large.has(entry.sha) ? lockfileLimitBytes : contentLimitBytes)),
      );
    }),
  );
  return (entry) => read.get(contentKey(entry)) ?? { kind: "unread", reason: "not asked for" };
}

export async function readContent(
  objects: ObjectReader,
  { mode, sha }: TreeEntry,
  limitBytes = contentLimitBytes,
): Promise<Content> {
  if (mode === "160000") return { kind: "submodule" };
  const object = await objects.read(sha);
  switch (object.kind) {
    case "object":
      return object.type === "blob"
        ? decode(object.bytes, mode, limitBytes)
        : { kind: "unread", reason: `a ${object.type}, not a file` };
    case "missing":
      return { kind: "unread", reason: "not in this clone (it is partial or damaged)" };
    case "too_large":
      return tooLarge(object.sizeBytes, limitBytes);
  }
}
