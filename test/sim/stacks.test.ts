import { afterEach, beforeEach, expect, test } from "vitest";
import type { SimPullRequest } from "../../src/sim/facade/pull-request.ts";
import { acme, installationClient, Receiver } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
beforeEach(async () => {
  world = await acme();
});
afterEach(async () => {
  await world.sim.stop();
});

/** The pull request that is there, another onto it, and a third onto that. */
function three(): [SimPullRequest, SimPullRequest, SimPullRequest] {
  const { repository, agent, pull } = world;
  repository.commit("second", { files: { "k8s/api.yaml": "replicas: 30\n" }, from: "feature", by: agent });
  const second = repository.openPullRequest({ head: "second", base: "feature", by: agent });
  repository.commit("third", { files: { third: "3" }, from: "second", by: agent });
  const third = repository.openPullRequest({ head: "third", base: "second", by: agent });
  return [pull, second, third];
}
const green = (pull: SimPullRequest): unknown =>
  world.app.checkRun(world.repository, pull.headSha, { name: "sallyport", conclusion: "success" });

test("a stack stands in each of its pull requests, which keep their own base", async () => {
  const { sim, app, installation, repository, agent, personA } = world;
  const [bottom, second, third] = three();
  expect(() => repository.stack(agent, bottom, third)).toThrow("is not the head of #1");
  const stack = repository.stack(agent, bottom, second, third);
  const ask = await installationClient(sim, app, installation);
  expect((await ask("GET", "/repos/acme/infra/pulls/2")).body).toMatchObject({
    base: { ref: "feature" },
    stack: { base: { ref: "main", sha: repository.tip() }, size: 3, position: 2, number: stack.number },
  });
  expect((await ask("GET", "/repos/acme/infra/stacks/1")).body).toMatchObject({
    base: { ref: "main" },
    open: true,
    pull_requests: [{ number: 1 }, { number: 2 }, { number: 3 }],
  });
  expect(() => second.armAutoMerge(personA)).toThrow("not supported");
  repository.unstack(stack);
  expect((await ask("GET", "/repos/acme/infra/pulls/2")).get("stack")).toBeNull();
});

test("the rules of the stack's base hold for all of it, and merging one merges all below", () => {
  const { app, repository, agent, personA, personB } = world;
  const stack = three();
  const [bottom, second, third] = stack;
  const required = [{ context: "sallyport", app: app.state }];
  const ruleset = repository.protect({ requiredChecks: required });
  repository.stack(agent, ...stack);
  green(second);
  expect(() => second.merge(personA)).toThrow("is expected");
  repository.changeProtection(ruleset, { requiredChecks: required, bypass: [personB] });
  expect(() => second.merge(personB)).toThrow("is expected");
  green(bottom);
  expect(second.merge(personA, { method: "merge" })).toBe(repository.tip());
  expect(stack.map(({ state }) => state.merged !== null)).toEqual([true, true, false]);
  expect(third.state.base.ref).toBe("main");
  expect(third.merge(personB)).toBe(repository.tip());
});

test("a pull request below that was closed stops those above", () => {
  const { repository, agent, personA } = world;
  const [bottom, second, third] = three();
  repository.stack(agent, bottom, second, third);
  bottom.edit(agent, { state: "closed" });
  expect(() => second.merge(personA)).toThrow("#1 below is closed");
  third.edit(agent, { base: "main" });
  expect(third.state.stack).toBeNull();
});

test("a webhook tells each pull request that it was stacked", async () => {
  const { sim, app, org, repository, agent } = world;
  const receiver = new Receiver();
  const stack = three();
  const watcher = sim.app({
    slug: "watcher",
    permissions: { pull_requests: "read" },
    events: ["pull_request"],
    privateKey: app.privateKey,
    webhookUrl: await receiver.listen(),
  });
  watcher.install(org.account);
  repository.stack(agent, ...stack);
  await sim.deliveries.flush();
  await receiver.close();
  const [, ...told] = receiver.received;
  expect(told.map(({ get }) => [get("action"), get("number"), get("stack.position")])).toEqual([
    ["stacked", 1, 1],
    ["stacked", 2, 2],
    ["stacked", 3, 3],
  ]);
});
