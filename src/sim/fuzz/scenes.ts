import type { Step } from "../scenario/acts.ts";
import { basePush, forcePush, pushTo, written } from "./commits.ts";
import { fresh, type Plot, step } from "./plot.ts";
import type { Random } from "./random.ts";
import { agents, automation, bases, bystanders, machine, policies, type PolicyName, writers } from "./shop.ts";

const second = 1_000;
const minute = 60 * second;

export interface Scene {
  readonly weight: number;
  readonly write: (plot: Plot) => readonly Step[];
}

/** A scene about one of the pull requests. */
export function about(write: (on: string, plot: Plot, branch: string) => readonly Step[]): Scene["write"] {
  return (plot) => {
    const pull = plot.random.pick(plot.pulls);
    return write(pull.name, plot, pull.branch);
  };
}

/** What people, agents, other apps and time do. */
export const onGitHub: Readonly<Record<string, Scene>> = {
  open: { weight: 4, write: openOne },
  sibling: { weight: 3, write: openSibling },
  otherBase: { weight: 2, write: about((_, plot, branch) => openAgain(plot, branch)) },
  start: {
    weight: 3,
    write: about((on, { random }) => [step("start_agent", { start_agent: random.pick(writers), on })]),
  },
  push: { weight: 9, write: about((_, plot, branch) => [pushTo(plot, branch)]) },
  forcePush: { weight: 4, write: about((_, plot, branch) => forcePush(plot, branch)) },
  updateBranch: {
    weight: 3,
    write: about((on, { random }) => [step("update_branch", { update_branch: random.pick(writers), on })]),
  },
  approve: { weight: 12, write: about((on, plot) => [approval(plot, on)]) },
  agree: { weight: 8, write: about((on, { random }) => agreement(random, on)) },
  requestChanges: {
    weight: 3,
    write: about((on, { random }) => [step("request_changes", { request_changes: anybody(random), on })]),
  },
  dismiss: {
    weight: 4,
    write: about((on, { random }) => [
      step("dismiss", { dismiss: random.pick(writers), by: random.pick(writers), on }),
    ]),
  },
  retarget: {
    weight: 3,
    write: about((on, { random }) => [
      step("retarget", { retarget: random.pick(bases), by: random.pick(writers), on }),
    ]),
  },
  close: { weight: 3, write: about((on, { random }) => [step("close", { close: random.pick(writers), on })]) },
  reopen: { weight: 4, write: about((on, { random }) => [step("reopen", { reopen: random.pick(writers), on })]) },
  draft: { weight: 1, write: about((on, { random }) => [step("draft", { draft: random.pick(writers), on })]) },
  ready: { weight: 2, write: about((on, { random }) => [step("ready", { ready: random.pick(writers), on })]) },
  arm: { weight: 4, write: about((on, { random }) => [step("arm", { arm: armer(random), on, refused: undefined })]) },
  disarm: { weight: 2, write: about((on, { random }) => [step("disarm", { disarm: random.pick(writers), on })]) },
  detour: { weight: 3, write: about(detour) },
  overnight: {
    weight: 2,
    write: about((on, { random }) => [
      step("arm", { arm: random.pick(agents), on, refused: undefined }),
      ...agreement(random, on),
    ]),
  },
  merge: {
    weight: 2,
    write: about((on, { random }) => [step("merge", { merge: random.pick(writers), on, refused: undefined })]),
  },
  permit: {
    weight: 4,
    write: ({ random }) => [
      step("permit", {
        permit: random.pick([...writers, ...bystanders]),
        role: random.pick(["none", "read", "write", "write", "maintain", "admin"]),
      }),
    ],
  },
  policy: { weight: 3, write: ({ random }) => [policyStep(random)] },
  organisationPolicy: {
    weight: 1,
    write: ({ random }) => [step("set_organisation_policy", { set_organisation_policy: policyNamed(random) })],
  },
  base: { weight: 4, write: basePush },
  otherApp: {
    weight: 2,
    write: about((on, { random }) => [
      step("run", {
        run: random.pick(["sallyport", "sallyport: release"]),
        app: "github-actions",
        conclusion: random.pick(["success", "neutral"]),
        on,
      }),
    ]),
  },
  status: {
    weight: 1,
    write: about((on, { random }) => [
      step("status", { status: "sallyport", state: "success", by: random.pick(writers), on }),
    ]),
  },
  rerun: { weight: 1, write: about((on, { random }) => [step("rerun", { rerun: random.pick(writers), on })]) },
  label: {
    weight: 1,
    write: about((on, { random }) => [step("label", { label: "codex", by: random.pick(writers), on })]),
  },
  describe: {
    weight: 1,
    write: about((on, { random }) => [
      step("describe", {
        describe: random.pick(["", "Generated with [Claude Code](https://claude.com/claude-code)"]),
        by: random.pick(writers),
        on,
      }),
    ]),
  },
  deleteBranch: {
    weight: 0.5,
    write: about((_, { random }, branch) => [
      step("delete_branch", { delete_branch: branch, by: random.pick(writers) }),
    ]),
  },
  wait: {
    weight: 4,
    write: ({ random }) => [
      step("advance", {
        advance: random.pick([10 * second, 5 * minute, 31 * minute, 2 * 60 * minute, 13 * 60 * minute]),
      }),
    ],
  },
};

export function anybody(random: Random): string {
  return random.pick([...writers, ...writers, ...writers, ...bystanders, machine, "Copilot"]);
}

function armer(random: Random): string {
  return random.pick([...writers, ...agents]);
}

export function openOne(plot: Plot): readonly Step[] {
  const { random } = plot;
  const byAgent = random.chance(0.6);
  const by = byAgent ? random.pick(agents) : random.pick([...writers, automation]);
  const branch = fresh(plot, "b");
  plot.pulls.push({ name: branch, branch, byAgent });
  const opened = step("open", { open: branch, by, onto: random.chance(0.8) ? "main" : "release", ...written(plot) });
  if (by !== "Copilot" || random.chance(0.3)) return [opened];
  return [opened, step("start_agent", { start_agent: random.pick(writers), on: branch })];
}

/** A second pull request with the very head of another. */
function openSibling(plot: Plot): readonly Step[] {
  const { random } = plot;
  const other = random.pick(plot.pulls);
  const branch = fresh(plot, "s");
  const by = random.pick([...writers, ...agents]);
  plot.pulls.push({ name: branch, branch, byAgent: other.byAgent });
  return [
    step("force_push", { force_push: branch, to: other.branch, by }),
    step("open", { open: branch, by, onto: random.chance(0.8) ? "main" : "release" }),
  ];
}

/** A second pull request from the same branch, onto another base. */
function openAgain(plot: Plot, branch: string): readonly Step[] {
  const name = fresh(plot, "o");
  plot.pulls.push({ name, branch, byAgent: true });
  const { random } = plot;
  return [step("open", { open: branch, as: name, by: random.pick([...writers, ...agents]), onto: random.pick(bases) })];
}

function approval(plot: Plot, on: string): Step {
  const { random } = plot;
  const at = plot.commits.length > 0 && random.chance(0.15) ? { at: random.pick(plot.commits) } : {};
  const takes = random.chance(0.1) ? { takes: 10 * second } : {};
  return step("approve", { approve: anybody(random), on, ...at, ...takes });
}

/** As many people agree as most changes need. */
export function agreement(random: Random, on: string): readonly Step[] {
  const [, ...people] = random.shuffled(writers);
  return people.map((approve) => step("approve", { approve, on }));
}

/** Away from where a green may stand, and back after something has changed meanwhile. */
function detour(on: string, plot: Plot, branch: string): readonly Step[] {
  const { random } = plot;
  const by = random.pick(writers);
  const meanwhile = random.pick([
    [step("request_changes", { request_changes: random.pick(writers), on })],
    [step("dismiss", { dismiss: random.pick(writers), by: random.pick(writers), on })],
    [policyStep(random)],
  ]);
  const before = random.chance(0.5) ? agreement(random, on) : [];
  switch (random.below(3)) {
    case 0:
      return [...before, step("close", { close: by, on }), ...meanwhile, step("reopen", { reopen: by, on })];
    case 1: {
      const [away, back] = random.shuffled(bases);
      if (away === undefined || back === undefined) return [];
      return [
        ...before,
        step("retarget", { retarget: away, by, on }),
        ...meanwhile,
        step("retarget", { retarget: back, by, on }),
      ];
    }
    default: {
      const aside = fresh(plot, "aside");
      return [
        ...before,
        step("force_push", { force_push: aside, to: branch, by }),
        pushTo(plot, branch),
        ...meanwhile,
        step("force_push", { force_push: branch, to: aside, by }),
      ];
    }
  }
}

function policyNamed(random: Random): Record<string, unknown> | string {
  // Mostly back to the plain one: where only observed is, or nothing can be read, there is little to be found.
  const named = policies[random.chance(0.4) ? "plain" : random.pick(Object.keys(policies) as PolicyName[])];
  return typeof named === "string" ? named : structuredClone<Record<string, unknown>>(named);
}

function policyStep(random: Random): Step {
  const branch = random.chance(0.8) ? "main" : "release";
  return step("set_policy", { set_policy: policyNamed(random), branch });
}
