import type { Call } from "../http/call.ts";
import { isoOrNull, nodeId, WEB } from "../shapes/schema.ts";
import type { CheckRun, PullRequest, Repository } from "../state/model.ts";
import { protectionsOf } from "../state/protection.ts";
import { Refused } from "../state/refused.ts";
import { effectiveBase } from "../state/stacks.ts";
import { fullName } from "../state/world.ts";
import { repositorySummary } from "./nodes.ts";

interface RequiredArguments {
  readonly pullRequestId?: string | null;
  readonly pullRequestNumber?: number | null;
}

export function checkRunNode(call: Call, repository: Repository, run: CheckRun): object {
  const url = `${WEB}/${fullName(repository)}/runs/${run.id}`;
  return {
    __typename: "CheckRun",
    id: nodeId("CR", run.id),
    databaseId: run.id,
    name: run.name,
    externalId: run.externalId,
    status: run.status.toUpperCase(),
    conclusion: run.conclusion?.toUpperCase() ?? null,
    startedAt: isoOrNull(run.startedMs),
    completedAt: isoOrNull(run.completedMs),
    title: run.output?.title ?? null,
    summary: run.output?.summary ?? null,
    text: run.output?.text ?? null,
    url,
    permalink: url,
    repository: () => repositorySummary(repository),
    isRequired: (args: RequiredArguments) => isRequired(repository, run, pullOf(call, repository, args)),
  };
}

function pullOf(call: Call, repository: Repository, args: RequiredArguments): PullRequest {
  const { pullRequestId, pullRequestNumber } = args;
  call.admit(repository, [{ pull_requests: "read" }], "read");
  const pull = [...repository.pulls.values()].find(
    ({ id, number }) => number === pullRequestNumber || nodeId("PR", id) === pullRequestId,
  );
  if (pull === undefined)
    throw new Refused(404, `Could not resolve to a PullRequest with the number of ${String(pullRequestNumber)}.`);
  return pull;
}

/** Whether a rule of the effective base asks for this run: a pinned one only if it is by the app that is pinned. */
function isRequired(repository: Repository, run: CheckRun, pull: PullRequest): boolean {
  return protectionsOf(repository, effectiveBase(pull))
    .flatMap(({ requiredChecks }) => requiredChecks)
    .some(({ context, app }) => context === run.name && (app === null || app === run.app));
}
