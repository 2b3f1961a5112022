import { z } from "zod";
import type { Clock, Enforced, Enforcer, Reverted } from "../../app/ports.ts";
import type { Enforcement } from "../../core/evaluate/enforcement.ts";
import type { PullRequestSubject } from "../../core/subject.ts";
import { type Api, ask, askAll, askGraphql, GitHubFailure, type Session } from "./api.ts";

/** Who armed it is compared by id: GraphQL's `login` of an App differs from REST's. */
const standing = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequest(number: $number) {
      id
      headRefOid
      isInMergeQueue
      autoMergeRequest { enabledBy { ... on User { databaseId } ... on Bot { databaseId } } }
    }
  }
}`;
const disarming = `mutation($id: ID!) { disablePullRequestAutoMerge(input: { pullRequestId: $id }) { pullRequest { id } } }`;
const dequeuing = `mutation($id: ID!) { dequeuePullRequest(input: { id: $id }) { mergeQueueEntry { id } } }`;

const standingShape = z.looseObject({
  repository: z.looseObject({
    databaseId: z.int(),
    pullRequest: z.looseObject({
      id: z.string(),
      headRefOid: z.string(),
      isInMergeQueue: z.boolean(),
      autoMergeRequest: z
        .looseObject({ enabledBy: z.looseObject({ databaseId: z.int().nullish() }).nullable() })
        .nullable(),
    }),
  }),
});
const anything = z.unknown();

/** Acts as the second App, which may merge and therefore may keep from merging. */
export class GitHubEnforcer implements Enforcer {
  readonly #apiFor: (owner: string, signal: AbortSignal) => Promise<Api | null>;
  readonly #clock: Clock;

  /** @param apiFor asks as the enforcer; null where it is not installed on that account */
  constructor(apiFor: (owner: string, signal: AbortSignal) => Promise<Api | null>, clock: Clock) {
    this.#apiFor = apiFor;
    this.#clock = clock;
  }

  /** Reads first: what has changed meanwhile is left to the look that its event leads to. Throws `GitHubFailure` or `RetryLater`. */
  async enforce(
    { repository, number }: PullRequestSubject,
    { headSha, disarm, dequeue }: Enforcement,
    signal: AbortSignal,
  ): Promise<readonly Enforced[]> {
    const api = await this.#apiFor(repository.owner, signal);
    if (api === null) return [];
    const session: Session = { api, signal, clock: this.#clock };
    const { owner, name } = repository;
    const found = (await askGraphql(session, standing, { owner, name, number }, standingShape)).repository;
    const pull = found.pullRequest;
    if (found.databaseId !== repository.id || pull.headRefOid !== headSha) return [];
    const done: Enforced[] = [];
    if (dequeue && pull.isInMergeQueue) {
      await askGraphql(session, dequeuing, { id: pull.id }, anything);
      done.push("dequeued");
    }
    if (disarm !== null && isArmedBy(disarm.armedBy, pull.autoMergeRequest)) {
      await askGraphql(session, disarming, { id: pull.id }, anything);
      done.push("disarmed");
      const said = { owner, repo: name, issue_number: number, body: disarm.comment };
      await ask(session, "POST /repos/{owner}/{repo}/issues/{issue_number}/comments", said, anything);
    }
    return done;
  }

  /**
   * By the mutation behind the button "Revert". Throws `RetryLater`, and `GitHubFailure` where there was no answer.
   * https://docs.github.com/en/graphql/reference/mutations#revertpullrequest
   */
  async revert(
    { repository, number }: PullRequestSubject,
    { title, body, marker }: { readonly title: string; readonly body: string; readonly marker: string },
    signal: AbortSignal,
  ): Promise<Reverted> {
    const api = await this.#apiFor(repository.owner, signal);
    if (api === null) return { kind: "absent" };
    const session: Session = { api, signal, clock: this.#clock };
    const { owner, name } = repository;
    const listed = { owner, repo: name, state: "all", sort: "created", direction: "desc" };
    const { items } = await askAll(session, "GET /repos/{owner}/{repo}/pulls", listed, revertsShape, revertPages);
    const stands = items.find((one) => one.user?.type === "Bot" && one.body?.includes(marker) === true);
    if (stands !== undefined) return { kind: "opened", number: stands.number };
    const found = (await askGraphql(session, merged, { owner, name, number }, mergedShape)).repository;
    if (found.databaseId !== repository.id || !found.pullRequest.merged)
      return { kind: "refused", because: "GitHub does not know the pull request as merged" };
    try {
      const given = { id: found.pullRequest.id, title, body };
      const { revertPullRequest } = await askGraphql(session, reverting, given, revertingShape);
      return { kind: "opened", number: revertPullRequest.revertPullRequest.number };
    } catch (failed) {
      if (!isAnswer(failed)) throw failed;
      return {
        kind: "refused",
        because:
          "GitHub cannot revert it by itself: later changes stand in the way, or the enforcer lacks a permission",
      };
    }
  }
}

/** An error in GraphQL's words is an answer, and the next one would be the same. */
function isAnswer(failed: unknown): boolean {
  return failed instanceof GitHubFailure && failed.status === null && graphqlError.test(failed.message);
}
const graphqlError = /(?:UNPROCESSABLE|FORBIDDEN|NOT_FOUND): /u;

const revertPages = 3;
const revertsShape = z.array(
  z.looseObject({
    number: z.int(),
    body: z.string().nullish(),
    user: z.looseObject({ type: z.string() }).nullable(),
    head: z.looseObject({ ref: z.string() }),
  }),
);
const mergedShape = z.looseObject({
  repository: z.looseObject({
    databaseId: z.int(),
    pullRequest: z.looseObject({ id: z.string(), merged: z.boolean() }),
  }),
});
const merged = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { databaseId pullRequest(number: $number) { id merged } }
}`;
const reverting = `mutation($id: ID!, $title: String!, $body: String!) {
  revertPullRequest(input: { pullRequestId: $id, title: $title, body: $body, draft: false }) { revertPullRequest { number } }
}`;
const revertingShape = z.looseObject({
  revertPullRequest: z.looseObject({ revertPullRequest: z.looseObject({ number: z.int() }) }),
});

type Arming = z.infer<typeof standingShape>["repository"]["pullRequest"]["autoMergeRequest"];

function isArmedBy(account: (Enforcement["disarm"] & object)["armedBy"], arming: Arming): boolean {
  if (arming === null) return false;
  const id = arming.enabledBy?.databaseId ?? null;
  return account === "unknown" ? id === null : id === account.id;
}
