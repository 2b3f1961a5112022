import type { DequeueReason, SimEvent } from "./events.ts";
import { record } from "./issues.ts";
import { checksOn, destroyBuild, failureOf, formGroup, isGreen, queueActor } from "./merge-groups.ts";
import { mergePreview, refusalOf } from "./merging.ts";
import type { Actor, GroupMember, MergeGroup, MergeQueue, PullRequest, QueueEntry, Repository } from "./model.ts";
import { queueRuleOf } from "./protection.ts";
import { markMerged } from "./pulls.ts";
import { Refused } from "./refused.ts";
import { branchSha, moveRef } from "./repositories.ts";
import type { World } from "./world.ts";

/** The merge queue: who is in it, in which order, and what becomes of it. Its groups have a file of their own. */

export interface EnqueueRequest {
  /** To the front of the queue. */
  readonly jump: boolean;
  /** The head the caller has seen. */
  readonly headSha: string | undefined;
}

/** @throws Refused 422 where the branch has no queue, or the pull request is in it, or may not be merged. */
export function enqueue(world: World, pull: PullRequest, request: EnqueueRequest, actor: Actor): QueueEntry {
  const { repository } = pull;
  const refusal = pull.draft ? "Pull request is a draft" : refusalOf(world, pull, actor);
  if (pull.state === "closed" || queueRuleOf(repository, pull.base.ref) === null)
    throw new Refused(422, "Pull request cannot be added to a merge queue");
  if (entryOf(pull) !== undefined) throw new Refused(422, "Pull request is already in the queue");
  if (request.headSha !== undefined && request.headSha !== pull.head.sha)
    throw new Refused(422, "Head branch was modified. Review and try the merge again.");
  if (refusal !== null) throw new Refused(422, refusal);
  if (!mergePreview(pull).clean) throw new Refused(422, "Pull request has merge conflicts");
  const queue = queueOf(repository, pull.base.ref);
  const entry: QueueEntry = {
    id: world.nextId(),
    pull,
    enqueuer: actor.account,
    enqueuedMs: world.now(),
    jump: request.jump,
  };
  change(world, queue, () => {
    if (request.jump) {
      queue.entries.unshift(entry);
      tearDown(world, queue, 0, null);
    } else queue.entries.push(entry);
    record(world, pull, "added_to_merge_queue", actor);
    world.emit({ name: "pull_request", action: "enqueued", pull, actor, more: {} });
  });
  return entry;
}

/** @throws Refused 422 for a pull request that is in no queue. */
export function dequeue(world: World, pull: PullRequest, reason: DequeueReason, actor: Actor): QueueEntry {
  const entry = entryOf(pull);
  if (entry === undefined) throw new Refused(422, "Pull request is not in the merge queue");
  const queue = queueOf(pull.repository, pull.base.ref);
  change(world, queue, () => remove(world, queue, entry, reason, actor));
  return entry;
}

export function entryOf(pull: PullRequest): QueueEntry | undefined {
  return [...pull.repository.queues.values()].flatMap(({ entries }) => entries).find((entry) => entry.pull === pull);
}

/** The commits made for an entry, or undefined while it waits for a group. */
export function memberOf(queue: MergeQueue, entry: QueueEntry): GroupMember | undefined {
  return queue.groups.flatMap(({ members }) => members).find((member) => member.entry === entry);
}

/** GraphQL's word for how far an entry is. */
export function entryState(
  queue: MergeQueue,
  entry: QueueEntry,
): "QUEUED" | "AWAITING_CHECKS" | "MERGEABLE" | "UNMERGEABLE" {
  const member = memberOf(queue, entry);
  if (member === undefined) return "QUEUED";
  const states = { met: "MERGEABLE", waiting: "AWAITING_CHECKS", failing: "UNMERGEABLE" } as const;
  return states[checksOn(queue, member.headSha)];
}

/** Lets everything happen in the queues that only the clock brings about. */
export function tickQueues(world: World): void {
  for (const queue of allQueues(world)) settle(world, queue);
}

/** Keeps the queues in step with checks, pushes and what becomes of their pull requests. */
export function followQueues(world: World): void {
  world.onEvent((event) => {
    const left = leaves(event);
    const entry = left === null ? undefined : entryOf(left.pull);
    if (left !== null && entry !== undefined) {
      const queue = allQueues(world).find(({ entries }) => entries.includes(entry));
      if (queue !== undefined) change(world, queue, () => remove(world, queue, entry, left.reason, queueActor(world)));
    }
    if (event.name === "check_run" || event.name === "status" || event.name === "push" || left !== null)
      tickQueues(world);
  });
}

/** What takes a pull request out of its queue. GitHub's reasons for a push, a draft and a new base are not documented. */
function leaves(event: SimEvent): { readonly pull: PullRequest; readonly reason: DequeueReason } | null {
  if (event.name !== "pull_request") return null;
  const { pull, action } = event;
  if (action === "closed") return { pull, reason: pull.merged === null ? "MANUAL" : "ALREADY_MERGED" };
  const changed =
    action === "synchronize" || action === "converted_to_draft" || event.more.changes?.["base"] !== undefined;
  return changed ? { pull, reason: "UNKNOWN_REMOVAL_REASON" } : null;
}

function allQueues(world: World): MergeQueue[] {
  return [...world.repositories.values()].flatMap(({ queues }) => [...queues.values()]);
}

export function queueOf(repository: Repository, branch: string): MergeQueue {
  const existing = repository.queues.get(branch);
  if (existing !== undefined) return existing;
  const queue: MergeQueue = { repository, branch, entries: [], groups: [], builtOn: "" };
  repository.queues.set(branch, queue);
  return queue;
}

/** Queues that are being changed: the events of a change must not start another in the middle of it. */
const changing = new WeakSet<MergeQueue>();

/** Changes a queue and then does everything that has become due. */
function change(world: World, queue: MergeQueue, act: () => unknown): void {
  if (changing.has(queue)) {
    act();
    return;
  }
  changing.add(queue);
  try {
    act();
    while (step(world, queue));
  } finally {
    changing.delete(queue);
  }
}

function settle(world: World, queue: MergeQueue): void {
  if (!changing.has(queue)) change(world, queue, () => undefined);
}

/** Does the next thing that is due. @returns whether there was one */
function step(world: World, queue: MergeQueue): boolean {
  const rule = queueRuleOf(queue.repository, queue.branch);
  const tip = branchSha(queue.repository, queue.branch);
  if (rule === null || tip === undefined) return clear(world, queue);
  if (queue.groups.length > 0 && queue.builtOn !== tip) return tearDown(world, queue, 0, null);
  for (const group of queue.groups) {
    const failed = failureOf(queue, group, rule, world.now());
    if (failed !== null) return remove(world, queue, failed.entry, failed.reason, queueActor(world));
  }
  const [front] = queue.groups;
  if (front !== undefined && isGreen(queue, front)) return merge(world, queue, front);
  const next = formGroup(world, queue, rule, tip);
  return "conflicting" in next
    ? remove(world, queue, next.conflicting, "MERGE_CONFLICT", queueActor(world))
    : next.formed;
}

function clear(world: World, queue: MergeQueue): boolean {
  const [entry] = queue.entries;
  return entry !== undefined && remove(world, queue, entry, "QUEUE_CLEARED", queueActor(world));
}

/** Takes an entry out; the groups from its own on are built again without it. */
function remove(world: World, queue: MergeQueue, entry: QueueEntry, reason: DequeueReason, actor: Actor): boolean {
  const index = queue.groups.findIndex(({ members }) => members.some((member) => member.entry === entry));
  queue.entries = queue.entries.filter((each) => each !== entry);
  if (index >= 0) tearDown(world, queue, index, entry);
  leave(world, entry.pull, reason, actor);
  return true;
}

function leave(world: World, pull: PullRequest, reason: DequeueReason, actor: Actor): void {
  record(world, pull, "removed_from_merge_queue", actor, { reason });
  world.emit({ name: "pull_request", action: "dequeued", pull, actor, more: { reason } });
}

/** Gives up the groups from `from` on. @param left the entry on whose account this happens */
function tearDown(world: World, queue: MergeQueue, from: number, left: QueueEntry | null): boolean {
  for (const group of queue.groups.splice(from))
    for (const member of group.members)
      destroyBuild(world, queue, member, member.entry === left ? "dequeued" : "invalidated");
  return true;
}

function merge(world: World, queue: MergeQueue, group: MergeGroup): boolean {
  const { repository, branch } = queue;
  const actor = queueActor(world);
  const head = group.members.at(-1)?.headSha ?? queue.builtOn;
  const merged = new Set(group.members.map(({ entry }) => entry));
  queue.groups.shift();
  queue.entries = queue.entries.filter((entry) => !merged.has(entry));
  queue.builtOn = head;
  for (const { entry, baseSha, headSha } of group.members) {
    leave(world, entry.pull, "MERGE", actor);
    markMerged(world, entry.pull, headSha, actor, baseSha);
  }
  moveRef(world, repository, `refs/heads/${branch}`, head, actor, { kind: "merge_queue_merge" });
  for (const member of group.members) destroyBuild(world, queue, member, "merged");
  return true;
}
