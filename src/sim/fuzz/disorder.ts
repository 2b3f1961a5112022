import { defaultServiceLimits } from "../../compose.ts";
import { checkNameOn } from "../../core/check-name.ts";
import { ownRuns } from "../scenario/own-runs.ts";
import type { Stage } from "../scenario/stage.ts";
import type { PullRequest } from "../state/model.ts";
import { openTheatre, type Theatre, tryStep } from "./theatre.ts";
import { randomFrom, type Random } from "./random.ts";
import type { Phase } from "./phases.ts";
import type { Setting } from "../scenario/setting.ts";

const minuteMs = 60_000;

/**
 * Plays the same phases twice: once with every webhook in its order, each followed before the next step, and once with those of a
 * phase held back, then shuffled, some lost and some doubled. Every phase ends with the resync, so that the same reports stand when
 * people speak: an approval is compared with the report that it was given after, and that is part of what happened, not of how it was
 * told. Returns in which pull requests the two end differently, as sentences.
 */
export async function playDisordered(
  { setting, phases }: { readonly setting: Setting; readonly phases: readonly Phase[] },
  seed: string,
): Promise<readonly string[]> {
  const inOrder = await finalVerdicts({ setting, phases }, null);
  const disordered = await finalVerdicts({ setting, phases }, randomFrom(`${seed} disorder`));
  return [...inOrder.keys()]
    .filter((name) => inOrder.get(name) !== disordered.get(name))
    .map((name) => `${name}: ${inOrder.get(name)} in order, and ${disordered.get(name)} in disorder`);
}

async function finalVerdicts(
  { setting, phases }: { readonly setting: Setting; readonly phases: readonly Phase[] },
  disorder: Random | null,
): Promise<ReadonlyMap<string, string>> {
  const theatre = await openTheatre({ setting });
  const { stage, serving } = theatre;
  try {
    for (const phase of phases) {
      if (disorder !== null) stage.github.deliveries.hold();
      for (const step of phase) {
        await tryStep(step, theatre);
        await serving.settle();
      }
      if (disorder !== null) shuffle(stage, disorder);
      stage.github.deliveries.release();
      await serving.settle();
      await resync(theatre);
    }
    return new Map([...stage.pulls].map(([name, { state }]) => [name, verdictOn(stage, state)]));
  } finally {
    await theatre.end();
  }
}

/** Some are lost and some come twice, in any order. */
function shuffle({ github }: Stage, disorder: Random): void {
  github.deliveries.reorder((waiting) => {
    const kept = waiting.flatMap((_, index) => {
      const times = disorder.weighted({ "0": 2, "1": 4, "2": 1 });
      return Array.from({ length: Number(times) }, () => index);
    });
    return disorder.shuffled(kept);
  });
}

/** Once for those that are known, and once for whoever they point at. A pull request that nothing names is found by the sweep. */
async function resync({ stage, serving }: Theatre): Promise<void> {
  const { resyncMs, sweepMs } = defaultServiceLimits.loop;
  for (const waitMs of [sweepMs + minuteMs, resyncMs + minuteMs]) {
    stage.clock.nowMs += waitMs;
    await serving.settle();
  }
}

/**
 * Once it is closed nothing judges it any more: what blocks already stays as it is, and only a green is taken back. Which of the two was
 * there at the end depends on how late its closing was told.
 */
function verdictOn(stage: Stage, { state, head, base, repository }: PullRequest): string {
  const name = checkNameOn(base.ref, base.ref === repository.defaultBranch);
  const run = ownRuns(stage, head.sha).find((each) => each.name === name);
  if (state === "closed") return `${state}, ${run?.conclusion === "success" ? "green" : "not green"}`;
  return `${state}, ${run?.conclusion ?? run?.status ?? "no run"} (${run?.output?.title ?? ""})`;
}
