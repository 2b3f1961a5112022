import type { Call } from "../http/call.ts";
import { iso, nodeId, WEB } from "../shapes/schema.ts";
import { entryState, memberOf, queueOf } from "../state/merge-queue.ts";
import type { QueueEntry, Repository } from "../state/model.ts";
import { queueRuleOf } from "../state/protection.ts";
import { fullName } from "../state/world.ts";
import { connection, type PageArguments } from "./connection.ts";
import { accountNode, commitNode, repositorySummary } from "./nodes.ts";
import { pullRequestNode } from "./pull-request.ts";

export function mergeQueueNode(call: Call, repository: Repository, branch: string): object {
  const url = `${WEB}/${fullName(repository)}/queue/${branch}`;
  return {
    __typename: "MergeQueue",
    id: nodeId("MQ", `${repository.id}_${branch}`),
    url,
    resourcePath: url.slice(WEB.length),
    repository: () => repositorySummary(repository),
    configuration: () => configuration(repository, branch),
    entries: (args: PageArguments) =>
      connection(queueOf(repository, branch).entries, args, (entry) => queueEntryNode(call, entry)),
  };
}

function configuration(repository: Repository, branch: string): object | null {
  const rule = queueRuleOf(repository, branch);
  if (rule === null) return null;
  return {
    checkResponseTimeout: rule.checkResponseTimeoutMinutes,
    maximumEntriesToBuild: rule.maxEntriesToBuild,
    maximumEntriesToMerge: rule.maxEntriesToMerge,
    minimumEntriesToMerge: rule.minEntriesToMerge,
    minimumEntriesToMergeWaitTime: rule.minEntriesToMergeWaitMinutes,
    mergeMethod: rule.mergeMethod.toUpperCase(),
    mergingStrategy: rule.groupingStrategy,
  };
}

/** An entry as it stands; one that has just left is shown as it was when it was only queued. */
export function queueEntryNode(call: Call, entry: QueueEntry): object {
  const { pull } = entry;
  const { repository } = pull;
  const queue = queueOf(repository, pull.base.ref);
  const commit = (sha: string | undefined): object | null => {
    const found = sha === undefined ? undefined : repository.objects.commit(sha);
    return found === undefined ? null : commitNode(call, repository, found);
  };
  return {
    __typename: "MergeQueueEntry",
    id: nodeId("MQE", entry.id),
    position: queue.entries.indexOf(entry) + 1,
    state: entryState(queue, entry),
    jump: entry.jump,
    solo: false,
    enqueuedAt: iso(entry.enqueuedMs),
    enqueuer: accountNode(entry.enqueuer),
    estimatedTimeToMerge: null,
    baseCommit: () => commit(memberOf(queue, entry)?.baseSha),
    headCommit: () => commit(memberOf(queue, entry)?.headSha),
    mergeQueue: () => mergeQueueNode(call, repository, pull.base.ref),
    pullRequest: () => pullRequestNode(call, pull),
  };
}
