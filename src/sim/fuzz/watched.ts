import type { Publication } from "../../app/ports.ts";
import { checkNameOn } from "../../core/check-name.ts";
import type { Step } from "../scenario/acts.ts";
import type { Stage } from "../scenario/stage.ts";
import type { PullRequest } from "../state/model.ts";
import { openPulls } from "../state/pulls.ts";
import { effectiveBase } from "../state/stacks.ts";
import type { Screenplay } from "./screenplay.ts";
import { Staleness } from "./staleness.ts";
import { type Distortion, openTheatre, type Theatre, tryStep } from "./theatre.ts";

/** What one play came to. */
export interface Ending {
  /** The steps that took place: those that GitHub refused, or that made no sense, are left out. */
  readonly played: readonly Step[];
  /** How often GitHub would have merged something, and the oracle was asked. */
  readonly greens: number;
  /** Null: nothing was let through that must not be. */
  readonly wrong: WrongGreen | null;
}

export interface WrongGreen {
  /** The index of the step in the screenplay, and the pull request's head branch. */
  readonly at: number;
  readonly pull: string;
  readonly because: readonly string[];
}

type Found = Omit<WrongGreen, "at"> | null;

/**
 * Plays a screenplay, and asks the oracle after every step, until it is wrong or over.
 * @param distort makes the service wrong on purpose: the oracle is to find it
 */
export async function playWatched(screenplay: Screenplay, distort?: Distortion): Promise<Ending> {
  const poised = new Map<PullRequest, readonly string[]>();
  const queued = new Map<PullRequest, readonly string[]>();
  const theatre = await openTheatre(screenplay, {
    beforePublish: async ({ target, statement }, on) =>
      statement.kind === "merge_group" ? await judgeQueued(target, on, queued) : await judgeArmed(target, on, poised),
    ...(distort === undefined ? {} : { distort }),
  });
  const { stage, serving, oracle, brakes } = theatre;
  const { state } = stage.repository;
  const staleness = new Staleness(stage);
  const played: Step[] = [];
  let greens = 0;
  const firstWrong = async (pulls: readonly PullRequest[]): Promise<Found> => {
    staleness.observe();
    for (const pull of pulls) {
      if (staleness.excuses || serving.memory === null) return null;
      greens += 1;
      const because = await oracle.against(pull, serving.memory);
      if (because.length > 0) return { pull: pull.head.ref, because };
    }
    return null;
  };
  const playStep = async (step: Step): Promise<Found> => {
    const calm = !staleness.excuses;
    const tookPlace = await tryStep(step, theatre);
    if (tookPlace) {
      played.push(step);
      brakes.lift(step, calm && serving.memory !== null);
    }
    const open = openPulls(state);
    const moved = calm ? oracle.permitted().filter((pull) => movedAway(step, pull, stage)) : [];
    const atOnce = await firstWrong(moved);
    if (atOnce !== null) return atOnce;
    poised.clear();
    await serving.settle();
    staleness.observe();
    if (tookPlace && !staleness.excuses && serving.memory !== null) brakes.pull(step);
    const found = await firstWrong(oracle.permitted());
    if (found !== null || staleness.excuses) return found;
    return mergedByItself(open, poised) ?? mergedByItself(open, queued);
  };
  try {
    for (const [at, step] of screenplay.steps.entries()) {
      const found = await playStep(step);
      if (found !== null) return { played, greens, wrong: { at, ...found } };
    }
    return { played, greens, wrong: null };
  } finally {
    await theatre.end();
  }
}

/** What is armed merges in the very request that turns its check green: it is judged before that request is sent. */
async function judgeArmed(
  target: Publication["target"],
  { stage, serving, oracle }: Theatre,
  poised: Map<PullRequest, readonly string[]>,
): Promise<void> {
  for (const pull of openPulls(stage.repository.state)) {
    if (serving.memory === null || pull.autoMerge === null || !isTarget(pull, target)) continue;
    poised.set(pull, await oracle.against(pull, serving.memory));
  }
}

/**
 * A queue merges in the very request that turns the last check of a group green. What was green in it before is not asked again: no
 * event tells of all that may have changed for a pull request that waits in a queue.
 */
async function judgeQueued(
  { headSha }: Publication["target"],
  { serving, oracle }: Theatre,
  queued: Map<PullRequest, readonly string[]>,
): Promise<void> {
  if (serving.memory === null) return;
  for (const [pull, because] of await oracle.againstGroup(headSha, serving.memory)) queued.set(pull, because);
}

function mergedByItself(pulls: readonly PullRequest[], poised: ReadonlyMap<PullRequest, readonly string[]>): Found {
  for (const pull of pulls) {
    const because = poised.get(pull) ?? [];
    if (pull.merged !== null && because.length > 0) {
      return { pull: pull.head.ref, because: ["it merged by itself", ...because] };
    }
  }
  return null;
}

function isTarget(pull: PullRequest, target: Publication["target"]): boolean {
  const base = effectiveBase(pull);
  const name = checkNameOn(base, base === pull.repository.defaultBranch);
  return pull.head.sha === target.headSha && name === target.checkName;
}

/**
 * Whether a step took the pull request to a head or a base where none of its own greens may stand: there is no moment in which it
 * could be merged, also not before the webhook has come. (With another pull request on that very head and base there may be one: theirs.)
 */
function movedAway({ act, given }: Step, pull: PullRequest, stage: Stage): boolean {
  const alone = !openPulls(stage.repository.state).some(
    (other) => other !== pull && other.head.sha === pull.head.sha && effectiveBase(other) === effectiveBase(pull),
  );
  if (!alone) return false;
  if (act === "retarget" || act === "reopen")
    return given.on !== undefined && stage.pulls.get(given.on)?.state === pull;
  const owner = act === "push" ? given.fork : undefined;
  if ((owner ?? "acme") !== pull.head.repository.owner.login) return false;
  if (act === "push") return given.push === pull.head.ref;
  return act === "force_push" && given.force_push === pull.head.ref;
}
