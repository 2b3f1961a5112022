import { z } from "zod";
import type { Gap } from "../../../core/change/change-set.ts";
import type { CommitFacts } from "../../../core/facts.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askOrNull, type Session } from "../api.ts";
import { accountOrNull, sha } from "../shapes.ts";
import { missing } from "./gap.ts";
import { signatureKey } from "./signature-key.ts";

/** How a head relates to a base. */
export interface Comparison {
  readonly mergeBaseSha: string;
  /** Commits that the head has and the base has not, over all parents. */
  readonly commits: readonly CommitFacts[];
  readonly gaps: readonly Gap[];
}

/** Ten thousand commits; whatever has more is no pull request that a person reads. */
const pagesLimit = 100;

const written = z
  .looseObject({ name: z.string().nullish(), email: z.string().nullish() })
  .nullish()
  .transform((value) => ({ name: value?.name ?? "", email: value?.email ?? "" }));

const commitShape = z
  .looseObject({
    sha,
    parents: z.array(z.looseObject({ sha })),
    author: accountOrNull,
    committer: accountOrNull,
    commit: z.looseObject({
      author: written,
      committer: written,
      message: z.string(),
      verification: z.looseObject({ verified: z.boolean(), signature: z.string().nullish() }).optional(),
    }),
  })
  .transform(
    ({ sha: id, parents, author, committer, commit }): CommitFacts => ({
      sha: id,
      parents: parents.map((parent) => parent.sha),
      author: { ...commit.author, account: author },
      committer: { ...commit.committer, account: committer },
      message: commit.message,
      verified: commit.verification?.verified === true,
      signatureKey: signatureKey(commit.verification?.signature ?? ""),
    }),
  );

const comparisonShape = z.looseObject({
  total_commits: z.int().nonnegative(),
  merge_base_commit: z.looseObject({ sha }),
  commits: z.array(commitShape),
});

/**
 * Merge base and commits in one listing. Asked for page by page it has no ceiling of 250 commits as a pull request's own listing
 * has; whether all came is told by their number. https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export async function compare(
  session: Session,
  { owner, name: repo }: Repository,
  base: string,
  head: string,
): Promise<Comparison> {
  const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
  const commits = new Map<string, CommitFacts>();
  for (let page = 1; ; page += 1) {
    const given = { owner, repo, basehead: `${base}...${head}`, per_page: 100, page };
    const answer = await ask(session, route, given, comparisonShape);
    const before = commits.size;
    for (const commit of answer.commits) commits.set(commit.sha, commit);
    const total = answer.total_commits;
    const complete = commits.size === total && (total === 0 || commits.has(head));
    if (complete || commits.size === before || page === pagesLimit) {
      const gaps = complete ? [] : [incomplete(commits.size, total)];
      return { mergeBaseSha: answer.merge_base_commit.sha, commits: [...commits.values()], gaps };
    }
  }
}

/** The commit that two commits have last in common. */
export async function mergeBaseOf(
  session: Session,
  { owner, name: repo }: Repository,
  one: string,
  other: string,
): Promise<string> {
  const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
  const given = { owner, repo, basehead: `${one}...${other}`, per_page: 1, page: 1 };
  const { merge_base_commit } = await ask(
    session,
    route,
    given,
    z.looseObject({ merge_base_commit: z.looseObject({ sha }) }),
  );
  return merge_base_commit.sha;
}

/** Whether a branch contains a commit; false where the repository has no such commit any more, or no such branch. */
export async function isOn(
  session: Session,
  { owner, name: repo }: Repository,
  branch: string,
  commit: string,
): Promise<boolean> {
  const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
  const given = { owner, repo, basehead: `${branch}...${commit}`, per_page: 1 };
  return (await askOrNull(session, route, given, z.looseObject({ ahead_by: z.int() })))?.ahead_by === 0;
}

function incomplete(listed: number, total: number): Gap {
  return missing(
    "unreadable-commits",
    `who wrote this change: GitHub lists ${listed} of its ${total} commits`,
    "Squash the branch, or split it into pull requests with fewer commits.",
  );
}
