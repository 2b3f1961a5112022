import { afterEach, expect, test } from "vitest";
import { pusherOf, readMovements, readWorkflowActs } from "../../../../src/adapters/github/facts/movements.ts";
import { ask } from "../../../../src/adapters/github/api.ts";
import { pullShape } from "../../../../src/adapters/github/shapes.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import type { Account } from "../../../../src/sim/state/model.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const hour = 3_600_000;

/** A pull request that a workflow opened and pushed, and the means to run workflows. */
async function started() {
  const world = await startWorld();
  worlds.push(world);
  const { github, shop } = world;
  const actions = github.app({ slug: "github-actions", id: 15_368, botId: 41_898_282, permissions: {}, events: [] });
  const run = (by: Account, again: Account = by, conclusion: "success" | null = null) =>
    shop.runWorkflow(actions.state, {
      path: ".github/workflows/agent.yml",
      event: "workflow_dispatch",
      branch: "main",
      sha: shop.tip(),
      actor: by,
      triggeringActor: again,
      conclusion,
    });
  const open = (by: Account = actions.bot): SimPullRequest => {
    shop.commit("topic", { files: { "a.txt": "1\n" }, by: actions.bot });
    return shop.openPullRequest({ head: "topic", by });
  };
  return { ...world, actions, run, open };
}

async function read({ apiFor, installationId, clock, at }: World, { number }: SimPullRequest) {
  const session = { api: await apiFor(installationId), signal: AbortSignal.timeout(30_000), clock };
  const given = { owner: at.owner, repo: at.name, pull_number: number };
  const pull = await ask(session, "GET /repos/{owner}/{repo}/pulls/{pull_number}", given, pullShape);
  const movements = await readMovements(session, pull);
  const acts = await readWorkflowActs(session, at, pull, movements);
  const told = acts.map(({ as, runBy }) => [as.login, runBy?.map(({ login }) => login) ?? null]);
  return { told, pusher: pusherOf(pull.head.sha, movements)?.login ?? null };
}

const asked = ({ github }: World) =>
  github.requests.entries.filter(({ route }) => route === "/repos/{owner}/{repo}/actions/runs").length;

test("the run that was under way tells who had GitHub Actions open and push it", async () => {
  const world = await started();
  world.run(world.reviewer, world.reviewer, "success");
  world.pass(hour);
  world.run(world.writer);
  world.pass(hour);
  const pull = world.open();
  world.pass(hour);
  world.run(world.reviewer);
  const bot = ["github-actions[bot]", ["person-a"]];
  expect(await read(world, pull)).toEqual({ told: [bot, bot], pusher: "github-actions[bot]" });
  expect(asked(world)).toBe(1);
});

test("runs of several people, the one who asked for it again among them, are all told", async () => {
  const world = await started();
  world.run(world.writer, world.reviewer);
  expect((await read(world, world.open(world.writer))).told).toEqual([
    ["github-actions[bot]", ["person-a", "person-b"]],
  ]);
});

test("nothing is asked where no workflow had a hand in it, nor for a fork, whose runs are not seen", async () => {
  const world = await started();
  world.shop.commit("words", { files: { "a.txt": "1\n" }, by: world.writer });
  const own = world.shop.openPullRequest({ head: "words", by: world.writer });
  const outsider = world.github.user("person-x");
  world.shop.grant(outsider, "read");
  const fork = world.shop.fork(outsider);
  fork.commit("topic", { files: { "a.txt": "1\n" }, by: world.actions.bot });
  const forked = world.shop.openPullRequest({ head: "topic", by: outsider, from: fork });
  expect((await read(world, own)).told).toEqual([]);
  expect((await read(world, forked)).told).toEqual([]);
  expect(asked(world)).toBe(0);
});

test.each([403, 404])("runs that GitHub answers with %i are nobody's that is known", async (status) => {
  const world = await started();
  world.run(world.writer);
  const pull = world.open(world.writer);
  world.github.fail("GET /repos/{owner}/{repo}/actions/runs", status);
  expect((await read(world, pull)).told).toEqual([["github-actions[bot]", null]]);
});

test("a failure is no answer", async () => {
  const world = await started();
  const pull = world.open();
  world.github.fail("GET /repos/{owner}/{repo}/actions/runs", 502);
  await expect(read(world, pull)).rejects.toThrow("Cannot ask GitHub");
});

test("no run at all, or more runs than are read, tell nobody", async () => {
  const none = await started();
  expect((await read(none, none.open(none.writer))).told).toEqual([["github-actions[bot]", null]]);
  const many = await started();
  for (let i = 0; i <= 300; i += 1) many.run(many.writer);
  expect((await read(many, many.open(many.writer))).told).toEqual([["github-actions[bot]", null]]);
  expect(asked(many)).toBe(3);
});
