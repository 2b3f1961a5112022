import { z } from "zod";
import { mergeByPath } from "../../../core/change/merge.ts";
import type { ChangeSet, Gap } from "../../../core/change/change-set.ts";
import type { Repository } from "../../../core/subject.ts";
import { askOrNull, type Session } from "../api.ts";
import { type Pull, sha } from "../shapes.ts";
import { type ChangeParts, readChange } from "./change.ts";
import { missing } from "./gap.ts";
import type { Listing } from "./trees.ts";

/** What a pull request would do to a base that has moved since its merge base. */
export interface Landed {
  /** Null: the base has not moved. */
  readonly landing: ChangeSet | null;
  readonly gaps: readonly Gap[];
  /** True where GitHub is still finding out how it merges: no event tells when it is done. */
  readonly unsettled: boolean;
}

const commitShape = z.looseObject({ parents: z.array(z.looseObject({ sha })) });

/**
 * From the tip of the base to the result of the merge: GitHub's own test merge where it is one of exactly that tip and that head, else
 * a merge by path, in which a path that both sides changed is the head's, with a Gap.
 * https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request (`merge_commit_sha`)
 */
export async function readLanding(
  session: Session,
  repository: Repository,
  parts: ChangeParts,
  at: { readonly mergeBaseSha: string; readonly baseSha: string; readonly pull: Pull },
): Promise<Landed> {
  const { mergeBaseSha, baseSha, pull } = at;
  if (mergeBaseSha === baseSha) return { landing: null, gaps: [], unsettled: false };
  const { trees } = parts;
  const tip = await trees.list(session, repository, baseSha);
  const mergeSha = await testMerge(session, repository, pull, baseSha);
  if (mergeSha !== null) {
    const result = await trees.list(session, repository, mergeSha);
    const { change, gaps } = await readChange(session, repository, parts, { before: tip, after: result });
    return { landing: change, gaps, unsettled: false };
  }
  const [ancestor, head] = await Promise.all([
    trees.list(session, repository, mergeBaseSha),
    trees.list(session, repository, pull.head.sha),
  ]);
  const { tree, conflicts } = mergeByPath(ancestor.tree, tip.tree, head.tree);
  const after = { ...united(tip, head), tree };
  const { change, gaps } = await readChange(session, repository, parts, { before: tip, after });
  const unsettled = conflicts.length > 0 && pull.mergeable !== false;
  return { landing: change, gaps: [...gaps, ...conflicts.map(conflict)], unsettled };
}

/** What a pull request does between two commits of its merge queue. */
export async function readQueued(
  session: Session,
  repository: Repository,
  parts: ChangeParts,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Landed> {
  const [before, after] = await Promise.all([
    parts.trees.list(session, repository, from),
    parts.trees.list(session, repository, to),
  ]);
  const { change, gaps } = await readChange(session, repository, parts, { before, after });
  return { landing: change, gaps, unsettled: false };
}

/** The test merge, if it merges this head into this tip: GitHub makes it some time after either has moved. */
async function testMerge(
  session: Session,
  { owner, name: repo }: Repository,
  pull: Pull,
  baseSha: string,
): Promise<string | null> {
  const { merge_commit_sha: commit, mergeable, head } = pull;
  if (commit == null || mergeable === false) return null;
  const route = "GET /repos/{owner}/{repo}/git/commits/{commit_sha}";
  const found = await askOrNull(session, route, { owner, repo, commit_sha: commit }, commitShape);
  const [first, second, ...others] = found?.parents ?? [];
  return first?.sha === baseSha && second?.sha === head.sha && others.length === 0 ? commit : null;
}

function united(a: Listing, b: Listing): Omit<Listing, "tree"> {
  return {
    sizes: new Map([...a.sizes, ...b.sizes]),
    unclear: new Set([...a.unclear, ...b.unclear]),
    unlisted: [...a.unlisted, ...b.unlisted],
  };
}

function conflict(path: string): Gap {
  return missing(
    `merge-not-known:${path}`,
    `what \`${path}\` holds once this is merged: the base has changed it as well, and GitHub has no merge of the two`,
    "Update the branch: merge the base into it, or rebase it.",
    path,
  );
}
