import { atLeast, roleOn, teamRole } from "./accounts.ts";
import type {
  Account,
  Actor,
  Comment,
  Issue,
  IssueEvent,
  Label,
  PullRequest,
  Reaction,
  Repository,
  Team,
  Thread,
} from "./model.ts";
import type { PullRequestMore } from "./events.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

/** Appends to a pull request's or an issue's history and touches its time of change. */
export function record(
  world: World,
  thread: Thread,
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
  thread.events.push(entry);
  thread.updatedMs = world.now();
  return entry;
}

/** Tells of a change under the name that the thread's kind has. */
function tell(
  world: World,
  thread: Thread,
  action: string,
  actor: Actor,
  more: Pick<PullRequestMore, "label" | "assignee" | "changes">,
): void {
  if ("head" in thread) world.emit({ name: "pull_request", action, pull: thread, actor, more });
  else world.emit({ name: "issues", action, issue: thread, actor, more });
}

/** @throws Refused 404 */
export function threadOf(repository: Repository, number: number): Thread {
  const thread = repository.pulls.get(number) ?? repository.issues.get(number);
  if (thread === undefined) throw notFound();
  return thread;
}

export interface NewIssue {
  readonly title: string;
  readonly body: string | null;
  readonly labels: readonly string[];
}

export function openIssue(world: World, repository: Repository, input: NewIssue, actor: Actor): Issue {
  const now = world.now();
  const issue: Issue = {
    id: world.nextId(),
    number: repository.nextNumber,
    repository,
    author: actor.account,
    app: actor.app,
    title: input.title,
    body: input.body,
    state: "open",
    locked: false,
    createdMs: now,
    updatedMs: now,
    closedMs: null,
    labels: [],
    assignees: [],
    comments: [],
    events: [],
  };
  repository.nextNumber += 1;
  repository.issues.set(issue.number, issue);
  tell(world, issue, "opened", actor, {});
  addLabels(world, issue, input.labels, actor);
  return issue;
}

export interface IssueEdit {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: "open" | "closed" | undefined;
}

export function editIssue(world: World, issue: Issue, edit: IssueEdit, actor: Actor): void {
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== issue.title) changes["title"] = { from: issue.title };
  if (edit.body !== undefined && edit.body !== issue.body) changes["body"] = { from: issue.body ?? "" };
  issue.title = edit.title ?? issue.title;
  issue.body = edit.body === undefined ? issue.body : edit.body;
  if (Object.keys(changes).length > 0) tell(world, issue, "edited", actor, { changes });
  if (edit.state === undefined || edit.state === issue.state) return;
  issue.state = edit.state;
  issue.closedMs = edit.state === "closed" ? world.now() : null;
  const action = edit.state === "closed" ? "closed" : "reopened";
  record(world, issue, action, actor);
  tell(world, issue, action, actor, {});
}

export function labelOf(world: World, repository: Repository, name: string): Label {
  const existing = repository.labels.get(name.toLowerCase());
  if (existing !== undefined) return existing;
  const label = { id: world.nextId(), name, color: "ededed" };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

export function addLabels(world: World, thread: Thread, names: readonly string[], actor: Actor): void {
  for (const name of names) {
    const label = labelOf(world, thread.repository, name);
    if (thread.labels.includes(label)) continue;
    thread.labels.push(label);
    record(world, thread, "labeled", actor, { label: { name: label.name, color: label.color } });
    tell(world, thread, "labeled", actor, { label });
  }
}

/** @throws Refused 404 when the label is not there. */
export function removeLabel(world: World, thread: Thread, name: string, actor: Actor): void {
  const index = thread.labels.findIndex((label) => label.name.toLowerCase() === name.toLowerCase());
  const [label] = index < 0 ? [] : thread.labels.splice(index, 1);
  if (label === undefined) throw new Refused(404, "Label does not exist");
  record(world, thread, "unlabeled", actor, { label: { name: label.name, color: label.color } });
  tell(world, thread, "unlabeled", actor, { label });
}

export function assign(world: World, thread: Thread, assignee: Account, actor: Actor): void {
  if (thread.assignees.includes(assignee)) return;
  thread.assignees.push(assignee);
  record(world, thread, "assigned", actor, { assignee: assignee.id });
  tell(world, thread, "assigned", actor, { assignee });
}

/** @throws Refused 422 for the author, and for people and teams that cannot read the repository */
export function requestReviews(
  world: World,
  pull: PullRequest,
  reviewers: readonly Account[],
  teams: readonly Team[],
  actor: Actor,
): void {
  if (reviewers.some(({ id }) => id === pull.author.id))
    throw new Refused(422, "Review cannot be requested from pull request author.");
  const stranger =
    reviewers.some((each) => each.type === "User" && roleOn(world, pull.repository, each) === null) ||
    teams.some(({ id }) => !pull.repository.teams.has(id));
  if (stranger)
    throw new Refused(
      422,
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
    );
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
  for (const team of teams) {
    if (!pull.requestedTeams.includes(team)) pull.requestedTeams.push(team);
    record(world, pull, "review_requested", actor, { requested_team: { id: team.id, slug: team.slug } });
    world.emit({ name: "pull_request", action: "review_requested", pull, actor, more: { requestedTeam: team } });
  }
}

/** Takes requests back; whoever was not asked is passed over. */
export function unrequestReviews(
  world: World,
  pull: PullRequest,
  reviewers: readonly Account[],
  teams: readonly Team[],
  actor: Actor,
): void {
  for (const reviewer of reviewers) {
    const index = pull.requestedReviewers.indexOf(reviewer);
    if (index < 0) continue;
    pull.requestedReviewers.splice(index, 1);
    record(world, pull, "review_request_removed", actor, { requested_reviewer: reviewer.id });
    const more = { requestedReviewer: reviewer };
    world.emit({ name: "pull_request", action: "review_request_removed", pull, actor, more });
  }
  for (const team of teams) {
    const index = pull.requestedTeams.indexOf(team);
    if (index < 0) continue;
    pull.requestedTeams.splice(index, 1);
    record(world, pull, "review_request_removed", actor, { requested_team: { id: team.id, slug: team.slug } });
    world.emit({ name: "pull_request", action: "review_request_removed", pull, actor, more: { requestedTeam: team } });
  }
}

/** A review answers the request to its author and to every team the author is in. */
export function answerRequests(world: World, pull: PullRequest, reviewer: Account): void {
  const index = pull.requestedReviewers.indexOf(reviewer);
  if (index >= 0) pull.requestedReviewers.splice(index, 1);
  const open = pull.requestedTeams.filter((team) => teamRole(world, team, reviewer) === null);
  pull.requestedTeams.splice(0, pull.requestedTeams.length, ...open);
}

export function addComment(world: World, thread: Thread, body: string, actor: Actor): Comment {
  if (body.trim() === "")
    throw new Refused(422, "Validation Failed", [{ resource: "IssueComment", field: "body", code: "missing_field" }]);
  const comment: Comment = {
    id: world.nextId(),
    author: actor.account,
    app: actor.app,
    body,
    createdMs: world.now(),
    updatedMs: world.now(),
    editedMs: null,
    reactions: [],
  };
  thread.comments.push(comment);
  thread.updatedMs = world.now();
  world.emit({ name: "issue_comment", action: "created", thread, comment, actor });
  return comment;
}

export function editComment(world: World, thread: Thread, comment: Comment, body: string, actor: Actor): void {
  comment.body = body;
  comment.updatedMs = world.now();
  comment.editedMs = world.now();
  world.emit({ name: "issue_comment", action: "edited", thread, comment, actor });
}

/** @throws Refused 404 */
export function commentOf(repository: Repository, id: number): { readonly thread: Thread; readonly comment: Comment } {
  for (const thread of [...repository.pulls.values(), ...repository.issues.values()]) {
    const comment = thread.comments.find((each) => each.id === id);
    if (comment !== undefined) return { thread, comment };
  }
  throw notFound();
}

/** @throws Refused 403 for a person who neither wrote the comment nor may write to the repository */
export function refuseForeignComment(world: World, thread: Thread, comment: Comment, actor: Actor): void {
  const writes = actor.app !== null || atLeast(roleOn(world, thread.repository, actor.account), "write");
  if (!writes && comment.author !== actor.account) throw new Refused(403, "Must have admin rights to Repository.");
}

export function deleteComment(world: World, thread: Thread, comment: Comment, actor: Actor): void {
  thread.comments.splice(thread.comments.indexOf(comment), 1);
  world.emit({ name: "issue_comment", action: "deleted", thread, comment, actor });
}

/** Reacts once with each content, as GitHub does: a second time gives the first reaction. No webhook tells of it. */
export function react(world: World, comment: Comment, content: Reaction["content"], actor: Actor): Reaction {
  const existing = comment.reactions.find((each) => each.author === actor.account && each.content === content);
  if (existing !== undefined) return existing;
  const reaction: Reaction = { id: world.nextId(), author: actor.account, content, createdMs: world.now() };
  comment.reactions.push(reaction);
  return reaction;
}
