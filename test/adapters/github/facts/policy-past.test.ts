import { afterEach, describe, expect, test } from "vitest";
import { GitHubFacts } from "../../../../src/adapters/github/facts/source.ts";
import { GitHubPosture } from "../../../../src/adapters/github/posture.ts";
import type { Collected } from "../../../../src/app/ports.ts";
import { strictDefault } from "../../../../src/core/policy/merge.ts";
import { type Former, type PolicySource, readPolicies, unusable } from "../../../../src/core/policy/reading.ts";
import { rules } from "../../../../src/core/rules/index.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const path = ".github/sallyport.yml";
const readable = "version: 1\n";
const broken = "version: 1\nlimts: {}\n";
const activity = "GET /repos/{owner}/{repo}/activity";

type Found = Extract<Collected, { kind: "facts" }>;

/** A repository whose policy was the first of these, then each of the others, and a pull request onto it. */
async function after(...texts: readonly string[]) {
  const [first = readable, ...others] = texts;
  const world = await startWorld({ [path]: first, "README.md": "shop\n" });
  worlds.push(world);
  const commits = others.map((text) => world.shop.commit("main", { files: { [path]: text }, by: world.writer }));
  world.shop.commit("topic", { files: { "a.txt": "mine\n" }, by: world.writer });
  return { world, pull: world.shop.openPullRequest({ head: "topic", by: world.writer }), commits };
}

function sourceOf(world: World, said: (activity: Record<string, unknown>[]) => void = () => undefined): GitHubFacts {
  const apiFor: World["apiFor"] = async (installationId) => {
    const api = await world.apiFor(installationId);
    api.hook.after("request", ({ url, data }) => {
      if (url.includes("/activity")) said(data as Record<string, unknown>[]);
    });
    return api;
  };
  return new GitHubFacts({
    renderer: null,
    apiFor,
    blobs: { get: async () => new Map(), put: async () => undefined },
    clock: world.clock,
    appId: world.app.id,
    policyOf: strictDefault,
    unusable: (policies) => unusable(policies, rules),
    posture: new GitHubPosture({ apiFor, clock: world.clock, appId: world.app.id }),
  });
}

async function collect(world: World, pull: SimPullRequest, source = sourceOf(world)): Promise<Found> {
  const { installationId, at: repository } = world;
  const subject = { kind: "pull_request", installationId, repository, number: pull.number } as const;
  const collected = await source.collect(subject, AbortSignal.timeout(30_000));
  if (collected.kind !== "facts") throw new Error(`Nothing to judge: ${collected.because}`);
  return collected;
}

function formerOf({ policies }: Found, scope: PolicySource["scope"] = "repository"): Former | null {
  return policies.findLast((source) => source.scope === scope)?.former ?? null;
}

describe("what stood before a policy that cannot be read", () => {
  test("is the last version that can be, at the commit where the branch stood", async () => {
    const { world, pull, commits } = await after("version: 1\nmode: observe\n", readable, broken, "version: 2\n");
    expect(formerOf(await collect(world, pull))).toEqual({
      kind: "version",
      at: `acme/shop@${commits[0]}:${path}`,
      text: readable,
    });
  });

  test("costs a list, a question for the files and each version until one can be read; later the list; nothing while all can", async () => {
    const asked = async ({ world, pull }: Awaited<ReturnType<typeof after>>, source: GitHubFacts) => {
      world.github.requests.clear();
      const found = await collect(world, pull, source);
      const count = (route: string): number => world.github.requests.count(route);
      const contents = count("GET /repos/{owner}/{repo}/contents/{path+}");
      return { former: formerOf(found)?.kind, lists: count(activity), graphql: count("POST /graphql"), contents };
    };
    const whole = await after(broken, readable, readable);
    const usual = await asked(whole, sourceOf(whole.world));
    expect(usual.former).toBeUndefined();
    const damaged = await after(readable, broken, broken.replace("{}", "[]"));
    const source = sourceOf(damaged.world);
    expect(await asked(damaged, source)).toEqual({
      former: "version",
      lists: usual.lists + 1,
      graphql: usual.graphql + 1,
      contents: usual.contents + 2,
    });
    expect(await asked(damaged, source)).toMatchObject({ lists: usual.lists + 1, contents: 0 });
  });

  test("is no draft of a pull request that was merged: it never stood on the branch", async () => {
    const { world, pull } = await after("version: 1\nlimits: { files: { max: 3 } }\n");
    const start = world.shop.tip();
    for (const text of ["version: 1\nmode: observe\n", broken])
      world.shop.commit("drafts", { files: { [path]: text }, by: world.writer });
    world.shop.openPullRequest({ head: "drafts", by: world.writer }).merge(world.writer);
    expect(formerOf(await collect(world, pull))).toMatchObject({ kind: "version", at: `acme/shop@${start}:${path}` });
  });

  test("is nothing that a forced push took away", async () => {
    const { world, pull, commits } = await after(broken, readable);
    const [onto] = world.shop.state.objects.commit(commits[0] ?? "")?.parents ?? [];
    if (onto === undefined) throw new Error("The commit has no parent.");
    world.shop.commit("main", { files: { [path]: "version: 2\n" }, by: world.writer, onto });
    expect(formerOf(await collect(world, pull))).toMatchObject({
      kind: "none",
      because: expect.stringContaining("by force") as string,
    });
  });

  test("is nothing from before the branch began, on another branch too", async () => {
    const { world } = await after(readable);
    world.shop.commit("release", { files: { [path]: broken }, by: world.writer });
    world.shop.commit("fix", { files: { "b.txt": "b\n" }, by: world.writer, from: "release" });
    const pull = world.shop.openPullRequest({ head: "fix", base: "release", by: world.writer });
    expect(formerOf(await collect(world, pull))).toMatchObject({ kind: "none" });
  });

  test("is nothing below a hole in GitHub's record", async () => {
    const { world, pull } = await after(readable, broken, "version: 2\n");
    const source = sourceOf(world, (listed) => void listed.splice(1, 1));
    expect(formerOf(await collect(world, pull, source))).toMatchObject({
      kind: "none",
      because: expect.stringContaining("hole") as string,
    });
  });

  test("is looked for again soon where GitHub's record does not tell of the tip yet", async () => {
    const { world, pull } = await after(readable, broken);
    const found = await collect(
      world,
      pull,
      sourceOf(world, (listed) => void listed.shift()),
    );
    expect(formerOf(found)).toMatchObject({ kind: "none", because: expect.stringContaining("not come") as string });
    expect(found.lookAgainMs).toBeGreaterThan(world.clock.now());
  });

  test("is found on a later page, and not beyond the last one that is read", async () => {
    const { world, pull, commits } = await after(readable, readable, broken);
    const push = (times: number): void => {
      for (let i = 0; i < times; i += 1)
        world.shop.commit("main", { files: { "b.txt": `${world.shop.tip()}\n` }, by: world.writer });
    };
    push(99);
    const version = { kind: "version", at: `acme/shop@${commits[0]}:${path}` };
    expect(formerOf(await collect(world, pull))).toMatchObject(version);
    push(410);
    expect(formerOf(await collect(world, pull))).toMatchObject({
      kind: "none",
      because: expect.stringContaining("last 500") as string,
    });
  });

  // The head's own movements are read for other reasons.
  const record = ({ path: asked }: { readonly path: string }) => asked.includes("/activity") && asked.includes("main");

  test("is nothing where GitHub does not show its record", async () => {
    const { world, pull } = await after(readable, broken);
    world.github.fail(record, 404);
    const found = await collect(world, pull);
    expect(formerOf(found)).toMatchObject({ kind: "none", because: expect.stringContaining("404") as string });
    expect(found.lookAgainMs).toBeNull();
  });

  test("where GitHub fails to give its record, nothing is judged by less than what stood there", async () => {
    const { world, pull } = await after(readable, broken);
    world.github.fail(record, 502);
    await expect(collect(world, pull)).rejects.toThrow("activity");
  });

  test("of the organisation is read in its own repository", async () => {
    const { world, pull } = await after(readable);
    const org = world.acme.repository(".github", { files: { "sallyport.yml": readable } });
    const at = `acme/.github@${org.tip()}:sallyport.yml`;
    org.commit("main", { files: { "sallyport.yml": broken } });
    expect(formerOf(await collect(world, pull), "organisation")).toEqual({ kind: "version", at, text: readable });
  });
});

describe("both facts, by the policies in force and by others in their place", () => {
  const instead = (text: string) => (present: { readonly policies: readonly PolicySource[] }) =>
    present.policies.map((source): PolicySource => ({ ...source, content: { kind: "text", text } }));
  const both = (world: World, pull: SimPullRequest, given: ReturnType<typeof instead> | (() => null)) => {
    const { installationId, at: repository } = world;
    const subject = { kind: "pull_request", installationId, repository, number: pull.number } as const;
    const source = new GitHubFacts({
      renderer: null,
      apiFor: world.apiFor,
      blobs: { get: async () => new Map(), put: async () => undefined },
      clock: world.clock,
      appId: world.app.id,
      policyOf: (policies) => readPolicies(policies, rules).policy,
      unusable: (policies) => unusable(policies, rules),
      posture: new GitHubPosture({ apiFor: world.apiFor, clock: world.clock, appId: world.app.id }),
    });
    return source.collectBoth(subject, given, AbortSignal.timeout(30_000));
  };

  test("are the same where both ask for the same", async () => {
    const { world, pull } = await after(readable);
    const found = await both(world, pull, instead("version: 1\nforbidden: ['a/**']\n"));
    expect(found?.changed.facts).toBe(found?.present.facts);
    expect(found?.changed.policies[1]?.content).toMatchObject({ text: "version: 1\nforbidden: ['a/**']\n" });
  });

  test("hold the teams that only the others name", async () => {
    const { world, pull } = await after(readable);
    const found = await both(world, pull, instead("version: 1\napprovals: { from: ['@acme/sre'] }\n"));
    expect(found?.present.facts.teams).toEqual([]);
    expect(found?.changed.facts.teams.map(({ team }) => team)).toEqual(["@acme/sre"]);
  });

  test("are none where no others are named, or where it is closed", async () => {
    const { world, pull } = await after(readable);
    expect(await both(world, pull, () => null)).toBeNull();
    pull.merge(world.writer);
    expect(await both(world, pull, instead(readable))).toBeNull();
  });
});
