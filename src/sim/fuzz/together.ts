import { forkPush, written } from "./commits.ts";
import { fresh, type Plot, step } from "./plot.ts";
import { about, agreement, type Scene } from "./scenes.ts";
import type { Step } from "../scenario/acts.ts";
import { agents, bystanders, team, writers } from "./shop.ts";

/** What is done to several pull requests at once, from elsewhere, and to teams. */
export const together: Readonly<Record<string, Scene>> = {
  stack: { weight: 3, write: about(stack) },
  unstack: { weight: 1, write: about((on, { random }) => [step("unstack", { unstack: random.pick(writers), on })]) },
  fork: { weight: 2, write: openFromFork },
  forkPush: { weight: 2, write: (plot) => forkPush(plot) },
  join: {
    weight: 2,
    write: ({ random }) => [step("join", { join: random.pick([...writers, ...bystanders]), team })],
  },
  leave: { weight: 2, write: ({ random }) => [step("leave", { leave: random.pick(writers), team })] },
};

/** Where the bases have merge queues. */
export const queueing: Readonly<Record<string, Scene>> = {
  enqueue: {
    weight: 8,
    write: about((on, { random }) => [
      step("enqueue", {
        enqueue: random.pick([...writers, ...agents]),
        on,
        refused: undefined,
        ...(random.chance(0.2) ? { jump: true as const } : {}),
      }),
    ]),
  },
  agreeAndEnqueue: {
    weight: 8,
    write: about((on, { random }) => [
      ...agreement(random, on),
      step("enqueue", { enqueue: random.pick(writers), on, refused: undefined }),
    ]),
  },
  dequeue: { weight: 2, write: about((on, { random }) => [step("dequeue", { dequeue: random.pick(writers), on })]) },
  waitForOthers: { weight: 3, write: () => [step("advance", { advance: 301_000 })] },
};

/** A pull request onto the branch of another one, and both as a stack. */
function stack(on: string, plot: Plot, branch: string): readonly Step[] {
  const { random } = plot;
  const top = fresh(plot, "t");
  const by = random.pick([...agents, ...writers]);
  plot.pulls.push({ name: top, branch: top, byAgent: true });
  return [
    step("open", { open: top, by, onto: branch, from: branch, ...written(plot) }),
    step("stack", { stack: [on, top], by: random.pick(writers) }),
    ...(random.chance(0.5) ? agreement(random, top) : []),
  ];
}

function openFromFork(plot: Plot): readonly Step[] {
  const { random } = plot;
  const by = random.pick([...writers, ...agents, ...bystanders]);
  const branch = fresh(plot, "f");
  plot.pulls.push({ name: branch, branch, byAgent: true, fork: by });
  return [
    step("open", { open: branch, by, fork: by, onto: random.chance(0.8) ? "main" : "release", ...written(plot) }),
    ...(random.chance(0.5) ? agreement(random, branch) : []),
  ];
}
