import type { Particulars, Step } from "../scenario/acts.ts";
import { fresh, type Plot, step } from "./plot.ts";
import { agents, deployment, deploymentPath, writers } from "./shop.ts";

export function pushTo(plot: Plot, branch: string): Step {
  const { random } = plot;
  const by = random.pick([...writers, ...agents, ...agents]);
  const merges = random.chance(0.15)
    ? { merges: [random.pick(["main", "release", random.pick(plot.pulls).branch])] }
    : {};
  return step("push", { push: branch, by, refused: undefined, ...written(plot), ...merges });
}

/** To a branch of somebody's fork, where a pull request came from one. */
export function forkPush(plot: Plot): readonly Step[] {
  const { random } = plot;
  const forked = plot.pulls.filter(({ fork }) => fork !== undefined);
  if (forked.length === 0) return [];
  const { branch, fork } = random.pick(forked);
  if (fork === undefined) return [];
  return [step("push", { push: branch, by: fork, fork, refused: undefined, ...written(plot) })];
}

export function forcePush(plot: Plot, branch: string): readonly Step[] {
  const { random } = plot;
  const by = random.pick([...writers, ...agents]);
  const to = random.pick([...plot.commits, ...plot.commits, "main", random.pick(plot.pulls).branch]);
  return [step("force_push", { force_push: branch, by, to, ...(random.chance(0.4) ? written(plot) : {}) })];
}

type Writing = Pick<Particulars<"push">, "files" | "author" | "committer" | "co_authors" | "commit">;

export function written(plot: Plot): Writing {
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

/** Something else lands on a base: what others wrote, or the very file that the pull requests change. */
export function basePush({ random }: Plot): readonly Step[] {
  const push = random.chance(0.8) ? "main" : "release";
  const files = random.chance(0.7)
    ? { [`docs/${random.below(5)}.md`]: `${random.below(9)}\n` }
    : { [deploymentPath]: deployment(3 + random.below(2), 1 + random.below(2)) };
  return [step("push", { push, by: "acme", refused: undefined, files })];
}
