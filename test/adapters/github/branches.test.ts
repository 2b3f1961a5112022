import { afterEach, expect, test } from "vitest";
import { GitHubBranches } from "../../../src/adapters/github/branches.ts";
import { GitHubPosture } from "../../../src/adapters/github/posture.ts";
import type { CollectedBranch } from "../../../src/app/ports.ts";
import { type Around, aroundOf } from "../../../src/core/around/around.ts";
import { type PolicySource, readPolicies } from "../../../src/core/policy/reading.ts";
import { rules } from "../../../src/core/rules/index.ts";
import type { SimPullRequest } from "../../../src/sim/facade/pull-request.ts";
import { startWorld, type World } from "./world.ts";

const policyOf = (sources: readonly PolicySource[]) => readPolicies(sources, rules).policy;
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

async function collect(
  world: World,
  seenId: number | null = null,
  branch = "main",
  guarded = false,
): Promise<CollectedBranch> {
  const { apiFor, clock, app, installationId, at: repository } = world;
  const shared = { apiFor: async (id: number) => apiFor(id), clock, appId: app.id };
  const source = new GitHubBranches({ ...shared, posture: new GitHubPosture(shared), policyOf });
  const subject = { kind: "branch", installationId, repository, branch } as const;
  return source.collect(subject, { seenId, guarded }, AbortSignal.timeout(30_000));
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

test("a branch that the policy names for staging or production is watched, whatever guards it", async () => {
  const world = await started();
  const branch = (name: string) => world.shop.commit(name, { by: world.writer, files: { "a.txt": "1\n" } });
  for (const name of ["release/1", "production"]) branch(name);
  expect((await collect(world, null, "production")).kind).toBe("branch");
  expect(await collect(world, null, "release/1")).toEqual({ kind: "unwatched" });
  const policy = "version: 1\nenvironments: { production: { branches: [release/*] } }\n";
  world.shop.commit("main", { by: world.writer, files: { ".github/sallyport.yml": policy } });
  expect((await collect(world, null, "release/1")).kind).toBe("branch");
});

test("a branch that was guarded once is watched also when its rules are gone", async () => {
  const world = await started();
  world.shop.commit("topic", { by: world.writer, files: { "a.txt": "1\n" } });
  expect(await collect(world, null, "topic", false)).toEqual({ kind: "unwatched" });
  const { posture } = watched(await collect(world, null, "topic", true));
  expect(posture).toMatchObject({ branch: "topic", checkName: "sallyport: topic", requiring: [] });
});

const places = async (world: World, from: number | null, branch = "main") =>
  watched(await collect(world, from, branch)).facts.policies.map(({ alarms }) => alarms.issues);

test("the alarms are those of the owner, the default branch and the branch, and of what stood there before", async () => {
  const world = await started();
  const policy = (place: string) => `version: 1\nalarms: { issues: acme/${place} }\n`;
  world.acme.repository(".github", { private: true, files: { "sallyport.yml": policy("of-owner") } });
  world.shop.commit("main", { by: world.admin, files: { ".github/sallyport.yml": policy("of-main") } });
  world.shop.commit("production", { by: world.admin, files: { ".github/sallyport.yml": policy("of-branch") } });
  const from = watched(await collect(world, null, "production")).seenId;
  expect(await places(world, from, "production")).toEqual([["acme/of-branch", "acme/of-main", "acme/of-owner"]]);
  world.shop.commit("production", { by: world.admin, files: { ".github/sallyport.yml": "version: 1\n" } });
  expect(await places(world, from, "production")).toEqual([
    ["acme/of-main", "acme/of-owner"],
    ["acme/of-branch", "acme/of-main", "acme/of-owner"],
  ]);
});

test("a push that takes the alarms out of the owner's policy does not take out its own", async () => {
  const world = await started();
  const files = { "sallyport.yml": "version: 1\nalarms: { issues: acme/incidents }\n" };
  const organisation = world.acme.repository(".github", { private: true, files });
  const there = { ...world, at: { id: organisation.state.id, owner: "acme", name: ".github" } };
  const from = watched(await collect(there)).seenId;
  organisation.commit("main", { by: world.admin, files: { "sallyport.yml": "version: 1\n" } });
  expect(await places(there, from)).toEqual([[], ["acme/incidents"]]);
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
