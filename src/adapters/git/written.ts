import type { TreeEntry } from "../../core/change/build.ts";
import type { ChangeSet } from "../../core/change/change-set.ts";
import { readMode } from "../../core/change/content.ts";
import type { CommitFacts } from "../../core/facts.ts";
import {
  entriesToRead,
  limitsOfWritten,
  type Written,
  type WrittenCommit,
  type WrittenFile,
  writtenAtOnce,
  writtenLimits,
} from "../../core/facts-written.ts";
import { type Searchable, searchable, tooLargeToSearch } from "../../core/secrets/searchable.ts";
import { type Git, run, split } from "./git.ts";
import type { ObjectReader } from "./objects.ts";
import { pathName } from "./trees.ts";

/** What is asked about. `commits` are those that the head has and the base has not, the oldest first. */
export interface WrittenOf {
  readonly commits: readonly CommitFacts[];
  readonly mergeBaseSha: string;
  readonly change: ChangeSet;
  /** Whether the change ends at the last commit, and not at a working tree. */
  readonly isCommitted: boolean;
  /** What is not in the object store yet, by blob. */
  readonly known: ReadonlyMap<string, Searchable>;
}

/** As the server reads it, from the object store. Throws `GitFailure`. */
export async function readWritten(
  git: Git,
  objects: ObjectReader,
  { commits, mergeBaseSha, change, isCommitted, known }: WrittenOf,
): Promise<Written> {
  const [only, ...more] = commits;
  const looked = commits.slice(-writtenLimits.commits);
  const atOnce = only !== undefined && more.length === 0 && isCommitted && only.parents[0] === mergeBaseSha;
  const written: WrittenCommit[] = [];
  if (atOnce && only.parents.length === 1) written.push(...writtenAtOnce(only.sha, change));
  else for (const { sha } of looked) written.push({ sha, files: await filesOf(git, sha), unlisted: null });
  const contents = await readAll(objects, entriesToRead(written, change), known, limitsOfWritten(written, change));
  return { commits: written, commitsLeftOut: commits.length - looked.length, contents };
}

/**
 * The files that differ from those of every parent. https://git-scm.com/docs/git-diff-tree (option -c, "diff format for merges"): a line
 * begins with a colon for each parent; the modes follow, those of the parents first, and then the ids.
 */
async function filesOf(git: Git, commit: string): Promise<readonly WrittenFile[]> {
  const options = ["-r", "-c", "-z", "--raw", "--root", "--no-renames", "--no-commit-id", "--no-ext-diff"];
  const records = split(await run(git, ["diff-tree", ...options, commit, "--"]));
  const files: WrittenFile[] = [];
  for (let index = 0; index + 1 < records.length; index += 2) {
    const words = (records[index] ?? Buffer.alloc(0)).toString("latin1");
    const parents = /^:*/.exec(words)?.[0].length ?? 0;
    const columns = words.slice(parents).split(" ");
    const entries = Array.from({ length: parents + 1 }, (_, at) => entryOf(columns[at], columns[parents + 1 + at]));
    const after = entries.at(-1) ?? null;
    const before = entries.slice(0, -1);
    const distinct = new Map(before.filter((entry) => entry !== null).map((entry) => [entry.sha, entry]));
    const { path } = pathName(records[index + 1] ?? Buffer.alloc(0));
    if (after !== null || distinct.size > 0) files.push({ path, after, before: [...distinct.values()] });
  }
  return files;
}

/** Null: there is none, or a submodule. */
function entryOf(octal = "000000", sha = ""): TreeEntry | null {
  return octal === "000000" || octal === "160000" ? null : { mode: readMode(octal) ?? "100644", sha };
}

async function readAll(
  objects: ObjectReader,
  entries: readonly TreeEntry[],
  known: ReadonlyMap<string, Searchable>,
  limitOf: (blob: string) => number,
): Promise<Readonly<Record<string, Searchable>>> {
  const read: Record<string, Searchable> = {};
  let left = writtenLimits.bytes;
  for (const [index, { sha }] of entries.entries()) {
    const isBeyond = index >= writtenLimits.blobs || left < 0;
    const found = known.get(sha) ?? (isBeyond ? beyond : await readBlob(objects, sha, limitOf(sha)));
    left -= found.kind === "unread" ? 0 : found.text.length;
    read[sha] = found;
  }
  return read;
}

const beyond: Searchable = { kind: "unread", reason: writtenLimits.beyond, bytes: null };

async function readBlob(objects: ObjectReader, sha: string, limitBytes: number): Promise<Searchable> {
  const object = await objects.read(sha);
  switch (object.kind) {
    case "object":
      return searchable(object.bytes, limitBytes);
    case "missing":
      return { kind: "unread", reason: "it is not in this clone (which is partial or damaged)", bytes: null };
    case "too_large":
      return tooLargeToSearch(object.sizeBytes, limitBytes);
  }
}
