import type { Actor, PullRequest, Repository, Stack } from "./model.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

/** Stacked pull requests, a public preview: what its documentation leaves open is decided here as each function says. */

/** The branch whose rules a pull request is held to. */
export function effectiveBase(pull: PullRequest): string {
  return pull.stack?.base ?? pull.base.ref;
}

/**
 * Stacks pull requests, given from the bottom to the top. Armed ones are refused: auto-merge knows no stacks.
 * @throws Refused 422 unless each is open, in no stack, and onto the branch of the one below
 */
export function stackPulls(world: World, repository: Repository, pulls: readonly PullRequest[], actor: Actor): Stack {
  const [bottom] = pulls;
  if (bottom === undefined || pulls.length < 2) throw new Refused(422, "A stack needs at least two pull requests");
  for (const [index, pull] of pulls.entries()) {
    const below = pulls[index - 1];
    if (pull.state === "closed" || pull.stack !== null || pull.autoMerge !== null)
      throw new Refused(422, `Pull request #${pull.number} cannot be stacked`);
    if (below !== undefined && (pull.base.ref !== below.head.ref || below.head.repository !== repository))
      throw new Refused(422, `The base of pull request #${pull.number} is not the head of #${below.number}`);
  }
  const stack: Stack = {
    id: world.nextId(),
    number: repository.stacks.length + 1,
    base: bottom.base.ref,
    pulls: [...pulls],
    createdMs: world.now(),
  };
  repository.stacks.push(stack);
  for (const pull of pulls) {
    pull.stack = stack;
    pull.updatedMs = world.now();
    world.emit({ name: "pull_request", action: "stacked", pull, actor, more: {} });
  }
  return stack;
}

/** @throws Refused 404 */
export function stackOf(repository: Repository, number: number): Stack {
  const stack = repository.stacks.find((each) => each.number === number);
  if (stack === undefined) throw notFound();
  return stack;
}

/** Takes what is not merged out of a stack. GitHub names no event for it, so none is told. */
export function unstack(world: World, stack: Stack): void {
  for (const pull of stack.pulls.filter(({ merged }) => merged === null)) leaveStack(world, pull);
}

/** A pull request onto another base than the one below it is no longer part; what is above it stays on top of it. */
export function leaveStack(world: World, pull: PullRequest): void {
  if (pull.stack === null) return;
  pull.stack.pulls.splice(pull.stack.pulls.indexOf(pull), 1);
  pull.stack = null;
  pull.updatedMs = world.now();
}

/**
 * The pull requests that merging this one merges before it, from the bottom up.
 * @throws Refused 405 where one of them was closed without a merge: its commits would come along unseen.
 */
export function openBelow(pull: PullRequest): PullRequest[] {
  const { stack } = pull;
  const below = stack === null ? [] : stack.pulls.slice(0, stack.pulls.indexOf(pull));
  const dropped = below.find(({ state, merged }) => state === "closed" && merged === null);
  if (dropped !== undefined) throw new Refused(405, `Pull request #${dropped.number} below is closed`);
  return below.filter(({ state }) => state === "open");
}

/** What stands directly above a pull request and waits for it. */
export function nextAbove(pull: PullRequest): PullRequest | undefined {
  const { stack } = pull;
  return stack?.pulls.slice(stack.pulls.indexOf(pull) + 1).find(({ state }) => state === "open");
}

/** Whether something open stands below, so that merging this one is not merging it alone. */
export function hasOpenBelow(pull: PullRequest): boolean {
  const { stack } = pull;
  return stack !== null && stack.pulls.slice(0, stack.pulls.indexOf(pull)).some(({ state }) => state === "open");
}
