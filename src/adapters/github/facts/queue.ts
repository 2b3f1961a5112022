import { z } from "zod";
import type { MergeGroupSubject } from "../../../core/subject.ts";
import { askGraphql, GitHubFailure, type Session } from "../api.ts";
import { sha } from "../shapes.ts";

/** A pull request of a merge group, and the queue's commits between which it lands. */
export interface Queued {
  readonly number: number;
  /** The head that was queued. */
  readonly headSha: string;
  readonly from: string;
  readonly to: string;
}

const commit = z.looseObject({ oid: sha }).nullable();
const entry = z.looseObject({
  baseCommit: commit,
  headCommit: commit,
  pullRequest: z.looseObject({ number: z.int(), headRefOid: sha }).nullable(),
});
const queueShape = z.looseObject({
  repository: z.looseObject({
    mergeQueue: z.looseObject({ entries: z.looseObject({ nodes: z.array(entry.nullable()) }) }).nullable(),
  }),
});

/** A group holds at most 100 entries, and those that are built stand first in the queue. */
const query = `query Queue($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100) {
        nodes { baseCommit { oid } headCommit { oid } pullRequest { number headRefOid } }
      }
    }
  }
}`;

/**
 * The pull requests of a group, the first first: from its commit back to its base, each entry built on the one before. Throws
 * `GitHubFailure` where the entries do not lead there: then something would land that nobody has looked at.
 * https://docs.github.com/en/graphql/reference/objects#mergequeueentry
 */
export async function listQueued(session: Session, subject: MergeGroupSubject): Promise<readonly Queued[]> {
  const { owner, name } = subject.repository;
  const { repository } = await askGraphql(session, query, { owner, name, branch: subject.baseRef }, queueShape);
  const entries = (repository.mergeQueue?.entries.nodes ?? []).flatMap((node) => {
    if (node === null || node.baseCommit === null || node.headCommit === null || node.pullRequest === null) return [];
    const { number, headRefOid } = node.pullRequest;
    return [{ number, headSha: headRefOid, from: node.baseCommit.oid, to: node.headCommit.oid }];
  });
  const members: Queued[] = [];
  for (let at = subject.headSha; at !== subject.baseSha; ) {
    const last = entries.find(({ to }) => to === at);
    if (last === undefined || members.length > entries.length) {
      const group = `${owner}/${name}@${subject.headSha}`;
      throw new GitHubFailure(
        `Cannot tell what the merge group ${group} holds: its queue does not lead to its base.`,
        null,
      );
    }
    members.unshift(last);
    at = last.from;
  }
  return members;
}
