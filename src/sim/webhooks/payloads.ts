import { simpleUser, team } from "../shapes/accounts.ts";
import { installationShape } from "../shapes/apps.ts";
import { checkRunShape, checkSuiteShape } from "../shapes/checks.ts";
import { deploymentShape, deploymentStatusShape, workflowRunShape, workflowShape } from "../shapes/deployments.ts";
import { accountOfMailbox, mergeGroupShape } from "../shapes/git.ts";
import { commentShape, issueShape } from "../shapes/issues.ts";
import { labelShape, pullShape, reviewShape, stackShape } from "../shapes/pulls.ts";
import { protectionRuleShape, rulesetShape } from "../shapes/protection.ts";
import { repositoryShape } from "../shapes/repositories.ts";
import { iso, WEB } from "../shapes/schema.ts";
import { commitsBetween } from "../git-merge.ts";
import { coveredRepositories, grants, installationOn } from "../state/apps.ts";
import type { SimEvent } from "../state/events.ts";
import type { Account, App, Installation, Level, Repository, WorkflowRun } from "../state/model.ts";
import { NO_SHA } from "../state/repositories.ts";
import { fullName, type World } from "../state/world.ts";
import type { Deliveries } from "./deliveries.ts";

/** The permission that an app needs to hear of an event. Events of the installation itself always arrive. */
export const EVENT_PERMISSIONS: Readonly<Record<SimEvent["name"], readonly [name: string, level: Level] | null>> = {
  pull_request: ["pull_requests", "read"],
  pull_request_review: ["pull_requests", "read"],
  issue_comment: ["issues", "read"],
  issues: ["issues", "read"],
  check_run: ["checks", "read"],
  check_suite: ["checks", "read"],
  status: ["statuses", "read"],
  deployment: ["deployments", "read"],
  deployment_status: ["deployments", "read"],
  deployment_protection_rule: ["deployments", "read"],
  workflow_run: ["actions", "read"],
  push: ["contents", "read"],
  membership: ["members", "read"],
  organization: ["members", "read"],
  member: ["members", "read"],
  team: ["members", "read"],
  repository: ["metadata", "read"],
  merge_group: ["merge_queues", "read"],
  repository_ruleset: ["administration", "read"],
  branch_protection_rule: ["administration", "read"],
  installation: null,
  installation_repositories: null,
};

/** Turns every change into webhooks for the apps that are installed, subscribed and permitted. */
export function sendWebhooks(world: World, deliveries: Deliveries): void {
  world.onEvent((event) => {
    for (const installation of recipients(world, event)) {
      const repository = repositoryOf(event);
      const payload = {
        ...payloadOf(world, event),
        ...(repository === null ? {} : { repository: repositoryShape(repository) }),
        ...(repository?.owner.type === "Organization" ? { organization: organizationOf(repository.owner) } : {}),
        sender: simpleUser(event.actor.account),
        installation:
          event.name === "installation" || event.name === "installation_repositories"
            ? installationShape(installation)
            : { id: installation.id },
      };
      deliveries.enqueue({
        app: installation.app,
        event: event.name,
        action: "action" in event ? event.action : null,
        installationId: installation.id,
        repositoryId: repository?.id ?? null,
        body: JSON.stringify(payload),
      });
    }
  });
}

function recipients(world: World, event: SimEvent): Installation[] {
  switch (event.name) {
    case "installation":
    case "installation_repositories":
      return [event.installation];
    case "membership":
      return inOrganization(world, event.team.organization, event);
    case "organization":
      return inOrganization(world, event.organization, event);
    case "check_suite": {
      // A suite belongs to one app, and only that app hears of it.
      const own = installationOn(world, event.suite.app, event.repository);
      return own === undefined || own.suspendedMs !== null ? [] : [own];
    }
    case "deployment_protection_rule": {
      const own = installationOn(world, event.app, event.repository);
      const heard = own !== undefined && own.suspendedMs === null && hears(own.app, own.permissions, event);
      return heard ? [own] : [];
    }
    case "pull_request":
    case "pull_request_review":
    case "issue_comment":
    case "issues":
    case "deployment":
    case "deployment_status":
    case "workflow_run":
    case "check_run":
    case "status":
    case "member":
    case "team":
    case "repository":
    case "repository_ruleset":
    case "branch_protection_rule":
    case "merge_group":
    case "push": {
      const repository = repositoryOf(event);
      return [...world.installations.values()].filter(
        (each) =>
          repository !== null &&
          each.suspendedMs === null &&
          coveredRepositories(world, each).includes(repository) &&
          hears(each.app, each.permissions, event),
      );
    }
  }
}

function inOrganization(world: World, organization: Account, event: SimEvent): Installation[] {
  return [...world.installations.values()].filter(
    (each) => each.account === organization && each.suspendedMs === null && hears(each.app, each.permissions, event),
  );
}

function hears(app: App, permissions: Installation["permissions"], event: SimEvent): boolean {
  const needed = EVENT_PERMISSIONS[event.name];
  if (needed !== null && !grants(permissions, needed[0], needed[1])) return false;
  // Whoever may write checks is subscribed to them without asking; clicks reach the run's own app alone.
  if (event.name === "check_run") {
    const clicked = event.action === "rerequested" || event.action === "requested_action";
    return clicked ? event.run.app === app : grants(permissions, "checks", "write") || app.events.includes("check_run");
  }
  return app.events.includes(event.name);
}

function repositoryOf(event: SimEvent): Repository | null {
  if ("repository" in event) return event.repository;
  if ("thread" in event) return event.thread.repository;
  if ("issue" in event) return event.issue.repository;
  return "pull" in event ? event.pull.repository : null;
}

function payloadOf(world: World, event: SimEvent): Record<string, unknown> {
  switch (event.name) {
    case "pull_request":
      return pullRequestPayload(world, event);
    case "pull_request_review":
      return {
        action: event.action,
        review: { ...reviewShape(world, event.pull, event.review), state: event.review.state.toLowerCase() },
        pull_request: pullShape(world, event.pull),
      };
    case "issue_comment":
      return {
        action: event.action,
        issue: issueShape(world, event.thread),
        comment: commentShape(world, event.thread, event.comment),
      };
    case "issues":
      return {
        action: event.action,
        issue: issueShape(world, event.issue),
        ...(event.more.changes === undefined ? {} : { changes: event.more.changes }),
        ...(event.more.label === undefined ? {} : { label: labelShape(event.issue.repository, event.more.label) }),
        ...(event.more.assignee === undefined ? {} : { assignee: simpleUser(event.more.assignee) }),
      };
    case "check_run":
      return {
        action: event.action,
        check_run: {
          ...checkRunShape(event.repository, event.run),
          check_suite: checkSuiteShape(world, event.repository, event.run.suite),
        },
        ...(event.identifier === null ? {} : { requested_action: { identifier: event.identifier } }),
      };
    case "check_suite":
      return { action: event.action, check_suite: checkSuiteShape(world, event.repository, event.suite) };
    case "status":
      return {
        id: event.status.id,
        sha: event.status.sha,
        name: fullName(event.repository),
        context: event.status.context,
        state: event.status.state,
        description: event.status.description,
        target_url: event.status.targetUrl,
      };
    case "deployment":
      return {
        action: event.action,
        deployment: deploymentShape(event.repository, event.deployment),
        ...actionsPayload(event.repository, event.deployment.workflowRun),
      };
    case "deployment_status":
      return {
        action: event.action,
        deployment_status: deploymentStatusShape(event.repository, event.deployment, event.status),
        deployment: deploymentShape(event.repository, event.deployment),
        ...actionsPayload(event.repository, event.status.workflowRun),
        ...(event.status.workflowRun === null
          ? {}
          : { check_run: checkRunShape(event.repository, event.status.workflowRun.job) }),
      };
    case "deployment_protection_rule": {
      const { run, environment } = event.waiting;
      const path = `/repos/${fullName(event.repository)}/actions/runs/${run.id}/deployment_protection_rule`;
      return {
        action: event.action,
        environment: environment.name,
        event: run.event,
        sha: run.headSha,
        ref: `refs/heads/${run.headBranch ?? ""}`,
        deployment_callback_url: event.callbackUrl ?? `${world.apiUrl}${path}`,
        deployment: null,
        pull_requests: [],
      };
    }
    case "workflow_run":
      return { action: event.action, ...actionsPayload(event.repository, event.run) };
    case "merge_group":
      return {
        action: event.action,
        ...(event.reason === null ? {} : { reason: event.reason }),
        merge_group: mergeGroupShape(event.repository, event.request),
      };
    case "push":
      return pushPayload(world, event);
    case "installation":
      return {
        action: event.action,
        repositories: coveredRepositories(world, event.installation).map(shortRepository),
      };
    case "installation_repositories":
      return {
        action: event.action,
        repository_selection: event.installation.repositories === "all" ? "all" : "selected",
        repositories_added: event.action === "added" ? event.repositories.map(shortRepository) : [],
        repositories_removed: event.action === "removed" ? event.repositories.map(shortRepository) : [],
      };
    case "membership":
      return {
        action: event.action,
        scope: "team",
        member: simpleUser(event.member),
        team: team(event.team),
        organization: organizationOf(event.team.organization),
      };
    case "organization":
      return {
        action: event.action,
        membership: { user: simpleUser(event.member), role: "member", state: "active" },
        organization: organizationOf(event.organization),
      };
    case "member":
      return { action: event.action, member: simpleUser(event.member) };
    case "team":
      return { action: event.action, team: team(event.team) };
    case "repository":
      return { action: event.action };
    case "repository_ruleset":
      return { action: event.action, repository_ruleset: rulesetShape(event.repository, event.protection) };
    case "branch_protection_rule":
      return { action: event.action, rule: protectionRuleShape(event.repository, event.protection) };
  }
}

/** What a webhook says of the run of Actions that caused it; nothing where none did. */
function actionsPayload(repository: Repository, run: WorkflowRun | null): Record<string, unknown> {
  return run === null
    ? {}
    : { workflow: workflowShape(repository, run), workflow_run: workflowRunShape(repository, run) };
}

function pullRequestPayload(world: World, event: Extract<SimEvent, { name: "pull_request" }>): Record<string, unknown> {
  const { pull, more } = event;
  return {
    action: event.action,
    number: pull.number,
    pull_request: pullShape(world, pull),
    ...(event.action === "stacked" ? { stack: stackShape(pull) } : {}),
    ...(more.before === undefined ? {} : { before: more.before }),
    ...(more.after === undefined ? {} : { after: more.after }),
    ...(more.changes === undefined ? {} : { changes: more.changes }),
    ...(more.label === undefined ? {} : { label: labelShape(pull.repository, more.label) }),
    ...(more.assignee === undefined ? {} : { assignee: simpleUser(more.assignee) }),
    ...(more.requestedReviewer === undefined ? {} : { requested_reviewer: simpleUser(more.requestedReviewer) }),
    ...(more.requestedTeam === undefined ? {} : { requested_team: team(more.requestedTeam) }),
    ...(more.reason === undefined ? {} : { reason: more.reason }),
  };
}

/** GitHub lists at most this many commits in one push. */
const PUSH_COMMITS = 2048;

function pushPayload(world: World, event: Extract<SimEvent, { name: "push" }>): Record<string, unknown> {
  const { repository, ref, before, after, forced } = event;
  const { objects } = repository;
  const shas = after === NO_SHA ? [] : before === NO_SHA ? [after] : commitsBetween(objects, before, after);
  const commits = shas.slice(-PUSH_COMMITS).flatMap((sha) => {
    const commit = objects.commit(sha);
    if (commit === undefined) return [];
    const person = (who: typeof commit.author): object => ({
      name: who.name,
      email: who.email,
      username: accountOfMailbox(world, who.email)?.login ?? null,
    });
    const parent = objects.commit(commit.parents[0] ?? "");
    const changed = [...objects.difference(parent?.tree, commit.tree)];
    return {
      id: sha,
      tree_id: commit.tree,
      distinct: true,
      message: commit.message,
      timestamp: iso(commit.committer.dateMs),
      author: person(commit.author),
      committer: person(commit.committer),
      added: changed.filter((each) => each.before === undefined).map(({ path }) => path),
      removed: changed.filter((each) => each.after === undefined).map(({ path }) => path),
      modified: changed.filter((each) => each.before !== undefined && each.after !== undefined).map(({ path }) => path),
    };
  });
  return {
    ref,
    before,
    after,
    created: before === NO_SHA,
    deleted: after === NO_SHA,
    forced,
    base_ref: null,
    compare: `${WEB}/${fullName(repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: event.actor.account.login, email: event.actor.account.email },
  };
}

function organizationOf({ login, id }: Account): object {
  return { login, id, node_id: `O_${id}` };
}

function shortRepository(repository: Repository): object {
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  };
}
