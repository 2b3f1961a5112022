import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSyntax } from "../../adapters/syntax/load.ts";
import { createMemo } from "../../adapters/syntax/memo.ts";
import type { Evaluator, Publication } from "../../app/ports.ts";
import { checkNameOn } from "../../core/check-name.ts";
import { evaluateBy } from "../../core/evaluate/from-sources.ts";
import type { Tools } from "../../core/syntax.ts";
import { version } from "../../version.ts";
import type { Step } from "../scenario/acts.ts";
import { perform, StepFailed } from "../scenario/perform.ts";
import { Serving } from "../scenario/serving.ts";
import { setStage, type Stage, Unplayable } from "../scenario/stage.ts";
import type { PullRequest } from "../state/model.ts";
import { openPulls } from "../state/pulls.ts";
import { Refused } from "../state/refused.ts";
import { type Oracle, oracleOf } from "./oracle.ts";
import type { Screenplay } from "./screenplay.ts";
import { Staleness } from "./staleness.ts";

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

const stepMs = 1_000;
const readingMs = 180_000;
const memoEntries = 2_000;
/** No connection of this many plays comes near the limit that the real GitHub has for an hour. */
const requestsPerHour = 1_000_000;

let loaded: Promise<Tools> | null = null;

/** The evaluator of this process: to start one for each play would take longer than the play. */
export async function evaluatorTools(): Promise<Tools> {
  loaded ??= loadSyntax().then((syntax) => ({ syntax, memo: createMemo(memoEntries) }));
  return await loaded;
}

/** A service at work on a stage of its own. */
export interface Theatre {
  readonly stage: Stage;
  readonly serving: Serving;
  readonly oracle: Oracle;
  end(): Promise<void>;
}

export async function openTheatre(
  { setting }: Pick<Screenplay, "setting">,
  beforePublish: (publication: Publication, theatre: Theatre) => Promise<void> = async () => {},
): Promise<Theatre> {
  const tools = await evaluatorTools();
  const folder = mkdtempSync(join(inMemory(), "sallyport-fuzz-"));
  const stage = await setStage(setting);
  stage.github.limitRequests(requestsPerHour);
  const pool = () => ({
    evaluate: async (...[facts, policies, nowMs]: Parameters<Evaluator["evaluate"]>) =>
      evaluateBy(facts, policies, tools, nowMs, version),
    close: async () => {},
  });
  const serving = new Serving(stage, folder, {
    pool,
    beforePublish: async (publication) => await beforePublish(publication, theatre),
  });
  await serving.start();
  const installation = stage.app.install(stage.acme.account);
  const theatre: Theatre = {
    stage,
    serving,
    oracle: oracleOf(stage, installation.id, tools),
    end: async () => {
      await serving.end();
      await stage.github.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await serving.settle();
  return theatre;
}

/** A disk that forgets is enough: only the process of the service dies here, never the machine. */
function inMemory(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

/** Does one step where it can be done. @returns whether it took place */
export async function tryStep(step: Step, { stage, serving }: Theatre): Promise<boolean> {
  if (step.act === "expect") return false;
  stage.clock.nowMs += step.act === "approve" ? (step.given.takes ?? readingMs) : stepMs;
  try {
    await perform(step, stage, serving);
    return true;
  } catch (error) {
    if (error instanceof StepFailed || error instanceof Unplayable || error instanceof Refused) return false;
    throw error;
  }
}

/** Plays a screenplay, and asks the oracle after every step, until it is wrong or over. */
export async function playWatched(screenplay: Screenplay): Promise<Ending> {
  const poised = new Map<PullRequest, readonly string[]>();
  const theatre = await openTheatre(screenplay, async ({ target }, { stage, serving, oracle }) => {
    const { memory } = serving;
    for (const pull of openPulls(stage.repository.state)) {
      if (memory === null || pull.autoMerge === null || !isTarget(pull, target)) continue;
      poised.set(pull, await oracle.against(pull, memory));
    }
  });
  const { stage, serving, oracle } = theatre;
  const staleness = new Staleness(stage);
  const played: Step[] = [];
  let greens = 0;
  const wrongAmong = async (pulls: readonly PullRequest[]): Promise<Omit<WrongGreen, "at"> | null> => {
    for (const pull of pulls) {
      if (serving.memory === null) return null;
      greens += 1;
      const because = await oracle.against(pull, serving.memory);
      if (because.length > 0) return { pull: pull.head.ref, because };
    }
    return null;
  };
  try {
    for (const [at, step] of screenplay.steps.entries()) {
      const calm = !staleness.excuses;
      if (await tryStep(step, theatre)) played.push(step);
      const armed = openPulls(stage.repository.state);
      const atOnce = calm ? armed.filter((pull) => movedAway(step, pull, stage)) : [];
      staleness.observe();
      const early = staleness.excuses
        ? null
        : await wrongAmong(oracle.permitted().filter((pull) => atOnce.includes(pull)));
      if (early !== null) return { played, greens, wrong: { at, ...early } };
      poised.clear();
      await serving.settle();
      staleness.observe();
      if (staleness.excuses || serving.memory === null) continue;
      const fired = armed.find((pull) => pull.merged !== null && (poised.get(pull)?.length ?? 0) > 0);
      if (fired !== undefined) {
        const because = ["it merged by itself", ...(poised.get(fired) ?? [])];
        return { played, greens, wrong: { at, pull: fired.head.ref, because } };
      }
      const late = await wrongAmong(oracle.permitted());
      if (late !== null) return { played, greens, wrong: { at, ...late } };
    }
    return { played, greens, wrong: null };
  } finally {
    await theatre.end();
  }
}

function isTarget({ head, base, repository }: PullRequest, target: Publication["target"]): boolean {
  return (
    head.sha === target.headSha && checkNameOn(base.ref, base.ref === repository.defaultBranch) === target.checkName
  );
}

/**
 * Whether a step took the pull request to a head or a base where none of its own greens may stand: there is no moment in which it
 * could be merged, also not before the webhook has come. (With another pull request on that very head and base there may be one: theirs.)
 */
function movedAway({ act, given }: Step, pull: PullRequest, stage: Stage): boolean {
  const alone = !openPulls(stage.repository.state).some(
    (other) => other !== pull && other.head.sha === pull.head.sha && other.base.ref === pull.base.ref,
  );
  if (!alone) return false;
  switch (act) {
    case "retarget":
    case "reopen":
      return given.on !== undefined && stage.pulls.get(given.on)?.state === pull;
    case "push":
      return given.push === pull.head.ref;
    case "force_push":
      return given.force_push === pull.head.ref;
    default:
      return false;
  }
}
