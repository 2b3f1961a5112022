import { afterEach, beforeEach, expect, test } from "vitest";
import type { SimPullRequest } from "../../src/sim/facade/pull-request.ts";
import type { QueueRule } from "../../src/sim/state/model.ts";
import { acme, installationClient, Receiver } from "./support.ts";

const MINUTE_MS = 60_000;
let world: Awaited<ReturnType<typeof acme>>;
beforeEach(async () => {
  world = await acme();
});
afterEach(async () => {
  await world.sim.stop();
});

/** A queue on main, and as many green pull requests as named. */
function queued(rule: Partial<QueueRule>, ...names: readonly string[]): SimPullRequest[] {
  const { app, repository, personA } = world;
  const pulls = names.map((name) => {
    repository.commit(name, { files: { [name]: name }, by: personA });
    return repository.openPullRequest({ head: name, by: personA });
  });
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: rule });
  for (const pull of pulls) answer(pull.headSha, "success");
  return pulls;
}
const answer = (sha: string, conclusion: "success" | "failure"): unknown =>
  world.app.checkRun(world.repository, sha, { name: "sallyport", conclusion });
const heads = (): string[] => world.repository.mergeGroups().map(({ headSha }) => headSha);
const merged = (pulls: readonly SimPullRequest[]): boolean[] => pulls.map(({ state }) => state.merged !== null);

test("nothing reaches the branch but through the queue, and only what its check lets through", () => {
  const { repository, personA, pull } = world;
  const [first] = queued({}, "one");
  expect(() => first?.merge(personA)).toThrow("through the merge queue");
  expect(() => repository.commit("main", { files: { x: "x" }, by: personA })).toThrow("through the merge queue");
  expect(() => pull.enqueue(personA)).toThrow("is expected");
  first?.enqueue(personA);
  expect(() => first?.enqueue(personA)).toThrow("already in the queue");
  const [head = ""] = heads();
  expect(repository.tip()).not.toBe(head);
  answer(head, "success");
  expect(repository.tip()).toBe(head);
  expect(first?.state.merged).toMatchObject({ by: { login: "github-merge-queue[bot]" }, sha: head });
  expect(heads()).toEqual([]);
});

test("with ALLGREEN every entry is asked about on top of the one before, and a failing one leaves alone", () => {
  const { personA, repository } = world;
  const pulls = queued({ groupingStrategy: "ALLGREEN" }, "one", "two", "three");
  for (const pull of pulls) pull.enqueue(personA);
  const [one = "", two = "", three = ""] = heads();
  expect(repository.mergeGroups().map(({ baseSha }) => baseSha)).toEqual([repository.tip(), one, two]);
  answer(three, "success");
  answer(two, "failure");
  expect(heads()).toHaveLength(2);
  expect(pulls[1]?.state.events.at(-1)).toMatchObject({
    event: "removed_from_merge_queue",
    detail: { reason: "CI_FAILURE" },
  });
  expect(heads()[1]).not.toBe(three);
  answer(one, "success");
  answer(heads()[0] ?? "", "success");
  expect(merged(pulls)).toEqual([true, false, true]);
});

test("with HEADGREEN one answer on the last commit merges the whole group", () => {
  const { personA } = world;
  const pulls = queued({ groupingStrategy: "HEADGREEN", minEntriesToMerge: 3 }, "one", "two", "three");
  const [one, two, three] = pulls;
  one?.enqueue(personA);
  two?.enqueue(personA);
  expect(heads()).toEqual([]);
  three?.enqueue(personA);
  expect(world.repository.mergeGroups().map(({ ref }) => ref)).toEqual([
    `refs/heads/gh-readonly-queue/main/pr-${three?.number}-${world.repository.tip()}`,
  ]);
  answer(heads()[0] ?? "", "success");
  expect(merged(pulls)).toEqual([true, true, true]);
});

test("with HEADGREEN a failing answer takes out the pull request it names, and the rest is asked about anew", () => {
  const { personA } = world;
  const pulls = queued({ groupingStrategy: "HEADGREEN", minEntriesToMerge: 2 }, "one", "two", "three");
  const [one, two, three] = pulls;
  one?.enqueue(personA);
  two?.enqueue(personA);
  answer(heads()[0] ?? "", "failure");
  expect(heads()).toEqual([]);
  expect(two?.state.events.at(-1)).toMatchObject({ detail: { reason: "CI_FAILURE" } });
  three?.enqueue(personA);
  answer(heads()[0] ?? "", "success");
  expect(merged(pulls)).toEqual([true, false, true]);
});

test("a group is formed without the wanted number once the wait is over, and leaves when no answer comes", () => {
  const { clock, personA, sim } = world;
  const rule = { minEntriesToMerge: 2, minEntriesToMergeWaitMinutes: 5, checkResponseTimeoutMinutes: 10 };
  const [one] = queued(rule, "one");
  one?.enqueue(personA);
  clock.advance(5 * MINUTE_MS - 1);
  sim.tick();
  expect(heads()).toEqual([]);
  clock.advance(1);
  sim.tick();
  expect(heads()).toHaveLength(1);
  clock.advance(10 * MINUTE_MS);
  sim.tick();
  expect(heads()).toEqual([]);
  expect(one?.state.events.at(-1)).toMatchObject({ detail: { reason: "CI_TIMEOUT" } });
});

test("a push, a conflict, a dequeuing and a base that moved around the queue build it anew", () => {
  const { personA, personB, repository } = world;
  const pulls = queued({}, "one", "two", "three");
  const [one, two, three] = pulls;
  for (const pull of pulls) pull.enqueue(personA);
  repository.commit("two", { files: { two: "2" }, by: personA });
  expect(repository.mergeGroups().map(({ ref }) => /pr-\d+/u.exec(ref)?.[0])).toEqual([
    `pr-${one?.number}`,
    `pr-${three?.number}`,
  ]);
  one?.dequeue(personA);
  expect(heads()).toHaveLength(1);
  const before = heads();
  const [ruleset] = repository.state.protections;
  if (ruleset === undefined) throw new Error("no ruleset");
  const bypass = [{ role: "admin" }] as const;
  repository.changeProtection(ruleset, { requiredChecks: ruleset.requiredChecks, mergeQueue: {}, bypass });
  repository.commit("main", { files: { other: "x" }, by: personB });
  expect(heads()).not.toEqual(before);
  expect(repository.mergeGroups()[0]?.baseSha).toBe(repository.tip());
  repository.commit("main", { files: { three: "another" }, by: personB });
  expect(heads()).toEqual([]);
  expect(three?.state.events.at(-1)).toMatchObject({ detail: { reason: "MERGE_CONFLICT" } });
  expect(two?.state.merged).toBeNull();
});

test("an armed pull request goes into the queue when its own requirements are met", () => {
  const { personA, pull } = world;
  queued({});
  pull.armAutoMerge(personA);
  answer(pull.headSha, "success");
  expect(heads()).toHaveLength(1);
  expect(pull.state.merged).toBeNull();
});

test("webhooks tell of the queue, its branch and its groups", async () => {
  const { sim, app, org, personA } = world;
  const receiver = new Receiver();
  const watcher = sim.app({
    slug: "watcher",
    permissions: { merge_queues: "read", pull_requests: "read", contents: "read" },
    events: ["merge_group", "pull_request", "push"],
    privateKey: app.privateKey,
    webhookUrl: await receiver.listen(),
  });
  const [one] = queued({}, "one");
  watcher.install(org.account);
  one?.enqueue(personA);
  const [head = ""] = heads();
  answer(head, "success");
  await sim.deliveries.flush();
  await receiver.close();
  expect(receiver.received.map(({ event, get }) => `${event}.${String(get("action") ?? get("ref"))}`)).toEqual([
    "installation.created",
    "pull_request.enqueued",
    expect.stringContaining("push.refs/heads/gh-readonly-queue/main/pr-2-"),
    "merge_group.checks_requested",
    "pull_request.dequeued",
    "pull_request.closed",
    "push.refs/heads/main",
    "merge_group.destroyed",
    expect.stringContaining("push.refs/heads/gh-readonly-queue/main/pr-2-"),
  ]);
  expect(receiver.received[3]?.get("merge_group")).toMatchObject({ head_sha: head, base_ref: "refs/heads/main" });
  expect(receiver.received[4]?.get("reason")).toBe("MERGE");
  expect(receiver.received[7]?.get("reason")).toBe("merged");
});

test("GraphQL lists the entries, and enqueues and dequeues for apps that may merge", async () => {
  const { sim, app, org, repository, personA } = world;
  const [one, two] = queued({}, "one", "two");
  one?.enqueue(personA);
  const enforcer = sim.app({
    slug: "enforcer",
    permissions: { contents: "write", pull_requests: "write", merge_queues: "write" },
    events: [],
    privateKey: app.privateKey,
  });
  const ask = await installationClient(sim, enforcer, enforcer.install(org.account));
  const gate = await installationClient(sim, app, world.installation);
  const enqueue = `mutation { enqueuePullRequest(input: { pullRequestId: "PR_${two?.state.id}" }) { mergeQueueEntry { position } } }`;
  expect((await gate("POST", "/graphql", { query: enqueue })).get("errors.0.type")).toBe("FORBIDDEN");
  const entered = await ask("POST", "/graphql", { query: enqueue });
  expect(entered.get("data.enqueuePullRequest.mergeQueueEntry.position")).toBe(2);
  const query = `query { repository(owner: "acme", name: "infra") { mergeQueue(branch: "main") { entries(first: 10) { nodes {
    position state jump enqueuer { login } headCommit { oid } baseCommit { oid } pullRequest { number isInMergeQueue } } } } } }`;
  const entries = (await ask("POST", "/graphql", { query })).get("data.repository.mergeQueue.entries.nodes");
  const [first, second] = heads();
  expect(entries).toMatchObject([
    { position: 1, state: "AWAITING_CHECKS", enqueuer: { login: "person-a" }, headCommit: { oid: first } },
    { position: 2, baseCommit: { oid: first }, headCommit: { oid: second }, pullRequest: { isInMergeQueue: true } },
  ]);
  const dequeue = `mutation { dequeuePullRequest(input: { id: "PR_${one?.state.id}" }) { mergeQueueEntry { state } } }`;
  expect((await ask("POST", "/graphql", { query: dequeue })).get("errors")).toBeUndefined();
  expect(heads()).toHaveLength(1);
  answer(heads()[0] ?? "", "success");
  const landed = await ask("GET", "/repos/acme/infra/activity?ref=main&activity_type=merge_queue_merge");
  expect(landed.body).toMatchObject([{ after: repository.tip(), actor: { login: "github-merge-queue[bot]" } }]);
});
