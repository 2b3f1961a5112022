import { commitsBetween } from "../git-merge.ts";
import { atLeast, roleOn } from "./accounts.ts";
import { addLabels, assign, record } from "./issues.ts";
import type { Actor, PullRequest, Repository } from "./model.ts";
import { notFound, Refused, unprocessable } from "./refused.ts";
import { branchSha, isAncestor } from "./repositories.ts";
import { leaveStack } from "./stacks.ts";
import type { SimEvent } from "./events.ts";
import type { World } from "./world.ts";

export interface NewPullRequest {
  readonly head: { readonly repository: Repository; readonly ref: string };
  readonly base: string;
  readonly title: string;
  readonly body: string | null;
  readonly draft: boolean;
}

/** @throws Refused 422 for unknown branches, a pull request that exists, or nothing to merge. */
export function openPullRequest(
  world: World,
  repository: Repository,
  input: NewPullRequest,
  actor: Actor,
): PullRequest {
  const headSha = branchSha(input.head.repository, input.head.ref);
  const baseSha = branchSha(repository, input.base);
  if (headSha === undefined)
    throw new Refused(422, "Validation Failed", [{ resource: "PullRequest", field: "head", code: "invalid" }]);
  if (baseSha === undefined)
    throw new Refused(422, "Validation Failed", [{ resource: "PullRequest", field: "base", code: "invalid" }]);
  const label = `${input.head.repository.owner.login}:${input.head.ref}`;
  const open = openPulls(repository).find(
    (pull) =>
      pull.head.repository === input.head.repository &&
      pull.head.ref === input.head.ref &&
      pull.base.ref === input.base,
  );
  if (open !== undefined) throw unprocessable("PullRequest", "head", `A pull request already exists for ${label}.`);
  if (commitsBetween(repository.objects, baseSha, headSha).length === 0)
    throw unprocessable("PullRequest", "head", `No commits between ${input.base} and ${label}`);
  const now = world.now();
  const pull: PullRequest = {
    id: world.nextId(),
    number: repository.nextNumber,
    repository,
    author: actor.account,
    app: actor.app,
    head: { repository: input.head.repository, ref: input.head.ref, sha: headSha },
    base: { ref: input.base, sha: baseSha },
    title: input.title,
    body: input.body,
    state: "open",
    draft: input.draft,
    locked: false,
    createdMs: now,
    updatedMs: now,
    closedMs: null,
    merged: null,
    autoMerge: null,
    stack: null,
    labels: [],
    assignees: [],
    requestedReviewers: [],
    requestedTeams: [],
    reviews: [],
    comments: [],
    events: [],
  };
  repository.nextNumber += 1;
  repository.pulls.set(pull.number, pull);
  repository.refs.set(`refs/pull/${pull.number}/head`, headSha);
  world.emit({ name: "pull_request", action: "opened", pull, actor, more: {} });
  return pull;
}

/** @throws Refused 404 */
export function pullOf(repository: Repository, number: number): PullRequest {
  const pull = repository.pulls.get(number);
  if (pull === undefined) throw notFound();
  return pull;
}

export function openPulls(repository: Repository): PullRequest[] {
  return [...repository.pulls.values()].filter(({ state }) => state === "open");
}

export interface PullRequestEdit {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly base?: string | undefined;
  readonly state?: "open" | "closed" | undefined;
}

/** Edits words, base and state in one request, as PATCH does; each change has its own event. */
export function editPullRequest(world: World, pull: PullRequest, edit: PullRequestEdit, actor: Actor): void {
  const changes: Record<string, unknown> = {};
  if (edit.title !== undefined && edit.title !== pull.title) {
    changes["title"] = { from: pull.title };
    record(world, pull, "renamed", actor, { rename: { from: pull.title, to: edit.title } });
    pull.title = edit.title;
  }
  if (edit.body !== undefined && edit.body !== pull.body) {
    changes["body"] = { from: pull.body ?? "" };
    pull.body = edit.body;
  }
  if (edit.base !== undefined && edit.base !== pull.base.ref) changes["base"] = retarget(world, pull, edit.base, actor);
  if (Object.keys(changes).length > 0) {
    pull.updatedMs = world.now();
    world.emit({ name: "pull_request", action: "edited", pull, actor, more: { changes } });
  }
  if (edit.state === "closed" && pull.state === "open") close(world, pull, actor);
  if (edit.state === "open" && pull.state === "closed") reopen(world, pull, actor);
}

function retarget(world: World, pull: PullRequest, base: string, actor: Actor): unknown {
  const sha = branchSha(pull.repository, base);
  if (sha === undefined || pull.state === "closed")
    throw new Refused(422, "Validation Failed", [{ resource: "PullRequest", field: "base", code: "invalid" }]);
  const from = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
  leaveStack(world, pull);
  record(world, pull, "base_ref_changed", actor);
  pull.base.ref = base;
  pull.base.sha = sha;
  // GitHub disarms it: the person who armed it chose another base.
  if (pull.autoMerge !== null) disarmAutoMerge(world, pull, actor);
  return from;
}

/** A stacked pull request comes down onto the stack's base when the one below it was merged; it stays in its stack. */
export function comeDown(world: World, pull: PullRequest, base: string, actor: Actor): void {
  const from = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
  record(world, pull, "base_ref_changed", actor);
  pull.base.ref = base;
  pull.base.sha = branchSha(pull.repository, base) ?? pull.base.sha;
  world.emit({ name: "pull_request", action: "edited", pull, actor, more: { changes: { base: from } } });
}

function close(world: World, pull: PullRequest, actor: Actor): void {
  pull.state = "closed";
  pull.closedMs = world.now();
  pull.autoMerge = null;
  record(world, pull, "closed", actor);
  world.emit({ name: "pull_request", action: "closed", pull, actor, more: {} });
}

/** Closes a pull request whose commits are in its base now, by the merge button or by a push. */
export function markMerged(
  world: World,
  pull: PullRequest,
  sha: string,
  actor: Actor,
  onto: string | null = null,
): void {
  pull.merged = { atMs: world.now(), by: actor.account, sha, onto };
  record(world, pull, "merged", actor, {}, sha);
  close(world, pull, actor);
}

function reopen(world: World, pull: PullRequest, actor: Actor): void {
  const head = branchSha(pull.head.repository, pull.head.ref);
  const base = branchSha(pull.repository, pull.base.ref);
  if (pull.merged !== null || head === undefined || base === undefined)
    throw unprocessable(
      "PullRequest",
      "state",
      "state cannot be changed. The head or base branch is gone, or the pull request was merged.",
    );
  // GitHub refuses to reopen over a rewritten branch: its commits would no longer be the ones that were closed.
  if (!isAncestor(pull.repository, pull.head.sha, head))
    throw unprocessable(
      "PullRequest",
      "state",
      `state cannot be changed. The ${pull.head.ref} branch was force-pushed or recreated.`,
    );
  pull.state = "open";
  pull.closedMs = null;
  pull.base.sha = base;
  setHead(pull, head);
  record(world, pull, "reopened", actor);
  world.emit({ name: "pull_request", action: "reopened", pull, actor, more: {} });
}

export function setDraft(world: World, pull: PullRequest, draft: boolean, actor: Actor): void {
  if (pull.draft === draft) return;
  pull.draft = draft;
  record(world, pull, draft ? "convert_to_draft" : "ready_for_review", actor);
  world.emit({
    name: "pull_request",
    action: draft ? "converted_to_draft" : "ready_for_review",
    pull,
    actor,
    more: {},
  });
}

/** Moves open pull requests after a push to their head branch, and closes those whose head or base branch went away. */
export function followPushes(world: World): void {
  world.onEvent((event) => {
    if (event.name === "push") follow(world, event);
  });
}

function follow(world: World, push: Extract<SimEvent, { name: "push" }>): void {
  const branch = push.ref.replace(/^refs\/heads\//, "");
  for (const repository of world.repositories.values())
    for (const pull of openPulls(repository)) {
      const fromHere = pull.head.repository === push.repository && `refs/heads/${pull.head.ref}` === push.ref;
      const ontoHere = repository === push.repository && pull.base.ref === branch;
      const gone = branchSha(push.repository, branch) === undefined;
      if (gone && (fromHere || ontoHere)) close(world, pull, push.actor);
      else if (ontoHere && isAncestor(repository, pull.head.sha, push.after))
        markMerged(world, pull, pull.head.sha, push.actor);
      else if (fromHere && isAncestor(repository, push.after, branchSha(repository, pull.base.ref) ?? pull.base.sha))
        // A push that leaves nothing to merge closes it, and the head stays what it was.
        close(world, pull, push.actor);
      else if (fromHere) synchronize(world, pull, push.after, push.forced, push.actor);
    }
}

function synchronize(world: World, pull: PullRequest, after: string, forced: boolean, actor: Actor): void {
  const before = pull.head.sha;
  setHead(pull, after);
  pull.base.sha = branchSha(pull.repository, pull.base.ref) ?? pull.base.sha;
  pull.updatedMs = world.now();
  if (pull.autoMerge !== null && !atLeast(roleOn(world, pull.repository, actor.account), "write"))
    disarmAutoMerge(world, pull, actor);
  if (forced) record(world, pull, "head_ref_force_pushed", actor, {}, after);
  world.emit({ name: "pull_request", action: "synchronize", pull, actor, more: { before, after } });
}

function setHead(pull: PullRequest, sha: string): void {
  pull.head.sha = sha;
  pull.repository.refs.set(`refs/pull/${pull.number}/head`, sha);
}

/** @throws Refused 422 when it is not armed */
export function disarmAutoMerge(world: World, pull: PullRequest, actor: Actor): void {
  if (pull.autoMerge === null) throw new Refused(422, "Pull request Auto merge is not enabled");
  pull.autoMerge = null;
  record(world, pull, "auto_merge_disabled", actor);
  world.emit({ name: "pull_request", action: "auto_merge_disabled", pull, actor, more: {} });
}

/** What happens when a person hands a task to a vendor's agent: the agent's pull request, assigned and attested. */
export function startAgentWork(world: World, pull: PullRequest, invoker: Actor, labels: readonly string[]): void {
  record(world, pull, "copilot_work_started", invoker);
  assign(world, pull, invoker.account, { account: pull.author, app: null });
  addLabels(world, pull, labels, { account: pull.author, app: null });
}
