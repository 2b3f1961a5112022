import type { BlobCache } from "../../../app/ports.ts";
import type { ChangeSet } from "../../../core/change/change-set.ts";
import type { TreeEntry } from "../../../core/change/build.ts";
import { readMode } from "../../../core/change/content.ts";
import type { CommitFacts } from "../../../core/facts.ts";
import {
  entriesToRead,
  limitsOfWritten,
  type Written,
  type WrittenCommit,
  type WrittenFile,
  writtenAtOnce,
  writtenLimits,
} from "../../../core/facts-written.ts";
import { type Searchable, searchable, tooLargeToSearch } from "../../../core/secrets/searchable.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { Session } from "../api.ts";
import { readBlobs } from "./blobs.ts";
import type { Folder, FolderEntry, Folders } from "./written-trees.ts";

/** Folders of one look: with thirty to a query some 130 requests, and none again for what is remembered. */
const foldersLimit = 4_000;
export interface WrittenParts {
  readonly folders: Folders;
  readonly blobs: BlobCache;
}

/** What is asked about. `commits` are those that the head has and the base has not, the oldest first. */
export interface WrittenOf {
  readonly commits: readonly CommitFacts[];
  /** Whether these are all of them. */
  readonly areAll: boolean;
  readonly mergeBaseSha: string;
  readonly headSha: string;
  readonly change: ChangeSet;
  /** Bytes by blob, where the listings of the change said. */
  readonly sizeOf: (blob: string) => number | undefined;
}

/**
 * What each commit wrote, and what stands there. One commit on the merge base wrote the change, which is read already. The folders of
 * several are compared level by level, all commits at once, and only those that differ are read: as many queries as the tree is deep,
 * not as there are commits. Throws `GitHubFailure` or `RetryLater`.
 */
export async function readWritten(
  session: Session,
  repository: Repository,
  { folders, blobs }: WrittenParts,
  { commits, mergeBaseSha, headSha, change, sizeOf, areAll }: WrittenOf,
): Promise<Written> {
  const [only, ...more] = commits;
  const atOnce =
    only !== undefined && more.length === 0 && only.sha === headSha && only.parents.join(" ") === mergeBaseSha;
  const looked = commits.slice(-writtenLimits.commits);
  const sizes = new Map<string, number>();
  const listed = atOnce ? writtenAtOnce(only.sha, change) : await walk(session, repository, folders, looked, sizes);
  const written = areAll ? listed : listed.map(withoutParents);
  const entries = entriesToRead(written, change);
  for (const { sha } of entries) sizes.set(sha, sizes.get(sha) ?? sizeOf(sha) ?? 0);
  return {
    commits: written,
    commitsLeftOut: commits.length - looked.length,
    contents: await readAll(session, repository, blobs, entries, { sizes, limitOf: limitsOfWritten(written, change) }),
  };
}

/** A parent that is not listed may be of the branch, and excuses nothing. */
function withoutParents(commit: WrittenCommit): WrittenCommit {
  return { ...commit, files: commit.files.map((file) => ({ ...file, before: [] })) };
}

/** A folder of a commit beside the same folder of its parents; null where there is none. */
interface Task {
  readonly commit: Growing;
  readonly path: string;
  readonly own: string | null;
  readonly parents: readonly (string | null)[];
}

interface Growing {
  readonly sha: string;
  readonly files: WrittenFile[];
  unlisted: string | null;
}

async function walk(
  session: Session,
  repository: Repository,
  folders: Folders,
  commits: readonly CommitFacts[],
  sizes: Map<string, number>,
): Promise<readonly WrittenCommit[]> {
  const growing = commits.map(({ sha }): Growing => ({ sha, files: [], unlisted: null }));
  let tasks = growing.map((commit, index): Task => {
    return { commit, path: "", own: commit.sha, parents: commits[index]?.parents ?? [] };
  });
  let left = foldersLimit;
  while (tasks.length > 0) {
    const { affordable, wanted } = within(tasks, left);
    left -= wanted.length;
    const read = await folders.read(session, repository, wanted);
    tasks = affordable.flatMap((task) => compare(task, read, sizes));
  }
  return growing.map(({ sha, files, unlisted }) => {
    return { sha, files: files.toSorted((a, b) => byCodeUnits(a.path, b.path)), unlisted };
  });
}

/** The tasks that the limit leaves room for. What is only taken away brings nothing, and may be left out without a word. */
function within(
  tasks: readonly Task[],
  limit: number,
): { readonly affordable: readonly Task[]; readonly wanted: readonly string[] } {
  const wanted = new Set<string>();
  const affordable: Task[] = [];
  for (const task of [...tasks.filter(({ own }) => own !== null), ...tasks.filter(({ own }) => own === null)]) {
    const ids = [task.own, ...task.parents].filter((id) => id !== null);
    const fresh = ids.filter((id) => !wanted.has(id));
    if (wanted.size + fresh.length <= limit) {
      for (const id of fresh) wanted.add(id);
      affordable.push(task);
    } else if (task.own !== null) {
      task.commit.unlisted = `the commits of this change differ in more than ${foldersLimit} folders`;
    }
  }
  return { affordable, wanted: [...wanted] };
}

/** Adds the files that differ from those of every parent; what is to be compared further down. */
function compare(task: Task, read: ReadonlyMap<string, Folder>, sizes: Map<string, number>): readonly Task[] {
  const folderOf = (id: string | null): Folder | undefined => (id === null ? new Map() : read.get(id));
  const own = folderOf(task.own);
  const parents = task.parents.map(folderOf).filter((folder) => folder !== undefined);
  if (own === undefined || parents.length < task.parents.length) {
    if (task.own !== null) task.commit.unlisted = "GitHub does not find its tree, or that of a parent";
    return [];
  }
  const names = new Set([own, ...parents].flatMap((folder) => [...folder.keys()]));
  return [...names].flatMap((name) => {
    const [entry, before] = [own.get(name), parents.map((folder) => folder.get(name))];
    if (before.some((parent) => parent?.oid === entry?.oid && parent?.mode === entry?.mode)) return [];
    const path = task.path === "" ? name : `${task.path}/${name}`;
    const file = { path, after: fileOf(entry), before: distinct(before.map(fileOf)) };
    if (file.after !== null || file.before.length > 0) task.commit.files.push(file);
    for (const each of [entry, ...before]) if (each?.type === "blob") sizes.set(each.oid, each.size);
    const below = { commit: task.commit, path, own: folderIn(entry), parents: before.map(folderIn) };
    return below.own === null && below.parents.every((id) => id === null) ? [] : [below];
  });
}

function fileOf(entry: FolderEntry | undefined): TreeEntry | null {
  if (entry?.type !== "blob") return null;
  // A mode that git does not write any more is of a file all the same.
  return { mode: readMode(entry.mode.toString(8)) ?? "100644", sha: entry.oid };
}

function folderIn(entry: FolderEntry | undefined): string | null {
  return entry?.type === "tree" ? entry.oid : null;
}

function distinct(entries: readonly (TreeEntry | null)[]): readonly TreeEntry[] {
  const present = entries.filter((entry) => entry !== null);
  return [...new Map(present.map((entry) => [entry.sha, entry])).values()];
}

/** Every one of them has an entry; of those beyond the limits it says that they were not read. */
async function readAll(
  session: Session,
  repository: Repository,
  cache: BlobCache,
  entries: readonly TreeEntry[],
  { sizes, limitOf }: { readonly sizes: ReadonlyMap<string, number>; readonly limitOf: (blob: string) => number },
): Promise<Readonly<Record<string, Searchable>>> {
  let left: number = writtenLimits.bytes;
  const wanted = entries.flatMap(({ sha }) => {
    const size = sizes.get(sha) ?? 0;
    // What is smaller may still have room behind a file that has none.
    if (size > limitOf(sha) || size > left) return [];
    left -= size;
    return [sha];
  });
  const first = wanted.slice(0, writtenLimits.blobs);
  const { bytes, unread } = await readBlobs(session, repository, cache, first, sizes, limitOf);
  const contentOf = (sha: string): Searchable => {
    const [found, size] = [bytes.get(sha), sizes.get(sha) ?? 0];
    if (found !== undefined) return searchable(found, limitOf(sha));
    if (size > limitOf(sha)) return tooLargeToSearch(size, limitOf(sha));
    const reason = unread.get(sha) ?? writtenLimits.beyond;
    return { kind: "unread", reason, bytes: null };
  };
  return Object.fromEntries(entries.map(({ sha }) => [sha, contentOf(sha)]));
}
