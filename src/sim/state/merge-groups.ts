import type { DequeueReason } from "./events.ts";
import { mergeOnto, writeMerge } from "./merging.ts";
import type { Actor, GroupMember, MergeGroup, MergeQueue, QueueEntry, QueueRule } from "./model.ts";
import { checkState, protectionsOf } from "./protection.ts";
import { Refused } from "./refused.ts";
import { moveRef, QUEUE_BRANCHES } from "./repositories.ts";
import type { World } from "./world.ts";

/**
 * The groups of a merge queue, of at least `minEntriesToMerge` (fewer once the wait is over). With ALLGREEN
 * every entry of a group has a branch of its own and checks are asked for on each; with HEADGREEN there is one branch
 * and one request for the whole group, which names its last pull request only: what GitHub sends there is not
 * documented, and this asks most of whoever answers. There a failing answer takes out the pull request that the
 * request names, and the rest is built anew.
 */

const MINUTE_MS = 60_000;
const MERGE_QUEUE_BOT = "github-merge-queue[bot]";

/** GitHub's own account, in whose name a queue merges. */
export function queueActor(world: World): Actor {
  return { account: world.account(MERGE_QUEUE_BOT), app: null };
}

function asked(group: MergeGroup): GroupMember[] {
  return group.members.filter(({ request }) => request !== null);
}

/** Whether every commit that counts passes. */
export function isGreen(queue: MergeQueue, group: MergeGroup): boolean {
  return asked(group).every(({ headSha }) => checksOn(queue, headSha) === "met");
}

/** The member to leave: the one whose own commit failed, or got no answer in time. */
export function failureOf(
  queue: MergeQueue,
  group: MergeGroup,
  rule: QueueRule,
  now: number,
): { readonly entry: QueueEntry; readonly reason: DequeueReason } | null {
  const late = now >= group.requestedMs + rule.checkResponseTimeoutMinutes * MINUTE_MS;
  for (const { entry, headSha } of asked(group)) {
    const state = checksOn(queue, headSha);
    if (state === "failing") return { entry, reason: "CI_FAILURE" };
    if (state === "waiting" && late) return { entry, reason: "CI_TIMEOUT" };
  }
  return null;
}

/** How the checks that the branch requires stand on a commit, taken together. */
export function checksOn(queue: MergeQueue, sha: string): "met" | "waiting" | "failing" {
  const states = protectionsOf(queue.repository, queue.branch)
    .flatMap(({ requiredChecks }) => requiredChecks)
    .map((required) => checkState(queue.repository, sha, required).state);
  if (states.includes("failing")) return "failing";
  return states.includes("waiting") ? "waiting" : "met";
}

/** Forms the next group where enough entries wait, or have waited long enough. */
export function formGroup(
  world: World,
  queue: MergeQueue,
  rule: QueueRule,
  tip: string,
): { readonly formed: boolean } | { readonly conflicting: QueueEntry } {
  const built = queue.groups.flatMap(({ members }) => members).length;
  const room = Math.min(rule.maxEntriesToMerge, rule.maxEntriesToBuild - built);
  const waiting = queue.entries.slice(built).slice(0, Math.max(0, room));
  const [oldest] = waiting;
  const waited = (since: number): boolean => world.now() >= since + rule.minEntriesToMergeWaitMinutes * MINUTE_MS;
  if (oldest === undefined || (waiting.length < rule.minEntriesToMerge && !waited(oldest.enqueuedMs)))
    return { formed: false };
  const members: GroupMember[] = [];
  const base = queue.groups.at(-1)?.members.at(-1)?.headSha ?? tip;
  let onto = base;
  for (const entry of waiting) {
    const headSha = commitFor(world, queue, rule, entry, onto);
    if (headSha === null) return { conflicting: entry };
    const isHead = entry === waiting.at(-1);
    const baseSha = rule.groupingStrategy === "ALLGREEN" ? onto : base;
    const ref = `refs/heads/${QUEUE_BRANCHES}${queue.branch}/pr-${entry.pull.number}-${baseSha}`;
    const request = { ref, baseRef: `refs/heads/${queue.branch}`, baseSha, headSha };
    const isAsked = rule.groupingStrategy === "ALLGREEN" || isHead;
    members.push({ entry, baseSha: onto, headSha, request: isAsked ? request : null });
    onto = headSha;
  }
  queue.builtOn = tip;
  queue.groups.push({ members, requestedMs: world.now() });
  announce(world, queue, members);
  return { formed: true };
}

/** The commit that merging an entry onto another gives; null where it conflicts. */
function commitFor(
  world: World,
  queue: MergeQueue,
  { mergeMethod }: QueueRule,
  { pull, enqueuer }: QueueEntry,
  onto: string,
): string | null {
  const result = mergeOnto(pull, onto);
  if (!result.clean) return null;
  try {
    return writeMerge(world, pull, { method: mergeMethod, title: undefined }, { onto, tree: result.tree }, enqueuer);
  } catch (error) {
    // A rebase can conflict commit by commit where the whole does not.
    if (error instanceof Refused) return null;
    throw error;
  }
}

function announce(world: World, { repository }: MergeQueue, members: readonly GroupMember[]): void {
  const actor = queueActor(world);
  for (const { request } of members) {
    if (request === null) continue;
    moveRef(world, repository, request.ref, request.headSha, actor, { byGitHub: true });
    world.emit({ name: "merge_group", action: "checks_requested", repository, request, reason: null, actor });
  }
}

/** Tells that a request for checks is over, and deletes its branch. */
export function destroyBuild(
  world: World,
  { repository }: MergeQueue,
  { request }: GroupMember,
  reason: "merged" | "invalidated" | "dequeued",
): void {
  if (request === null) return;
  const actor = queueActor(world);
  world.emit({ name: "merge_group", action: "destroyed", repository, request, reason, actor });
  moveRef(world, repository, request.ref, null, actor, { byGitHub: true });
}
