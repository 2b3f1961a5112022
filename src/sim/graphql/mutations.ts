import { actorOf } from "../http/access.ts";
import type { Call } from "../http/call.ts";
import { armAutoMerge } from "../state/auto-merge.ts";
import { dequeue, enqueue } from "../state/merge-queue.ts";
import type { Actor, MergeMethod, Permissions, PullRequest } from "../state/model.ts";
import { disarmAutoMerge, setDraft } from "../state/pulls.ts";
import { revertPullRequest } from "../state/reverts.ts";
import { Refused } from "../state/refused.ts";
import { queueEntryNode } from "./merge-queue.ts";
import { accountNode } from "./nodes.ts";
import { pullRequestNode } from "./pull-request.ts";
import { findPull } from "./query.ts";

interface PullInput {
  readonly pullRequestId: string;
  readonly clientMutationId?: string | null;
}
interface EnableInput extends PullInput {
  readonly mergeMethod?: string | null;
  readonly expectedHeadOid?: string | null;
}

interface EnqueueInput extends PullInput {
  readonly expectedHeadOid?: string | null;
  readonly jump?: boolean | null;
}
interface RevertInput extends PullInput {
  readonly title?: string | null;
  readonly body?: string | null;
  readonly draft?: boolean | null;
}
interface DequeueInput {
  readonly id: string;
  readonly clientMutationId?: string | null;
}

const METHODS: Readonly<Record<string, MergeMethod>> = { MERGE: "merge", SQUASH: "squash", REBASE: "rebase" };

const MERGES: Permissions = { contents: "write", pull_requests: "write" };
/** Dequeuing is not documented to need as much as enqueuing; it is asked for here. */
const QUEUES: Permissions = { ...MERGES, merge_queues: "write" };

/** The mutations that the fake carries out. All of them take more than permission to write pull requests: they can merge. */
export function mutationRoot(call: Call): object {
  const reach = (id: string, permissions: Permissions): { readonly pull: PullRequest; readonly actor: Actor } => {
    const pull = findPull(call, id);
    const actor = actorOf(call.identity);
    if (pull === undefined || actor === null)
      throw new Refused(404, `Could not resolve to a node with the global id of '${id}'.`);
    call.admit(pull.repository, [permissions], "write");
    return { pull, actor };
  };
  const onPull = (input: PullInput, act: (pull: PullRequest, actor: Actor) => void): object => {
    const { pull, actor } = reach(input.pullRequestId, MERGES);
    act(pull, actor);
    return {
      clientMutationId: input.clientMutationId ?? null,
      actor: accountNode(actor.account),
      pullRequest: pullRequestNode(call, pull),
    };
  };
  return {
    enablePullRequestAutoMerge: ({ input }: { readonly input: EnableInput }) =>
      onPull(input, (pull, actor) => {
        if (typeof input.expectedHeadOid === "string" && input.expectedHeadOid !== pull.head.sha)
          throw new Refused(422, "Head branch was modified. Review and try the merge again.");
        armAutoMerge(call.world, pull, METHODS[input.mergeMethod ?? "MERGE"] ?? "merge", actor);
      }),
    disablePullRequestAutoMerge: ({ input }: { readonly input: PullInput }) =>
      onPull(input, (pull, actor) => disarmAutoMerge(call.world, pull, actor)),
    convertPullRequestToDraft: ({ input }: { readonly input: PullInput }) =>
      onPull(input, (pull, actor) => setDraft(call.world, pull, true, actor)),
    markPullRequestReadyForReview: ({ input }: { readonly input: PullInput }) =>
      onPull(input, (pull, actor) => setDraft(call.world, pull, false, actor)),
    revertPullRequest: ({ input }: { readonly input: RevertInput }) => {
      const { pull, actor } = reach(input.pullRequestId, MERGES);
      const request = { title: input.title ?? null, body: input.body ?? null, draft: input.draft ?? false };
      const revert = revertPullRequest(call.world, pull, request, actor);
      return {
        clientMutationId: input.clientMutationId ?? null,
        pullRequest: pullRequestNode(call, pull),
        revertPullRequest: pullRequestNode(call, revert),
      };
    },
    enqueuePullRequest: ({ input }: { readonly input: EnqueueInput }) => {
      const { pull, actor } = reach(input.pullRequestId, QUEUES);
      const request = { jump: input.jump ?? false, headSha: input.expectedHeadOid ?? undefined };
      const entry = enqueue(call.world, pull, request, actor);
      return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: queueEntryNode(call, entry) };
    },
    dequeuePullRequest: ({ input }: { readonly input: DequeueInput }) => {
      const { pull, actor } = reach(input.id, QUEUES);
      const entry = dequeue(call.world, pull, "MANUAL", actor);
      return { clientMutationId: input.clientMutationId ?? null, mergeQueueEntry: queueEntryNode(call, entry) };
    },
  };
}
