import { z } from "zod";
import type { ArrivalFacts, BranchRecord, VersionFacts } from "../../../core/deployments/deployments.ts";
import type { Repository } from "../../../core/subject.ts";
import { askOrNull, type Session } from "../api.ts";
import { moment, sha } from "../shapes.ts";
import type { DeployedFiles } from "./deployed-files.ts";

/** Tips of a branch that are looked through for the step that brought something. */
const tipsLimit = 50;
/** Steps that changed something at the paths, the newest ones: for each GitHub is asked which merge it was. */
const stepsLimit = 2;

const mergedShape = z.looseObject({
  number: z.int(),
  merged_at: moment.nullish(),
  merge_commit_sha: z.string().nullish(),
  base: z.looseObject({ ref: z.string(), repo: z.looseObject({ id: z.int() }) }),
});
const parentsShape = z.looseObject({ parents: z.array(z.looseObject({ sha })) });

/** GitHub does not tell, or does not know the commit: then nobody is named, which changes no verdict. */
const untold = [403, 404, 409, 422];

/**
 * The steps of branches with which what lies at these paths changed, as far as each was the merge of one pull request and of nothing
 * else, newest first. It is told for the reader alone: what counts is what stands there.
 */
export async function readArrivals(
  session: Session,
  repository: Repository,
  files: DeployedFiles,
  branches: readonly BranchRecord[],
  paths: readonly string[],
): Promise<readonly ArrivalFacts[]> {
  if (paths.length === 0) return [];
  const arrivals: ArrivalFacts[] = [];
  for (const { ref, stood } of branches) {
    const tips = await files.read(session, repository, [...new Set(stood.slice(0, tipsLimit))], paths);
    const steps = tips.flatMap((after, index) => {
      const before = tips[index + 1];
      return before !== undefined && differ(before, after, paths) ? [{ before, after }] : [];
    });
    for (const { before, after } of steps.slice(0, stepsLimit)) {
      const pullRequest = await mergeOf(session, repository, ref, before.sha, after.sha);
      if (pullRequest !== null) arrivals.push({ before, after, pullRequest });
    }
  }
  return arrivals;
}

function differ(before: VersionFacts, after: VersionFacts, paths: readonly string[]): boolean {
  if (before.files === null || after.files === null) return false;
  const [was, is] = [before.files, after.files];
  return paths.some((path) => was[path]?.sha !== is[path]?.sha || was[path]?.mode !== is[path]?.mode);
}

/** The pull request whose merge, and nothing else, took a branch from one commit to the other; null where it was something else, or several. */
async function mergeOf(
  session: Session,
  { owner, name: repo, id }: Repository,
  ref: string,
  beforeSha: string,
  afterSha: string,
): Promise<number | null> {
  const given = { owner, repo, commit_sha: afterSha };
  const listed = "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls";
  const pulls = await askOrNull(session, listed, given, z.array(mergedShape), untold);
  const merged = (pulls ?? []).filter(
    ({ merged_at, merge_commit_sha, base }) =>
      merged_at != null && merge_commit_sha === afterSha && base.repo.id === id && `refs/heads/${base.ref}` === ref,
  );
  const [pull, ...others] = merged;
  if (pull === undefined || others.length > 0) return null;
  // A merge queue lands several with one step of the branch: its last commit is the merge of one of them.
  const commit = "GET /repos/{owner}/{repo}/git/commits/{commit_sha}";
  const found = await askOrNull(session, commit, given, parentsShape, untold);
  return found?.parents[0]?.sha === beforeSha ? pull.number : null;
}
