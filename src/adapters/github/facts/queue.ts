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
    mergeQueue: z
      .looseObject({
        entries: z.looseObject({
          nodes: z.array(entry.nullable()),
          pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        }),
      })
      .nullable(),
  }),
});

/** A thousand entries; whatever waits behind so many is not built yet. */
const pagesLimit = 10;

const query = `query Queue($owner: String!, $name: String!, $branch: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    mergeQueue(branch: $branch) {
      entries(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
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
  const entries = await readEntries(session, subject);
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

/** All entries that have commits. */
async function readEntries(session: Session, { repository: { owner, name }, baseRef }: MergeGroupSubject) {
  const entries: Queued[] = [];
  let after: string | null = null;
  for (let pages = 0; pages < pagesLimit; pages += 1) {
    const given: Readonly<Record<string, unknown>> = { owner, name, branch: baseRef, after };
    const { repository }: z.infer<typeof queueShape> = await askGraphql(session, query, given, queueShape);
    const read = repository.mergeQueue?.entries;
    for (const node of read?.nodes ?? []) {
      if (node === null || node.baseCommit === null || node.headCommit === null || node.pullRequest === null) continue;
      const { number, headRefOid } = node.pullRequest;
      entries.push({ number, headSha: headRefOid, from: node.baseCommit.oid, to: node.headCommit.oid });
    }
    if (read?.pageInfo.hasNextPage !== true) break;
    after = read.pageInfo.endCursor;
  }
  return entries;
}
