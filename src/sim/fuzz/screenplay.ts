import type { Act, Particulars, Step } from "../scenario/acts.ts";
import type { Setting } from "../scenario/setting.ts";
import { randomFrom, type Random } from "./random.ts";
import {
  agents,
  automation,
  bases,
  bystanders,
  deployment,
  deploymentPath,
  machine,
  policies,
  type PolicyName,
  shop,
  writers,
} from "./shop.ts";

/** A setting and what happens in it. Steps that GitHub refuses, or that nothing stands for, are passed over. */
export interface Screenplay {
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** Steps between which every webhook has come and every report stands. */
export type Phase = readonly Step[];

/** What has been written so far: enough that most steps make sense, not what GitHub makes of them. */
interface Plot {
  readonly random: Random;
  readonly pulls: { readonly name: string; readonly branch: string; readonly byAgent: boolean }[];
  readonly commits: string[];
  names: number;
}

const second = 1_000;
const minute = 60 * second;

export function step<A extends Act>(act: A, given: Particulars<A>): Step {
  // One act with its own particulars is a step, which TypeScript cannot see of a generic one.
  return { act, given, line: 0 } as unknown as Step;
}

/** @param events how many steps at least */
export function screenplay(seed: string, events: number): Screenplay {
  const random = randomFrom(seed);
  const plot: Plot = { random, pulls: [], commits: [], names: 0 };
  // Half of them without a failure of anything: there, nothing excuses a wrong green.
  const scenes = random.chance(0.5) ? onGitHub : { ...onGitHub, ...disturbances };
  const weights = Object.fromEntries(Object.entries(scenes).map(([name, { weight }]) => [name, weight]));
  const steps: Step[] = [...openOne(plot), ...openOne(plot)];
  while (steps.length < events) steps.push(...(scenes[random.weighted(weights)]?.write(plot) ?? []));
  return { setting: shop(`fuzz ${seed}`), steps };
}

const onChanges = [
  "open",
  "sibling",
  "otherBase",
  "start",
  "push",
  "push",
  "forcePush",
  "updateBranch",
  "retarget",
  "close",
  "reopen",
  "draft",
  "ready",
  "policy",
  "base",
  "otherApp",
  "label",
] as const;
const byPeople = ["approve", "agree", "agree", "requestChanges", "dismiss", "permit"] as const;

/**
 * Phases of changes and of people's words by turns. Within one of changes nothing is done twice to the same branch: what is undone
 * before any look leaves no trace, and a mark that a report has shown stays, so the two would rightly be judged differently.
 */
export function phases(seed: string, events: number): { readonly setting: Setting; readonly phases: readonly Phase[] } {
  const random = randomFrom(seed);
  const plot: Plot = { random, pulls: [], commits: [], names: 0 };
  const written: Phase[] = [[...openOne(plot), ...openOne(plot)]];
  for (let count = 0; count < events; count += written.at(-1)?.length ?? 0) {
    const changes = written.length % 2 === 0;
    const scenes = Array.from(
      { length: 3 + random.below(5) },
      () => onGitHub[random.pick<keyof typeof onGitHub>(changes ? onChanges : byPeople)]?.write(plot) ?? [],
    );
    written.push(changes ? firstOfEach(scenes, plot) : scenes.flat().map(unhurried));
  }
  return { setting: shop(`disorder ${seed}`), phases: written };
}

/** Leaves out scenes about a branch that another scene of the phase was about. */
function firstOfEach(scenes: readonly (readonly Step[])[], { pulls }: Plot): Phase {
  const touched = new Set<string>();
  return scenes.flatMap((scene) => {
    const names = new Set(scene.flatMap(({ given }) => branchesOf(given, pulls)));
    if (names.isDisjointFrom(touched) === false) return [];
    for (const name of names) touched.add(name);
    return scene;
  });
}

function branchesOf(given: object, pulls: Plot["pulls"]): readonly string[] {
  return ["open", "as", "push", "force_push", "on", "to"].flatMap((key) => {
    const name: unknown = Object.entries(given).find(([each]) => each === key)?.[1];
    if (typeof name !== "string" || bases.some((base) => base === name)) return [];
    return [pulls.find((pull) => pull.name === name)?.branch ?? name];
  });
}

/** Who reads too fast is measured by the moment of the report, which is a later one where its webhook was late. */
function unhurried({ act, given }: Step): Step {
  return act === "approve" ? step("approve", { approve: given.approve, on: given.on }) : step(act, given);
}

interface Scene {
  readonly weight: number;
  readonly write: (plot: Plot) => readonly Step[];
}

/** A scene about one of the pull requests. */
function about(write: (on: string, plot: Plot, branch: string) => readonly Step[]): Scene["write"] {
  return (plot) => {
    const pull = plot.random.pick(plot.pulls);
    return write(pull.name, plot, pull.branch);
  };
}

const onGitHub: Readonly<Record<string, Scene>> = {
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

const webhooks = ["pull_request", "pull_request_review", "push", "check_run", "check_suite", "member"] as const;
const routes = [
  "POST /repos/{owner}/{repo}/check-runs",
  "PATCH /repos/{owner}/{repo}/check-runs",
  "GET /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/compare",
  "GET /repos/{owner}/{repo}/git",
  "GET /repos/{owner}/{repo}/collaborators",
  "POST /graphql",
  "GET /",
] as const;

const disturbances: Readonly<Record<string, Scene>> = {
  hold: { weight: 5, write: () => [step("hold", { hold: "webhooks" })] },
  release: {
    weight: 8,
    write: ({ random }) => [
      step("release", { release: "webhooks", order: random.pick(["first to last", "last to first"]) }),
    ],
  },
  drop: {
    weight: 4,
    write: ({ random }) => [step("drop", { drop: random.pick(webhooks), times: 1 + random.below(2) })],
  },
  double: { weight: 3, write: ({ random }) => [step("double", { double: random.pick(webhooks), times: 2 })] },
  forge: { weight: 1, write: ({ random }) => [step("forge", { forge: random.pick(webhooks), times: 1 })] },
  redeliver: { weight: 2, write: ({ random }) => [step("redeliver", { redeliver: random.pick(webhooks) })] },
  fail: {
    weight: 4,
    write: ({ random }) => [
      step("fail", {
        fail: random.pick(routes),
        with: random.pick([403, 404, 429, 500, 502, "cut" as const]),
        times: 1 + random.below(6),
      }),
    ],
  },
  heal: { weight: 3, write: () => [step("heal", { heal: "github" })] },
  restart: { weight: 2, write: () => [step("server", { server: "restart" })] },
  outage: {
    weight: 2,
    write: (plot) => [
      step("server", { server: plot.random.pick(["kill", "stop"]) }),
      ...(plot.random.chance(0.5) ? (onGitHub["push"]?.write(plot) ?? []) : (onGitHub["dismiss"]?.write(plot) ?? [])),
      step("server", { server: plot.random.chance(0.9) ? "start" : "lose store" }),
    ],
  },
  death: {
    weight: 3,
    write: (plot) => [
      step("kill", { kill: plot.random.pick(["before collect", "after collect", "before publish", "after publish"]) }),
      ...(onGitHub[plot.random.pick(["push", "approve", "dismiss", "close", "retarget"])]?.write(plot) ?? []),
      step("server", { server: "start" }),
    ],
  },
};

function anybody(random: Random): string {
  return random.pick([...writers, ...writers, ...writers, ...bystanders, machine, "Copilot"]);
}

function armer(random: Random): string {
  return random.pick([...writers, ...agents]);
}

function fresh(plot: Plot, prefix: string): string {
  plot.names += 1;
  return `${prefix}${plot.names}`;
}

function openOne(plot: Plot): readonly Step[] {
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

function pushTo(plot: Plot, branch: string): Step {
  const { random } = plot;
  const by = random.pick([...writers, ...agents, ...agents]);
  const merges = random.chance(0.15)
    ? { merges: [random.pick(["main", "release", random.pick(plot.pulls).branch])] }
    : {};
  return step("push", { push: branch, by, refused: undefined, ...written(plot), ...merges });
}

function forcePush(plot: Plot, branch: string): readonly Step[] {
  const { random } = plot;
  const by = random.pick([...writers, ...agents]);
  const to = random.pick([...plot.commits, ...plot.commits, "main", random.pick(plot.pulls).branch]);
  return [step("force_push", { force_push: branch, by, to, ...(random.chance(0.4) ? written(plot) : {}) })];
}

type Writing = Pick<Particulars<"push">, "files" | "author" | "committer" | "co_authors" | "commit">;

function written(plot: Plot): Writing {
  const { random } = plot;
  const commit = fresh(plot, "c");
  plot.commits.push(commit);
  const other = (): string => random.pick([...writers, "Stranger <stranger@example.invalid>"]);
  return {
    files: change(plot),
    commit,
    ...(random.chance(0.15) ? { author: other() } : {}),
    ...(random.chance(0.05) ? { committer: other() } : {}),
    ...(random.chance(0.1) ? { co_authors: [random.pick(writers)] } : {}),
  };
}

/** Files of one commit: mostly harmless, some that need people, some that nobody may let through. */
function change({ random }: Plot): NonNullable<Writing["files"]> {
  switch (
    random.weighted({
      words: 8,
      code: 4,
      staging: 4,
      image: 5,
      replicas: 6,
      outOfBounds: 3,
      broken: 1,
      policy: 1,
      gone: 1,
    })
  ) {
    case "words":
      return { [`notes/${random.below(4)}.md`]: `${random.below(3)}\n` };
    case "code":
      return { "src/app.ts": `export const version = ${2 + random.below(4)};\n` };
    case "staging":
      return { "k8s/staging/api/deployment.yaml": deployment(2 + random.below(3), 1) };
    case "image":
      return { [deploymentPath]: deployment(3, 2 + random.below(3)) };
    case "replicas":
      return { [deploymentPath]: deployment(4 + random.below(3), 1) };
    case "outOfBounds":
      return { [deploymentPath]: deployment(40, 1) };
    case "broken":
      return { [deploymentPath]: "spec: [" };
    case "policy":
      return { ".github/sallyport.yml": "version: 1\nmode: observe\n" };
    case "gone":
      return { [deploymentPath]: null };
  }
}

function approval(plot: Plot, on: string): Step {
  const { random } = plot;
  const at = plot.commits.length > 0 && random.chance(0.15) ? { at: random.pick(plot.commits) } : {};
  const takes = random.chance(0.1) ? { takes: 10 * second } : {};
  return step("approve", { approve: anybody(random), on, ...at, ...takes });
}

/** As many people agree as most changes need. */
function agreement(random: Random, on: string): readonly Step[] {
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
  switch (random.below(3)) {
    case 0:
      return [step("close", { close: by, on }), ...meanwhile, step("reopen", { reopen: by, on })];
    case 1: {
      const [away, back] = random.shuffled(bases);
      if (away === undefined || back === undefined) return [];
      return [step("retarget", { retarget: away, by, on }), ...meanwhile, step("retarget", { retarget: back, by, on })];
    }
    default: {
      const aside = fresh(plot, "aside");
      return [
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

/** Something else lands on a base: what others wrote, or the very file that the pull requests change. */
function basePush({ random }: Plot): readonly Step[] {
  const push = random.chance(0.8) ? "main" : "release";
  const files = random.chance(0.7)
    ? { [`docs/${random.below(5)}.md`]: `${random.below(9)}\n` }
    : { [deploymentPath]: deployment(3 + random.below(2), 1 + random.below(2)) };
  return [step("push", { push, by: "acme", refused: undefined, files })];
}
