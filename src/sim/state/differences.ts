import { structuredPatch } from "diff";
import { mergeBase } from "../git-merge.ts";
import type { PathDifference } from "../git-objects.ts";
import type { PullRequest, Repository } from "./model.ts";
import type { Ceilings } from "./world.ts";

/** A changed file as GitHub lists it: with exact renames found, and the patch withheld where it is too large or binary. */
export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
}

/** Files that differ between two commits' trees. */
export function changedFiles(
  repository: Repository,
  from: string | undefined,
  to: string,
  ceilings: Ceilings,
): ChangedFile[] {
  const { objects } = repository;
  const tree = (sha: string | undefined): string | undefined =>
    sha === undefined ? undefined : objects.commit(sha)?.tree;
  const differences = [...objects.difference(tree(from), tree(to))];
  const removed = new Map<string, PathDifference>();
  for (const each of differences)
    if (each.before !== undefined && each.after === undefined) removed.set(each.before.sha, each);
  const renamedAway = new Set<string>();
  const sources = new Map<string, string>();
  for (const { path, before, after } of differences) {
    const source = before === undefined && after !== undefined ? removed.get(after.sha) : undefined;
    if (source === undefined || renamedAway.has(source.path)) continue;
    renamedAway.add(source.path);
    sources.set(path, source.path);
  }
  return differences
    .filter(({ path }) => !renamedAway.has(path))
    .map((each) => describe(repository, each, sources.get(each.path) ?? null, ceilings))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a pull request changes: from where it left its base branch to its head. */
export function pullFiles(pull: PullRequest, ceilings: Ceilings): ChangedFile[] {
  return changedFiles(pull.repository, pullMergeBase(pull), pull.head.sha, ceilings);
}

export function pullMergeBase(pull: PullRequest): string | undefined {
  return mergeBase(pull.repository.objects, pull.base.sha, pull.head.sha);
}

function describe(
  repository: Repository,
  difference: PathDifference,
  previousPath: string | null,
  ceilings: Ceilings,
): ChangedFile {
  const { path, before, after } = difference;
  const sha = (after ?? before)?.sha ?? "";
  if (previousPath !== null)
    return { path, previousPath, status: "renamed", sha, additions: 0, deletions: 0, patch: null };
  const status = before === undefined ? "added" : after === undefined ? "removed" : "modified";
  const [old, now] = [text(repository, before), text(repository, after)];
  if (old === null || now === null) return { path, previousPath, status, sha, additions: 0, deletions: 0, patch: null };
  const lines = structuredPatch(path, path, old, now, "", "", { context: 3 }).hunks.flatMap((hunk) => [
    `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
    ...hunk.lines,
  ]);
  const additions = lines.filter((line) => line.startsWith("+")).length;
  const deletions = lines.filter((line) => line.startsWith("-")).length;
  const patch = lines.join("\n");
  const withheld =
    lines.length === 0 || additions + deletions > ceilings.patchLines || Buffer.byteLength(patch) > ceilings.patchBytes;
  return { path, previousPath, status, sha, additions, deletions, patch: withheld ? null : patch };
}

/** git's notation: a single line has no count, and no lines stand after the line before them. */
function range(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`;
  return lines === 1 ? String(start) : `${start},${lines}`;
}

/** The text of a side; null for a binary, empty where nothing stands. A submodule shows as the line git prints for it. */
function text(repository: Repository, entry: PathDifference["before"]): string | null {
  if (entry === undefined) return "";
  if (entry.mode === "160000") return `Subproject commit ${entry.sha}\n`;
  const bytes = repository.objects.blob(entry.sha);
  return bytes === undefined || isBinary(bytes) ? null : bytes.toString("utf8");
}

/** git's rule: a zero byte among the first 8,000. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}
