import type { TreeEntry } from "./change/build.ts";
import { type ChangeSet, changed, type FileVersion } from "./change/change-set.ts";
import { contentLimitBytes, limitBytesOf } from "./change/content.ts";
import type { Searchable } from "./secrets/searchable.ts";

/** A path that a commit holds as none of its parents does: what a merge takes from one side is none. */
export interface WrittenFile {
  readonly path: string;
  /** Null: the commit takes it away. Submodules are not listed: what they hold lies elsewhere. */
  readonly after: TreeEntry | null;
  /** As its parents have it, each once; none where it is new. */
  readonly before: readonly TreeEntry[];
}

export interface WrittenCommit {
  readonly sha: string;
  /** In the order of their paths. */
  readonly files: readonly WrittenFile[];
  /** Why not all of its files are listed; null: they are. A clause: "its tree is not to be had". */
  readonly unlisted: string | null;
}

/**
 * What the commits of a pull request wrote on the way to the head. What they added and took away again is in no difference of two trees,
 * and in the history all the same.
 */
export interface Written {
  /** In the order of `Facts.commits`. */
  readonly commits: readonly WrittenCommit[];
  /** How many more there are, the first ones, that were not looked at. */
  readonly commitsLeftOut: number;
  /** What stands in these files, by blob, unless it is text of `Facts.change`. */
  readonly contents: Readonly<Record<string, Searchable>>;
}

/** What one look reads of it; whatever is beyond is said to be. */
export const writtenLimits = {
  /** The newest ones. A pull request's own listing on GitHub shows no more. */
  commits: 250,
  /** Beside the texts of the change. */
  blobs: 2_000,
  bytes: 32 * 1024 * 1024,
  beyond: "it is beyond the 2,000 files or 32 MiB of history that one look reads",
} as const;

export const nothingWritten: Written = { commits: [], commitsLeftOut: 0, contents: {} };

/** The one commit of a change that has no other: it wrote what the change holds. */
export function writtenAtOnce(sha: string, change: ChangeSet): readonly WrittenCommit[] {
  const files = changed(change).map(({ path, before, after }) => ({
    path,
    after: fileIn(after),
    before: [fileIn(before)].filter((entry) => entry !== null),
  }));
  return [{ sha, files: files.filter(({ after, before }) => after !== null || before.length > 0), unlisted: null }];
}

function fileIn(version: FileVersion | null): TreeEntry | null {
  return version === null || version.mode === "160000" ? null : { mode: version.mode, sha: version.sha };
}

/** The entries of which nothing is known yet, those that were written before those that they took the place of, each once. */
export function entriesToRead(commits: readonly WrittenCommit[], change: ChangeSet): readonly TreeEntry[] {
  const files = commits.flatMap((commit) => commit.files);
  const ofChange = changed(change).flatMap(({ before, after }) => [fileIn(after), fileIn(before)]);
  const entries = [...files.map(({ after }) => after), ...ofChange, ...files.flatMap(({ before }) => before)].filter(
    (entry) => entry !== null,
  );
  const known = textsOf(change);
  return [...new Map(entries.filter(({ sha }) => !known.has(sha)).map((entry) => [entry.sha, entry])).values()];
}

/** Up to how many bytes a blob is read: the same bytes may stand at several paths, of which the one that allows most counts. */
export function limitsOfWritten(commits: readonly WrittenCommit[], change: ChangeSet): (blob: string) => number {
  const files = [
    ...commits.flatMap((commit) => commit.files),
    ...writtenAtOnce("", change).flatMap((one) => one.files),
  ];
  const limits = new Map<string, number>();
  for (const { path, after, before } of files) {
    const limitBytes = limitBytesOf(path);
    if (limitBytes > contentLimitBytes)
      for (const one of [after, ...before]) if (one !== null) limits.set(one.sha, limitBytes);
  }
  return (blob) => limits.get(blob) ?? contentLimitBytes;
}

/** Texts that the change and its context hold, by blob. The target of a symbolic link is text as well. */
export function textsOf(change: ChangeSet): ReadonlyMap<string, string> {
  const versions = change.files.flatMap(({ before, after }) => [before, after]).filter((version) => version !== null);
  return new Map(
    versions.flatMap(({ sha, content }) => {
      if (content.kind === "text") return [[sha, content.text] as const];
      return content.kind === "symlink" ? [[sha, content.target] as const] : [];
    }),
  );
}
