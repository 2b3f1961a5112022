import { z } from "zod";
import type { PastEnd } from "../../../core/past/past.ts";
import type { Repository } from "../../../core/subject.ts";
import { type Along, askAlong, GitHubFailure, type Parameters, type Session } from "../api.ts";
import { moment, sha } from "../shapes.ts";

/** Of a hundred movements each. */
const pagesLimit = 5;
const noCommit = /^0+$/;

const movementShape = z.looseObject({ before: sha, after: sha, timestamp: moment });
const movementsShape = z.array(movementShape);

/** A commit at which a branch stood, and from when until when, by GitHub's clock. */
export interface Stood {
  readonly sha: string;
  readonly sinceMs: number;
  /** Null: it stands there. */
  readonly untilMs: number | null;
}

/** Where a branch stood at any moment since then, the newest first and without a hole, and where what is known ends. */
export interface StoodSince {
  readonly stood: readonly Stood[];
  readonly end: PastEnd | null;
  /** More may be known in a while: GitHub's record has not come as far as the branch. */
  readonly unsettled: boolean;
}

/**
 * From GitHub's own record of how the branch moved, with the moments at which GitHub took each movement: what a commit says of its date
 * is its author's word. It tells of forced pushes and deletions too, and what those took away has stood there all the same. Which period
 * the record covers is not documented: where it ends before `sinceMs`, what lies before is not known.
 * https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function stoodSince(
  session: Session,
  { owner, name: repo }: Repository,
  { branch, tip }: { readonly branch: string; readonly tip: string },
  sinceMs: number,
): Promise<StoodSince> {
  const stood: Stood[] = [];
  const ended = (because: string): StoodSince => ({
    stood,
    end: { beforeMs: stood.at(-1)?.sinceMs ?? null, because },
    unsettled: false,
  });
  /** Where the next older movement must have led; null while the tip is still looked for. */
  let expected: string | null = null;
  let untilMs: number | null = null;
  let moved = false;
  let given: Parameters | null = { owner, repo, ref: `refs/heads/${branch}` };
  try {
    for (let page = 1; page <= pagesLimit && given !== null; page += 1) {
      const read: Along<z.infer<typeof movementShape>> = await askAlong(session, route, given, movementsShape);
      for (const { before, after, timestamp } of read.items) {
        moved = true;
        if (after !== (expected ?? tip)) {
          // The branch may have moved on since its tip was read.
          if (expected === null) continue;
          return ended("GitHub's record of how the base branch moved has a hole");
        }
        if (!noCommit.test(after)) stood.push({ sha: after, sinceMs: timestamp, untilMs });
        [expected, untilMs] = [before, timestamp];
        if (timestamp <= sinceMs) return ended("it was not asked for");
      }
      given = read.next;
    }
  } catch (failed) {
    // A refusal stays one; of anything else another try may tell.
    if (!(failed instanceof GitHubFailure) || failed.status === null || failed.status >= 500) throw failed;
    return ended(`GitHub does not show how the base branch moved (${failed.status})`);
  }
  if (expected === null) {
    const because = moved
      ? "GitHub's record of how the base branch moved has not come this far yet"
      : "GitHub has no record of how the base branch moved";
    return { ...ended(because), unsettled: moved };
  }
  if (given !== null) return ended(`it is more than ${pagesLimit * 100} movements of the base branch ago`);
  if (noCommit.test(expected)) return { stood, end: null, unsettled: false };
  return ended("GitHub's record of how the base branch moved goes no further back");
}

const route = "GET /repos/{owner}/{repo}/activity";
