import { z } from "zod";
import type { Repository } from "../../../core/subject.ts";
import { askGraphql, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { Remembered } from "./remembered.ts";

/** One entry of one folder. `mode` is git's number. */
export interface FolderEntry {
  readonly oid: string;
  readonly mode: number;
  readonly type: string;
  readonly size: number;
}
export type Folder = ReadonlyMap<string, FolderEntry>;

/** A root may have a thousand entries, and GitHub gives a query ten seconds. */
const foldersPerQuery = 30;
const rememberedEntries = 500_000;

const treeShape = z.looseObject({
  entries: z.array(
    z.looseObject({ name: z.string(), oid: sha, mode: z.int(), type: z.string(), size: z.int().nonnegative() }),
  ),
});
const objectShape = z.looseObject({ entries: treeShape.shape.entries.nullish(), tree: treeShape.optional() });
const answerShape = z.looseObject({ repository: z.record(z.string(), objectShape.nullable()) });

/** Reads single folders, many at a time. Neither a commit nor a tree changes, so they are remembered. */
export class Folders {
  readonly #known = new Remembered<Folder>(rememberedEntries, (folder) => folder.size + 1);

  /** By id of a tree or of a commit, whose root it is then; what is not there has no entry. Throws `GitHubFailure` or `RetryLater`. */
  async read(session: Session, repository: Repository, ids: readonly string[]): Promise<ReadonlyMap<string, Folder>> {
    const found = new Map<string, Folder>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const known = this.#known.get(`${repository.id} ${id}`);
      if (known === undefined) missing.push(id);
      else found.set(id, known);
    }
    for (let from = 0; from < missing.length; from += foldersPerQuery) {
      for (const [id, folder] of await ask(session, repository, missing.slice(from, from + foldersPerQuery))) {
        found.set(id, folder);
        this.#known.set(`${repository.id} ${id}`, folder);
      }
    }
    return found;
  }
}

async function ask(
  session: Session,
  { owner, name }: Repository,
  ids: readonly string[],
): Promise<readonly (readonly [string, Folder])[]> {
  const objects = ids.map((id, index) => `o${index}: object(oid: "${id}") { ...folder ...root }`).join("\n");
  const query = `query Folders($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${objects} } }
fragment folder on Tree { entries { name oid mode type size } }
fragment root on Commit { tree { ...folder } }`;
  const { repository } = await askGraphql(session, query, { owner, name }, answerShape);
  return ids.flatMap((id, index) => {
    const found = repository[`o${index}`];
    const entries = found?.entries ?? found?.tree?.entries;
    return entries == null ? [] : [[id, asFolder(entries)] as const];
  });
}

/** JSON cannot carry names that are not UTF-8: GitHub puts U+FFFD in their place, and neither of two files that it makes one may be lost. */
function asFolder(entries: z.infer<typeof treeShape>["entries"]): Folder {
  const folder = new Map<string, FolderEntry>();
  for (const { name, oid, mode, type, size } of entries) {
    let free = name;
    while (folder.has(free)) free += "\uFFFD";
    folder.set(free, { oid, mode, type, size });
  }
  return folder;
}
