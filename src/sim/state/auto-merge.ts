import type { SimEvent } from "./events.ts";
import { record } from "./issues.ts";
import { enqueue } from "./merge-queue.ts";
import { mergeableState, mergePullRequest } from "./merging.ts";
import type { Actor, MergeMethod, PullRequest } from "./model.ts";
import { queueRuleOf } from "./protection.ts";
import { openPulls } from "./pulls.ts";
import { Refused } from "./refused.ts";
import type { World } from "./world.ts";

/** @throws Refused 422 for a pull request that could be merged at once: GitHub arms only what has to wait. */
export function armAutoMerge(world: World, pull: PullRequest, method: MergeMethod, actor: Actor): void {
  if (pull.stack !== null) throw new Refused(422, "Auto-merge is not supported for stacked pull requests");
  if (mergeableState(world, pull) === "clean") throw new Refused(422, "Pull request Pull request is in clean status");
  pull.autoMerge = { by: actor.account, method, atMs: world.now() };
  record(world, pull, "auto_merge_enabled", actor);
  world.emit({ name: "pull_request", action: "auto_merge_enabled", pull, actor, more: {} });
}

/**
 * Merges what is armed as soon as nothing stands in its way, in the name of who armed it. Looked at after every event
 * that can take the last obstacle away.
 */
export function fireAutoMerge(world: World): void {
  world.onEvent((event) => {
    for (const pull of concerned(event)) if (pull.autoMerge !== null) mergeIfPossible(world, pull, pull.autoMerge);
  });
}

function concerned(event: SimEvent): readonly PullRequest[] {
  switch (event.name) {
    case "check_run":
      return openPulls(event.repository).filter(({ head }) => head.sha === event.run.headSha);
    case "status":
      return openPulls(event.repository).filter(({ head }) => head.sha === event.status.sha);
    case "pull_request":
    case "pull_request_review":
      return event.pull.state === "open" ? [event.pull] : [];
    case "push":
      return openPulls(event.repository).filter(({ base }) => `refs/heads/${base.ref}` === event.ref);
    case "check_suite":
    case "issue_comment":
    case "issues":
    case "deployment":
    case "deployment_status":
    case "deployment_protection_rule":
    case "workflow_run":
    case "installation":
    case "installation_repositories":
    case "member":
    case "membership":
    case "organization":
    case "repository":
    case "merge_group":
    case "repository_ruleset":
    case "branch_protection_rule":
    case "team":
      return [];
  }
}

function mergeIfPossible(world: World, pull: PullRequest, { by, method }: NonNullable<PullRequest["autoMerge"]>): void {
  try {
    if (queueRuleOf(pull.repository, pull.base.ref) !== null) {
      enqueue(world, pull, { jump: false, headSha: undefined }, { account: by, app: null });
      pull.autoMerge = null;
      return;
    }
    mergePullRequest(world, pull, { method, sha: undefined, title: undefined }, { account: by, app: null });
  } catch (error) {
    // Refused means that it waits on; anything else is a fault of the fake.
    if (!(error instanceof Refused)) throw error;
  }
}
