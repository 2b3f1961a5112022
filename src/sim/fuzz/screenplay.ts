import type { Step } from "../scenario/acts.ts";
import type { Setting } from "../scenario/setting.ts";
import { disturbances } from "./disturbances.ts";
import type { Plot } from "./plot.ts";
import { orders } from "./orders.ts";
import { type Random, randomFrom } from "./random.ts";
import { onGitHub, openOne } from "./scenes.ts";
import { type Queue, shop } from "./shop.ts";
import { queueing, together } from "./together.ts";

/** A setting and what happens in it. Steps that GitHub refuses, or that nothing stands for, are passed over. */
export interface Screenplay {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** @param events how many steps at least */
export function screenplay(seed: string, events: number): Screenplay {
  const random = randomFrom(seed);
  const plot: Plot = { random, pulls: [], commits: [], names: 0 };
  // Half of them without a failure of anything: there, nothing excuses a wrong green.
  const scenes = {
    ...onGitHub,
    ...together,
    ...(random.chance(0.5) ? disturbances : {}),
    ...(random.chance(0.5) ? orders : {}),
  };
  const queue = random.chance(0.3) ? queueIn(random) : null;
  if (queue !== null) Object.assign(scenes, queueing);
  const weights = Object.fromEntries(Object.entries(scenes).map(([name, { weight }]) => [name, weight]));
  const steps: Step[] = [...openOne(plot), ...openOne(plot)];
  while (steps.length < events) steps.push(...(scenes[random.weighted(weights)]?.write(plot) ?? []));
  return { setting: shop(`fuzz ${seed}`, queue), steps };
}

function queueIn(random: Random): Queue {
  return { grouping: random.pick(["ALLGREEN", "HEADGREEN"]), at_least: 1 + random.below(2) };
}
