import { z } from "zod";
import type { Clock, Enforced, Enforcer } from "../../app/ports.ts";
import type { Enforcement } from "../../core/evaluate/enforcement.ts";
import type { PullRequestSubject } from "../../core/subject.ts";
import { type Api, ask, askGraphql, type Session } from "./api.ts";

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
}

type Arming = z.infer<typeof standingShape>["repository"]["pullRequest"]["autoMergeRequest"];

function isArmedBy(account: (Enforcement["disarm"] & object)["armedBy"], arming: Arming): boolean {
  if (arming === null) return false;
  const id = arming.enabledBy?.databaseId ?? null;
  return account === "unknown" ? id === null : id === account.id;
}
