import { afterEach, expect, test } from "vitest";
import { GitHubBranches } from "../../../src/adapters/github/branches.ts";
import { GitHubPosture } from "../../../src/adapters/github/posture.ts";
import type { CollectedBranch } from "../../../src/app/ports.ts";
import { type Around, aroundOf } from "../../../src/core/around/around.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { SimPullRequest } from "../../../src/sim/facade/pull-request.ts";
import { startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

async function started() {
  const world = await startWorld();
  worlds.push(world);
  const owner = world.shop.state.owner;
  const required = {
    requiredChecks: [{ context: "sallyport", app: world.app.state }],
    bypass: ["organization admins" as const],
  };
  const admin = world.github.user("person-z");
  world.acme.member(admin, "admin");
  return { ...world, owner, admin, protect: () => world.shop.protect(required) };
}

async function collect(world: World, seenId: number | null = null, branch = "main"): Promise<CollectedBranch> {
  const { apiFor, clock, app, installationId, at: repository } = world;
  const shared = { apiFor: async (id: number) => apiFor(id), clock, appId: app.id };
  const source = new GitHubBranches({ ...shared, posture: new GitHubPosture(shared), policyOf: strictDefault });
  return source.collect({ kind: "branch", installationId, repository, branch }, seenId, AbortSignal.timeout(30_000));
}

function watched(collected: CollectedBranch): Extract<CollectedBranch, { kind: "branch" }> {
  if (collected.kind !== "branch") throw new Error("The branch is not watched.");
  return collected;
}

async function ways(world: World, seenId: number | null = null): Promise<readonly Around[]> {
  return aroundOf(watched(await collect(world, seenId)).facts);
}

/** The creation of the repository is history before anything that a test does. */
async function seen(world: World): Promise<number | null> {
  return watched(await collect(world)).seenId;
}

function opened(world: World): SimPullRequest {
  world.shop.commit("topic", { by: world.writer, files: { "a.txt": "1\n" } });
  return world.shop.openPullRequest({ head: "topic", by: world.writer });
}

test("an administrator's merge on a failing check is told, with head and run", async () => {
  const world = await started();
  world.protect();
  const from = await seen(world);
  const pull = opened(world);
  const run = world.app.checkRun(world.shop, pull.headSha, { name: "sallyport", conclusion: "failure" });
  world.pass(5_000);
  pull.merge(world.admin);
  expect(await ways(world, from)).toMatchObject([
    {
      way: "merge",
      number: pull.number,
      headSha: pull.headSha,
      runId: run.id,
      actorId: world.admin.id,
      required: true,
    },
  ]);
});

test("a merge on a green check is no way around, and neither is one that turns red afterwards", async () => {
  const world = await started();
  world.protect();
  const from = await seen(world);
  const pull = opened(world);
  world.app.checkRun(world.shop, pull.headSha, { name: "sallyport", conclusion: "success" });
  world.pass(5_000);
  pull.merge(world.writer);
  world.pass(5_000);
  world.app.checkRun(world.shop, pull.headSha, { name: "sallyport", conclusion: "failure" });
  expect(await ways(world, from)).toEqual([]);
});

test("a merge before the check has spoken is told, also when it turns green afterwards", async () => {
  const world = await started();
  const from = await seen(world);
  const pull = opened(world);
  const run = world.app.checkRun(world.shop, pull.headSha, { name: "sallyport", status: "in_progress" });
  world.pass(5_000);
  pull.merge(world.writer, { method: "squash" });
  world.pass(5_000);
  world.app.updateCheckRun(world.shop, run, { conclusion: "success" });
  expect(await ways(world, from)).toMatchObject([
    { way: "merge", number: pull.number, runId: run.id, required: false },
  ]);
});

test("the green run of another app of that name does not count", async () => {
  const world = await started();
  const from = await seen(world);
  const pull = opened(world);
  const other = world.github.app({ slug: "other", permissions: { checks: "write" }, events: [] });
  other.install(world.acme.account);
  other.checkRun(world.shop, pull.headSha, { name: "sallyport", conclusion: "success" });
  world.pass(5_000);
  pull.merge(world.writer);
  expect(await ways(world, from)).toHaveLength(1);
});

test("a direct push past the required check is told, and a push of a green commit is not", async () => {
  const world = await started();
  world.protect();
  const from = await seen(world);
  const green = world.shop.commit("topic", { by: world.writer, files: { "a.txt": "1\n" } });
  world.app.checkRun(world.shop, green, { name: "sallyport", conclusion: "success" });
  world.pass(5_000);
  world.shop.push("main", green, world.writer);
  expect(await ways(world, from)).toEqual([]);
  const after = world.shop.commit("main", { by: world.admin, files: { "b.txt": "1\n" } });
  expect(await ways(world, from)).toMatchObject([
    { way: "push", afterSha: after, actorId: world.admin.id, byAgent: false },
  ]);
});

test("an agent's push to the default branch is told even where nothing is required", async () => {
  const world = await started();
  const agent = world.github.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  world.shop.grant(agent, "write");
  const from = await seen(world);
  world.shop.commit("main", { by: world.writer, files: { "a.txt": "1\n" } });
  world.shop.commit("main", { by: agent, files: { "a.txt": "2\n" } });
  expect(await ways(world, from)).toMatchObject([{ way: "push", actorId: agent.id, byAgent: true }]);
});

test("a branch that is neither the default one nor guarded by the check is left alone", async () => {
  const world = await started();
  world.shop.commit("release", { by: world.writer, files: { "a.txt": "1\n" } });
  expect(await collect(world, null, "release")).toEqual({ kind: "unwatched" });
  const checks = [{ context: "sallyport: release", app: world.app.state }];
  world.shop.protect({ branches: ["release"], requiredChecks: checks });
  expect((await collect(world, null, "release")).kind).toBe("branch");
});

test("each movement is told once, in the order in which they happened", async () => {
  const world = await started();
  world.protect();
  const from = await seen(world);
  const shas = ["1", "2", "3"].map((text) => world.shop.commit("main", { by: world.admin, files: { "a.txt": text } }));
  const first = watched(await collect(world, from));
  expect(first.facts.movements.map(({ afterSha }) => afterSha)).toEqual(shas);
  expect([first.complete, first.upToDate]).toEqual([true, true]);
  expect(watched(await collect(world, first.seenId)).facts.movements).toEqual([]);
});

test("the first look goes back ten minutes, not to what moved before the App came", async () => {
  const world = await started();
  world.protect();
  world.shop.commit("main", { by: world.admin, files: { "a.txt": "1" } });
  world.pass(10 * 60_000 + 1_000);
  const recent = world.shop.commit("main", { by: world.admin, files: { "a.txt": "2" } });
  expect((await ways(world)).map(({ afterSha }) => afterSha)).toEqual([recent]);
});

test("more movements than GitHub lists at once are not passed off as all", async () => {
  const world = await started();
  const from = await seen(world);
  for (let i = 0; i < 101; i += 1) world.shop.commit("main", { by: world.writer, files: { "a.txt": `${i}` } });
  expect(watched(await collect(world, from)).complete).toBe(false);
});

test("a repository that took over the name of another one is not looked at in its place", async () => {
  const world = await started();
  const moved = { ...world, at: { ...world.at, id: world.at.id + 1 } };
  await expect(collect(moved)).rejects.toThrow("another repository has this name now");
});

test("a repository that the app is not given any more is not asked for again and again", async () => {
  const world = await started();
  const other = world.acme.repository("other", { private: true });
  const [installation] = [...world.github.world.installations.values()];
  if (installation === undefined) throw new Error("The app should be installed.");
  world.app.uninstall(installation);
  const again = world.app.install(world.acme.account, [other]);
  expect(await collect({ ...world, installationId: again.id })).toEqual({ kind: "unwatched" });
});
