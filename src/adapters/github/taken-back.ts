import { z } from "zod";
import type { Repository } from "../../core/subject.ts";
import { ask, askOrNull, orGone, type Session } from "./api.ts";
import { mergeBaseOf } from "./facts/commits.ts";
import { tipOrNull } from "./facts/policies.ts";
import type { Listing, Trees } from "./facts/trees.ts";
import { sha } from "./shapes.ts";

const commitShape = z.looseObject({ sha, parents: z.array(z.looseObject({ sha })) });
const pullShape = z.looseObject({
  commits: z.int().positive(),
  base: z.looseObject({ ref: z.string(), sha }),
  head: z.looseObject({ sha }),
});

/**
 * Whether a merged pull request has been taken back on its base branch, by whomever and in whatever words: at every path that its merge
 * changed there stands what stood before. A message that says "revert" proves nothing, and what came to the same files later hides it. Of a
 * rebase merge nothing is said: its last commit is not all of it. Throws `GitHubFailure` or `RetryLater`.
 */
export async function isTakenBack(
  session: Session,
  repository: Repository,
  trees: Trees,
  { number, mergeSha }: { readonly number: number; readonly mergeSha: string },
): Promise<boolean> {
  const { owner, name: repo } = repository;
  const at = { owner, repo, ref: mergeSha };
  const merge = await askOrNull(session, "GET /repos/{owner}/{repo}/commits/{ref}", at, commitShape, [404, 422]);
  const [before, ...further] = merge?.parents ?? [];
  if (before === undefined) return false;
  const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
  const pull = await ask(session, route, { owner, repo, pull_number: number }, pullShape);
  const tip = await tipOrNull(session, repository, pull.base.ref);
  if (tip === null || tip === mergeSha) return false;
  const [was, landed, is] = await Promise.all(
    [before.sha, mergeSha, tip].map((commit) => listWhole(session, repository, trees, commit)),
  );
  if (was == null || landed == null || is == null) return false;
  if (further.length === 0 && pull.commits > 1 && !(await isWhole(session, repository, trees, was, pull))) return false;
  const changed = [...new Set([...was.keys(), ...landed.keys()])].filter((path) => !isSame(path, was, landed));
  return changed.length > 0 && changed.every((path) => isSame(path, was, is));
}

/**
 * Whether the merge, a single commit, is all of the pull request, as a squash is: before it stood, wherever the pull request changes something,
 * what it began with. After a rebase its earlier commits stand there already.
 */
async function isWhole(
  session: Session,
  repository: Repository,
  trees: Trees,
  was: Listing["tree"],
  { base, head }: z.infer<typeof pullShape>,
): Promise<boolean> {
  const from = await orGone(() => mergeBaseOf(session, repository, base.sha, head.sha));
  if (from === null) return false;
  const [began, ends] = [
    await listWhole(session, repository, trees, from),
    await listWhole(session, repository, trees, head.sha),
  ];
  if (began === null || ends === null) return false;
  const touched = [...new Set([...began.keys(), ...ends.keys()])].filter((path) => !isSame(path, began, ends));
  return touched.every((path) => isSame(path, began, was));
}

/** Null where the commit is gone, or not all of it can be listed. */
async function listWhole(
  session: Session,
  repository: Repository,
  trees: Trees,
  commit: string,
): Promise<Listing["tree"] | null> {
  const listing = await orGone(() => trees.list(session, repository, commit));
  return listing === null || listing.unlisted.length > 0 || listing.unclear.size > 0 ? null : listing.tree;
}

function isSame(path: string, one: Listing["tree"], other: Listing["tree"]): boolean {
  const [a, b] = [one.get(path), other.get(path)];
  return a?.sha === b?.sha && a?.mode === b?.mode;
}
