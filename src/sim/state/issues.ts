import type { Account, Actor, App, Comment, IssueEvent, Label, PullRequest, Repository, Team } from "./model.ts";
import { Refused } from "./refused.ts";
import type { World } from "./world.ts";

/** Appends to a pull request's history and touches its time of change. */
export function record(
  world: World,
  pull: PullRequest,
  event: string,
  actor: Actor,
  detail: Readonly<Record<string, unknown>> = {},
  commitSha: string | null = null,
): IssueEvent {
  const entry: IssueEvent = {
    id: world.nextId(),
    event,
    actor: actor.account,
    app: actor.app,
    atMs: world.now(),
    commitSha,
    detail,
  };
  pull.events.push(entry);
  pull.updatedMs = world.now();
  return entry;
}

export function labelOf(world: World, repository: Repository, name: string): Label {
  const existing = repository.labels.get(name.toLowerCase());
  if (existing !== undefined) return existing;
  const label = { id: world.nextId(), name, color: "ededed" };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

export function addLabels(world: World, pull: PullRequest, names: readonly string[], actor: Actor): void {
  for (const name of names) {
    const label = labelOf(world, pull.repository, name);
    if (pull.labels.includes(label)) continue;
    pull.labels.push(label);
    record(world, pull, "labeled", actor, { label: { name: label.name, color: label.color } });
    world.emit({ name: "pull_request", action: "labeled", pull, actor, more: { label } });
  }
}

/** @throws Refused 404 when the label is not there. */
export function removeLabel(world: World, pull: PullRequest, name: string, actor: Actor): void {
  const index = pull.labels.findIndex((label) => label.name.toLowerCase() === name.toLowerCase());
  const [label] = index < 0 ? [] : pull.labels.splice(index, 1);
  if (label === undefined) throw new Refused(404, "Label does not exist");
  record(world, pull, "unlabeled", actor, { label: { name: label.name, color: label.color } });
  world.emit({ name: "pull_request", action: "unlabeled", pull, actor, more: { label } });
}

export function assign(world: World, pull: PullRequest, assignee: Account, actor: Actor): void {
  if (pull.assignees.includes(assignee)) return;
  pull.assignees.push(assignee);
  record(world, pull, "assigned", actor, { assignee: assignee.id });
  world.emit({ name: "pull_request", action: "assigned", pull, actor, more: { assignee } });
}

export function requestReviews(
  world: World,
  pull: PullRequest,
  reviewers: readonly Account[],
  teams: readonly Team[],
  actor: Actor,
): void {
  if (reviewers.some(({ id }) => id === pull.author.id))
    throw new Refused(422, "Review cannot be requested from pull request author.");
  for (const reviewer of reviewers) {
    if (!pull.requestedReviewers.includes(reviewer)) pull.requestedReviewers.push(reviewer);
    record(world, pull, "review_requested", actor, { requested_reviewer: reviewer.id });
    world.emit({
      name: "pull_request",
      action: "review_requested",
      pull,
      actor,
      more: { requestedReviewer: reviewer },
    });
  }
  for (const team of teams) if (!pull.requestedTeams.includes(team)) pull.requestedTeams.push(team);
}

export function addComment(world: World, pull: PullRequest, body: string, actor: Actor): Comment {
  if (body.trim() === "")
    throw new Refused(422, "Validation Failed", [{ resource: "IssueComment", field: "body", code: "missing_field" }]);
  const app: App | null = actor.app;
  const comment: Comment = {
    id: world.nextId(),
    author: actor.account,
    app,
    body,
    createdMs: world.now(),
    updatedMs: world.now(),
  };
  pull.comments.push(comment);
  pull.updatedMs = world.now();
  world.emit({ name: "issue_comment", action: "created", pull, comment, actor });
  return comment;
}

export function editComment(world: World, pull: PullRequest, comment: Comment, body: string, actor: Actor): void {
  comment.body = body;
  comment.updatedMs = world.now();
  world.emit({ name: "issue_comment", action: "edited", pull, comment, actor });
}
