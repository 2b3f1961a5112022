import { afterEach, describe, expect, test } from "vitest";
import { GitHubFacts } from "../../../../src/adapters/github/facts/source.ts";
import { GitHubPosture } from "../../../../src/adapters/github/posture.ts";
import type { Past } from "../../../../src/core/past/past.ts";
import { readPolicies, unusable } from "../../../../src/core/policy/reading.ts";
import { rules } from "../../../../src/core/rules/index.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import { startMs, startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const day = 86_400_000;
const path = "services/orders/.env";
const pool = (size: number): string => `DB_POOL=${size}\n`;
const growing = "version: 1\nlimits: { values: [{ keys: ['**.DB_POOL'], growth: { factor: 2, within: 30d } }] }\n";
const activity = "GET /repos/{owner}/{repo}/activity";
const graphql = "POST /graphql";
const trees = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}";

/** A pool that had these sizes, a day each, and a pull request that makes it larger. */
async function grown({ sizes = [50], policy = growing }: { sizes?: readonly number[]; policy?: string } = {}) {
  const [first = 50, ...others] = sizes;
  const world = await startWorld({ [path]: pool(first), ".github/sallyport.yml": policy });
  worlds.push(world);
  for (const size of others) {
    world.pass(day);
    world.shop.commit("main", { files: { [path]: pool(size) }, by: world.writer });
  }
  return { world, pull: propose(world) };
}

function propose(world: World, files: Readonly<Record<string, string>> = { [path]: pool(900) }): SimPullRequest {
  const head = `topic-${world.shop.state.pulls.size}`;
  world.shop.commit(head, { files, by: world.writer });
  return world.shop.openPullRequest({ head, by: world.writer });
}

type Said = (activity: Record<string, unknown>[]) => void;

function sourceOf(world: World, said: Said = () => undefined): GitHubFacts {
  const blobs = new Map<string, Uint8Array>();
  const apiFor: World["apiFor"] = async (installationId) => {
    const api = await world.apiFor(installationId);
    api.hook.after("request", ({ data }, { url, ref }) => {
      if (url.includes("/activity") && ref === "refs/heads/main") said(data as Record<string, unknown>[]);
    });
    return api;
  };
  return new GitHubFacts({
    renderer: null,
    apiFor,
    blobs: {
      get: async (shas) => new Map(shas.flatMap((sha) => [[sha, blobs.get(sha)] as const]).filter(isThere)),
      put: async (fresh) => fresh.forEach((bytes, sha) => blobs.set(sha, bytes)),
    },
    clock: world.clock,
    appId: world.app.id,
    policyOf: (policies) => readPolicies(policies, rules).policy,
    unusable: (policies) => unusable(policies, rules),
    posture: new GitHubPosture({ apiFor, clock: world.clock, appId: world.app.id }),
  });
}
function isThere(pair: readonly [string, Uint8Array | undefined]): pair is readonly [string, Uint8Array] {
  return pair[1] !== undefined;
}

async function collect(world: World, { number }: SimPullRequest, source = sourceOf(world)) {
  const { installationId, at: repository } = world;
  const subject = { kind: "pull_request", installationId, repository, number } as const;
  const collected = await source.collect(subject, AbortSignal.timeout(30_000));
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return { past: collected.facts.past, lookAgainMs: collected.lookAgainMs };
}

/** What stood at the path, the newest first, as texts, and where that ends. */
function told(past: Past, at = path) {
  if (past.kind !== "known") return past.kind;
  const texts = past.states.map(({ entries }) => {
    const entry = entries[at];
    if (entry == null) return entry;
    const content = past.contents[`${entry.mode} ${entry.sha}`];
    return content?.kind === "text" ? content.text : content?.kind;
  });
  return { texts, end: past.end };
}

describe("what the base branch held", () => {
  test("is what stood at each of its tips, with GitHub's moments and not with those that commits give themselves", async () => {
    const { world } = await grown({ sizes: [50, 70] });
    world.pass(day);
    const author = { name: "person-a", email: "a@example.invalid", dateMs: startMs - 900 * day };
    world.shop.commit("main", { files: { [path]: pool(90) }, by: world.writer, author });
    const { past } = await collect(world, propose(world, { [path]: pool(901), "b.txt": "" }));
    expect(told(past)).toEqual({ texts: [pool(90), pool(70), pool(50)], end: null });
    expect(past.kind === "known" && past.states.map(({ sinceMs, untilMs }) => [sinceMs, untilMs])).toEqual([
      [startMs + 2 * day, null],
      [startMs + day, startMs + 2 * day],
      [startMs, startMs + day],
    ]);
  });

  test("is asked for only where the policy bounds growth over time and such a value changes", async () => {
    const without = await grown({ policy: growing.replace(", within: 30d", "") });
    expect((await collect(without.world, without.pull)).past).toEqual({ kind: "not_asked" });
    const { world } = await grown();
    const elsewhere = propose(world, { "services/orders/.env": pool(50), "a.env": "PORT=81\n" });
    world.github.requests.clear();
    expect((await collect(world, elsewhere)).past).toEqual({ kind: "not_asked" });
    // The head's own movements are read for other reasons.
    expect(world.github.requests.count(activity)).toBe(1);
  });

  test("costs a list, a question for the files and one for their versions; later the list alone", async () => {
    const count = async ({ world, pull }: Awaited<ReturnType<typeof grown>>, source: GitHubFacts) => {
      world.github.requests.clear();
      await collect(world, pull, source);
      const of = (route: string): number => world.github.requests.count(route);
      return { lists: of(activity), graphql: of(graphql), trees: of(trees) };
    };
    const usual = await grown({ sizes: [50, 60, 70, 80], policy: growing.replace(", within: 30d", "") });
    const [first, again] = [sourceOf(usual.world), await grown({ sizes: [50, 60, 70, 80] })];
    const [cold, warm] = [await count(usual, first), await count(usual, first)];
    const source = sourceOf(again.world);
    expect(await count(again, source)).toEqual({ lists: cold.lists + 1, graphql: cold.graphql + 2, trees: cold.trees });
    expect(await count(again, source)).toEqual({ ...warm, lists: warm.lists + 1 });
  });

  test("ends with the state that stood when the window begins", async () => {
    const { world } = await grown({ sizes: [10, 50] });
    world.pass(40 * day);
    world.shop.commit("main", { files: { [path]: pool(60) }, by: world.writer });
    const { past } = await collect(world, propose(world, { [path]: pool(902) }));
    expect(told(past)).toEqual({
      texts: [pool(60), pool(50)],
      end: { beforeMs: startMs + day, because: "it was not asked for" },
    });
  });

  test("holds what a forced push took away, and what stood before the branch was deleted and made again", async () => {
    const { world } = await grown({ sizes: [50, 5] });
    const [onto] = world.shop.state.objects.commit(world.shop.tip())?.parents ?? [];
    if (onto === undefined) throw new Error("The commit has no parent.");
    world.shop.commit("main", { files: { [path]: pool(80) }, by: world.writer, onto });
    const tip = world.shop.tip();
    world.shop.deleteBranch("main", world.writer);
    world.shop.push("main", tip, world.writer);
    const { past } = await collect(world, propose(world, { [path]: pool(903) }));
    expect(told(past)).toEqual({ texts: [pool(80), pool(80), pool(5), pool(50)], end: null });
  });

  test("takes in the files that a value of the change has come from", async () => {
    const { world } = await grown({ sizes: [50, 70] });
    const moved = "config/orders/.env";
    world.pass(day);
    world.shop.commit("main", { files: { [path]: null, [moved]: pool(70) }, by: world.writer });
    const { past } = await collect(world, propose(world, { [moved]: pool(140) }));
    expect(told(past)).toEqual({ texts: [null, pool(70), pool(50)], end: null });
    expect(told(past, moved)).toEqual({ texts: [pool(70), null, null], end: null });
  });

  test("is not known below a hole in GitHub's record", async () => {
    const { world, pull } = await grown({ sizes: [50, 60, 70, 80] });
    const source = sourceOf(world, (listed) => void listed.splice(1, 1));
    expect(told((await collect(world, pull, source)).past)).toMatchObject({
      texts: [pool(80)],
      end: { beforeMs: startMs + 3 * day, because: expect.stringContaining("hole") as string },
    });
  });

  test("is not known where the record begins later than the branch", async () => {
    const { world, pull } = await grown({ sizes: [50, 60, 70] });
    const source = sourceOf(world, (listed) => void listed.splice(2));
    expect(told((await collect(world, pull, source)).past)).toMatchObject({
      texts: [pool(70), pool(60)],
      end: { beforeMs: startMs + day, because: expect.stringContaining("no further back") as string },
    });
  });

  test("is not known, and looked for again soon, while the record does not tell of the tip", async () => {
    const { world, pull } = await grown({ sizes: [50, 60] });
    const lagging = await collect(
      world,
      pull,
      sourceOf(world, (listed) => void listed.shift()),
    );
    const because = expect.stringContaining("not come this far") as string;
    expect(told(lagging.past)).toEqual({ texts: [], end: { beforeMs: null, because } });
    expect(lagging.lookAgainMs).toBeGreaterThan(world.clock.now());
    const empty = await collect(
      world,
      pull,
      sourceOf(world, (listed) => void listed.splice(0)),
    );
    expect(told(empty.past)).toMatchObject({ texts: [], end: { beforeMs: null } });
    expect(empty.lookAgainMs).toBeNull();
  });

  test("is not known beyond the movements that are read", async () => {
    const { world, pull } = await grown({ sizes: [50, 60] });
    for (let i = 0; i < 500; i += 1) world.shop.commit("main", { files: { "b.txt": `${i}\n` }, by: world.writer });
    const { past } = await collect(world, pull);
    expect(past.kind === "known" && past.states.length).toBe(500);
    expect(told(past)).toMatchObject({ end: { because: expect.stringContaining("500 movements") as string } });
  });

  const record = ({ path: asked }: { readonly path: string }) => asked.includes("/activity") && asked.includes("main");

  test("is not known where GitHub refuses to tell, and where it fails nothing is judged without it", async () => {
    const { world, pull } = await grown();
    world.github.fail(record, 404);
    expect(told((await collect(world, pull)).past)).toMatchObject({
      end: { beforeMs: null, because: expect.stringContaining("404") as string },
    });
    world.github.fail(record, 502);
    await expect(collect(world, pull)).rejects.toThrow("activity");
  });
});

describe("what restores are proved with", () => {
  const workflow = ".github/workflows/deploy.yml";
  const proving = `environments: { production: { deployments: [production], deployed_by: ["workflow:${workflow}@refs/heads/main"] } }`;
  const restores = `version: 1\n${proving}\nrestore: { within: 14d, skips: [freezes] }\n`;

  /** A repository of which `times` commits were deployed. */
  async function deployed(times: number, policy = restores) {
    const { world } = await grown({ policy });
    const actions = world.github.app({
      slug: "github-actions",
      id: 15_368,
      botId: 41_898_282,
      permissions: { checks: "write" },
      events: [],
    });
    for (let i = 0; i < times; i += 1) {
      world.pass(day / 4);
      world.shop.commit("main", { files: { [path]: pool(i) }, by: world.writer });
      const sha = world.shop.tip();
      const given = { path: workflow, event: "push", branch: "main", sha, actor: world.writer };
      const workflowRun = world.shop.runWorkflow(actions.state, given);
      const one = world.shop.deploy(actions.state, { ref: sha, environment: "production", workflowRun });
      world.shop.deploymentStatus(one, actions.state, { state: "success" });
    }
    world.pass(day);
    return { world, pull: propose(world) };
  }

  test("is the record of the branch, without looking into any of its commits", async () => {
    const { world, pull } = await deployed(3);
    const { past } = await collect(world, pull);
    expect(past).toMatchObject({ kind: "known", end: null, growthPaths: [], contents: {} });
    expect(past.kind === "known" && past.states.map(({ entries }) => entries)).toEqual([{}, {}, {}, {}]);
  });

  test("is not asked for where the policy names nobody who proves that anything ran", async () => {
    const { world, pull } = await deployed(1, restores.replace(/, deployed_by: \[[^\]]*\]/u, ""));
    expect((await collect(world, pull)).past).toEqual({ kind: "not_asked" });
  });

  test("costs five requests, one more for files that are new, and three for each deployment that is", async () => {
    const count = async ({ world, pull }: Awaited<ReturnType<typeof deployed>>, source: GitHubFacts) => {
      world.github.requests.clear();
      await collect(world, pull, source);
      return world.github.requests.entries.length;
    };
    const [none, few, more] = [await deployed(1, "version: 1\n"), await deployed(2), await deployed(6)];
    const twice = async (one: Awaited<ReturnType<typeof deployed>>) => {
      const source = sourceOf(one.world);
      return { first: await count(one, source), again: await count(one, source) };
    };
    const usual = await twice(none);
    expect(await twice(few)).toEqual({ first: usual.first + 6 + 2 * 3, again: usual.again + 5 });
    expect(await twice(more)).toEqual({ first: usual.first + 6 + 6 * 3, again: usual.again + 5 });
  });
});
