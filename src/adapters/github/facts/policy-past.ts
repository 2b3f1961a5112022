import { z } from "zod";
import type { Repository } from "../../../core/subject.ts";
import { type Along, askAlong, askGraphql, GitHubFailure, type Parameters, type Session } from "../api.ts";
import { sha } from "../shapes.ts";

/** Of a hundred movements each: as many as a busy branch makes in some days. */
const pagesLimit = 5;
/** After each of these, what stood there before is behind what stands there now. Others may have taken something back. */
const forward: ReadonlySet<string> = new Set(["push", "pr_merge", "merge_queue_merge"]);

const movementShape = z.looseObject({ before: sha, after: sha, activity_type: z.string() });
const movementsShape = z.array(movementShape);
type Page = Along<z.infer<typeof movementShape>>;

/** Commits that stood at the tip of a branch before `tip`, the newest first, a page at a time. */
export type Stood = AsyncGenerator<readonly string[], Ending>;

/** Why nothing that stood there earlier is known. `later`: it may be, in a while. */
export interface Ending {
  readonly because: string;
  readonly later: boolean;
}

/**
 * From GitHub's own record of how the branch moved. The history of a file would also name commits that never stood at the tip: drafts
 * inside a pull request that nobody approved as they were. A forced push ends it, because what was there before was taken away.
 * https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function* stoodAt(
  session: Session,
  { owner, name: repo }: Repository,
  branch: string,
  tip: string,
): Stood {
  let given: Parameters | null = { owner, repo, ref: `refs/heads/${branch}` };
  /** What the next older movement must have led to; null while the tip is still looked for. */
  let expected: string | null = null;
  for (let page = 1; page <= pagesLimit && given !== null; page += 1) {
    const { items, next }: Page = await askAlong(session, "GET /repos/{owner}/{repo}/activity", given, movementsShape);
    const commits: string[] = [];
    for (const { before, after, activity_type } of items) {
      // The branch may have moved on since its tip was read.
      if (expected === null ? after !== tip : after !== expected) {
        if (expected === null) continue;
        yield commits;
        return { because: "GitHub's record of how its branch moved has a hole", later: false };
      }
      if (expected !== null) commits.push(after);
      expected = before;
      if (!forward.has(activity_type)) {
        yield commits;
        return { because: "before it the branch began, or was put elsewhere by force", later: false };
      }
    }
    yield commits;
    given = next;
  }
  if (expected === null)
    return { because: "GitHub's record of how its branch moved has not come this far yet", later: true };
  const because =
    given === null
      ? "GitHub's record of how its branch moved goes no further back"
      : `none is among the last ${pagesLimit * 100} movements of its branch`;
  return { because, later: false };
}

const file = z.looseObject({ file: z.looseObject({ oid: sha }).nullable() });
const filesShape = z.looseObject({ repository: z.record(z.string(), file.nullable()) });

/** The id of what stands at a path in each of the commits, null for nothing. Throws `GitHubFailure` where a commit is gone. */
export async function idsAt(
  session: Session,
  { owner, name }: Repository,
  path: string,
  commits: readonly string[],
): Promise<readonly (string | null)[]> {
  if (commits.length === 0) return [];
  const fields = commits.map((commit, index) => `c${index}: object(oid: "${commit}") { ...at }`).join("\n");
  const query = `query Files($owner: String!, $name: String!, $path: String!) {
  repository(owner: $owner, name: $name) { ${fields} }
}
fragment at on Commit { file(path: $path) { oid } }`;
  const { repository } = await askGraphql(session, query, { owner, name, path }, filesShape);
  return commits.map((commit, index) => {
    const found = repository[`c${index}`];
    if (found == null)
      throw new GitHubFailure(`Cannot read ${path} of ${owner}/${name} at ${commit}: it is gone.`, null);
    return found.file?.oid ?? null;
  });
}
