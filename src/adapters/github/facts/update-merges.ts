import { isOnlyAMerge } from "../../../core/change/merge.ts";
import type { CommitFacts } from "../../../core/facts.ts";
import type { Repository } from "../../../core/subject.ts";
import type { Session } from "../api.ts";
import { type Comparison, mergeBaseOf } from "./commits.ts";
import type { Trees } from "./trees.ts";

/** Each takes a merge base and up to three listings; whoever merged further ones counts as having written them. */
const mergesLimit = 20;

/**
 * Merges of the base into the branch that are nothing but that. The second parent is in the base, since the comparison with the base does
 * not list it; so an incomplete comparison shows none. What cannot be shown to be one contributes.
 */
export async function readUpdateMerges(
  session: Session,
  repository: Repository,
  trees: Trees,
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
      .map(async (merge) => ((await isUpdate(session, repository, trees, merge)) ? [merge.sha] : [])),
  );
  return shown.flat();
}

async function isUpdate(
  session: Session,
  repository: Repository,
  trees: Trees,
  { sha, parents: [first = "", second = ""] }: CommitFacts,
): Promise<boolean> {
  const base = await mergeBaseOf(session, repository, second, first);
  const listings = await Promise.all(
    [base, first, second, sha].map((commit) => trees.list(session, repository, commit)),
  );
  if (listings.some(({ unlisted, unclear }) => unlisted.length > 0 || unclear.size > 0)) return false;
  const [ofBase, ours, theirs, result] = listings.map(({ tree }) => tree);
  if (ofBase === undefined || ours === undefined || theirs === undefined || result === undefined) return false;
  return isOnlyAMerge({ base: ofBase, ours, theirs, result });
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
