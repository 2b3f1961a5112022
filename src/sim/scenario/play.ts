import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Step } from "./acts.ts";
import { type Difference, differences } from "./compare.ts";
import { type Deed, perform } from "./perform.ts";
import { StepFailed } from "./step-failed.ts";
import type { Scenario } from "./read.ts";
import { countWrites, see, type Seen, type Theatre } from "./seen.ts";
import { Serving } from "./serving.ts";
import { setStage, type Stage, Unplayable } from "./stage.ts";

/** How a scenario ended. */
export type Outcome =
  | { readonly kind: "held" }
  | {
      readonly kind: "failed";
      readonly step: Step;
      /** From 1. */
      readonly number: number;
      readonly because: readonly Difference[] | string;
      readonly seen: Seen;
      /** What the server logged at `warn` and above, the newest lines. */
      readonly logged: readonly string[];
    };

/** Every step takes a second, as nothing happens at once on GitHub. */
const stepMs = 1_000;
/** Longer than it takes to read the small changes of scenarios: who is faster does not count. */
const readingMs = 180_000;

/** Plays a scenario to its end, or to the first step that does not go as it is written. Throws only where Sallyport's program fails. */
export async function play({ setting, steps }: Scenario): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-scenario-"));
  const stage = await setStage(setting);
  const serving = new Serving(stage, folder);
  try {
    await serving.start();
    if (setting.installed) stage.app.install(stage.acme.account);
    await serving.settle();
    return await playSteps(steps, stage, serving, (step) => perform(step, stage, serving));
  } finally {
    await serving.end();
    await stage.github.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Plays steps where they are told to be; `doStep` does everything but expect. */
export async function playSteps(
  steps: readonly Step[],
  stage: Stage,
  theatre: Theatre,
  doStep: (step: Deed) => Promise<void>,
): Promise<Outcome> {
  let writesBefore = countWrites(stage);
  for (const [index, step] of steps.entries()) {
    const fail = (because: readonly Difference[] | string, seen: Seen): Outcome => {
      return { kind: "failed", step, number: index + 1, because, seen, logged: theatre.logged };
    };
    try {
      if (step.act === "expect") {
        const seen = await see(step.given.expect, stage, theatre, writesBefore);
        const found = differences(step.given.expect, seen);
        if (found.length > 0) return fail(found, seen);
        writesBefore = countWrites(stage);
        continue;
      }
      stage.clock.nowMs += step.act === "approve" ? (step.given.takes ?? readingMs) : stepMs;
      await doStep(step);
      await theatre.settle();
    } catch (error) {
      if (error instanceof StepFailed || error instanceof Unplayable) {
        return fail(error.message, await see({}, stage, theatre, writesBefore));
      }
      throw error;
    }
  }
  return { kind: "held" };
}
