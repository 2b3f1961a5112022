import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSyntax } from "../../adapters/syntax/load.ts";
import { createMemo } from "../../adapters/syntax/memo.ts";
import type { Evaluator, Publication } from "../../app/ports.ts";
import { evaluateBy } from "../../core/evaluate/from-sources.ts";
import type { Facts } from "../../core/facts.ts";
import type { Tools } from "../../core/syntax.ts";
import { program } from "../../version.ts";
import type { Step } from "../scenario/acts.ts";
import { perform } from "../scenario/perform.ts";
import { StepFailed } from "../scenario/step-failed.ts";
import { Serving } from "../scenario/serving.ts";
import { setStage, type Stage, Unplayable } from "../scenario/stage.ts";
import { Refused } from "../state/refused.ts";
import { Brakes } from "./brakes.ts";
import { type Oracle, oracleOf } from "./oracle.ts";
import type { Screenplay } from "./screenplay.ts";

const stepMs = 1_000;
const readingMs = 180_000;
const memoEntries = 2_000;
/** The clock of a play stands nearly still, so an hour's limit would end it: what a limit leads to is for the scenarios. */
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
  readonly brakes: Brakes;
  end(): Promise<void>;
}

export interface TheatreOptions {
  /** Awaited before the service sends anything about a head. */
  readonly beforePublish?: (publication: Publication, theatre: Theatre) => Promise<void>;
  /** What the service takes for the facts, where it is to be wrong: the oracle never sees these. */
  readonly distort?: Distortion;
}

export type Distortion = (facts: Facts) => Facts;

export async function openTheatre(
  { setting }: Pick<Screenplay, "setting">,
  { beforePublish, distort = (facts) => facts }: TheatreOptions = {},
): Promise<Theatre> {
  const tools = await evaluatorTools();
  const folder = mkdtempSync(join(inMemory(), "sallyport-fuzz-"));
  const stage = await setStage(setting);
  stage.github.limitRequests(requestsPerHour);
  const pool = () => ({
    evaluate: async (...[facts, policies, nowMs]: Parameters<Evaluator["evaluate"]>) =>
      evaluateBy(distort(facts), policies, tools, nowMs, program),
    close: async () => {},
  });
  const serving = new Serving(stage, folder, {
    pool,
    beforePublish: async (publication) => await beforePublish?.(publication, theatre),
  });
  await serving.start();
  const installation = stage.app.install(stage.acme.account);
  const brakes = new Brakes(stage);
  const theatre: Theatre = {
    stage,
    serving,
    brakes,
    oracle: oracleOf(stage, installation.id, tools, brakes),
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
