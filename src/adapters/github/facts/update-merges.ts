import type { BlobCache } from "../../../app/ports.ts";
import { type Merge, mergedInside } from "../../../core/change/merge.ts";
import { mergeLines } from "../../../core/change/merge-lines.ts";
import type { CommitFacts } from "../../../core/facts.ts";
import type { Repository } from "../../../core/subject.ts";
import type { Session } from "../api.ts";
import { type Comparison, mergeBaseOf } from "./commits.ts";
import { readContents } from "./blobs.ts";
import type { Listing, Trees } from "./trees.ts";

/** Each takes a merge base and up to three listings; whoever merged further ones counts as having written them. */
const mergesLimit = 20;
/** Files that both sides of one merge changed: four versions of each are read. */
const insideLimit = 20;

/** What the versions of a merge are read with. */
export interface MergeParts {
  readonly trees: Trees;
  readonly blobs: BlobCache;
}

/**
 * Merges of the base into the branch that are nothing but that. The second parent is in the base, since the comparison with the base does
 * not list it; so an incomplete comparison shows none. What cannot be shown to be one contributes.
 */
export async function readUpdateMerges(
  session: Session,
  repository: Repository,
  parts: MergeParts,
  { commits, gaps }: Comparison,
): Promise<readonly string[]> {
  if (gaps.length > 0) return [];
  const own = new Set(commits.map(({ sha }) => sha));
  const merges = commits.filter(
    ({ parents: [first, second, ...more] }) =>
      first !== undefined && second !== undefined && more.length === 0 && own.has(first) && !own.has(second),
  );
  const shown = await Promise.all(
    merges
      .slice(-mergesLimit)
      .map(async (merge) => ((await isUpdate(session, repository, parts, merge)) ? [merge.sha] : [])),
  );
  return shown.flat();
}

async function isUpdate(
  session: Session,
  repository: Repository,
  parts: MergeParts,
  { sha, parents: [first = "", second = ""] }: CommitFacts,
): Promise<boolean> {
  const base = await mergeBaseOf(session, repository, second, first);
  const listings = await Promise.all(
    [base, first, second, sha].map((commit) => parts.trees.list(session, repository, commit)),
  );
  if (listings.some(({ unlisted, unclear }) => unlisted.length > 0 || unclear.size > 0)) return false;
  const [ofBase, ours, theirs, result] = listings.map(({ tree }) => tree);
  if (ofBase === undefined || ours === undefined || theirs === undefined || result === undefined) return false;
  const merge = { base: ofBase, ours, theirs, result };
  const inside = mergedInside(merge);
  if (inside === null || inside.length > insideLimit) return false;
  return inside.length === 0 || (await isMergedByLine(session, repository, parts.blobs, merge, inside, listings));
}

/** Whether each of the files holds what merging its lines gives, and nothing that somebody had to write. */
async function isMergedByLine(
  session: Session,
  repository: Repository,
  blobs: BlobCache,
  { base, ours, theirs, result }: Merge,
  paths: readonly string[],
  listings: readonly Listing[],
): Promise<boolean> {
  const versions = paths.map((path) => [base, ours, theirs, result].map((tree) => tree.get(path)));
  const entries = versions.flat().filter((entry) => entry !== undefined);
  if (entries.length < 4 * paths.length) return false;
  const sizes = new Map(listings.flatMap((listing) => [...listing.sizes]));
  const contentOf = await readContents(session, repository, blobs, entries, sizes);
  return versions.every((each) => {
    const modes = new Set(each.map((entry) => entry?.mode));
    const texts = each.map((entry) => (entry === undefined ? null : contentOf(entry)));
    const [was, our, their, now] = texts.map((content) => (content?.kind === "text" ? content.text : null));
    if (modes.size > 1 || was == null || our == null || their == null || now == null) return false;
    return mergeLines(was, our, their) === now;
  });
}

/** The newest commit that is more than an update merge: who pushed it pushed last. */
export function lastWritten(head: string, { commits }: Comparison, updateMerges: readonly string[]): string {
  let at = head;
  for (const _ of commits) {
    const first = updateMerges.includes(at) ? commits.find(({ sha }) => sha === at)?.parents[0] : undefined;
    if (first === undefined) return at;
    at = first;
  }
  return at;
}
