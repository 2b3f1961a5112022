// What a merge queue is told: nothing lands unseen, and nothing waits for an answer.
import { expect, test } from "vitest";
import type { SimPullRequest } from "../src/sim/facade/pull-request.ts";
import type { QueueRule } from "../src/sim/state/model.ts";
import { deployment, pods, pool, served } from "./service.ts";

/** A queue before the default branch, whose one required check is ours. */
async function queue(rule: Partial<QueueRule> = {}, files?: Readonly<Record<string, string>>) {
  const given = await served(files);
  const { app, shop, person } = given;
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: rule });
  const words = (name: string, change: Readonly<Record<string, string>>): SimPullRequest => {
    shop.commit(name, { by: person, files: change });
    return shop.openPullRequest({ head: name, by: person });
  };
  const left = (pull: SimPullRequest) =>
    pull.state.events.findLast(({ event }) => event === "removed_from_merge_queue")?.detail;
  return { ...given, words, left };
}

test("a group of people's changes is answered and lands", async () => {
  const { shop, person, settled, on, words } = await queue();
  const pull = words("words", { "README.md": "# The shop\n" });
  await settled();
  pull.enqueue(person);
  const [head] = shop.mergeGroups();
  await settled();
  expect(on(head?.headSha ?? "")).toEqual(["sallyport success"]);
  expect(pull.state.merged?.sha).toBe(head?.headSha);
  await settled();
  expect(on(head?.headSha ?? "")).toEqual(["sallyport success"]);
});

test.each(["ALLGREEN", "HEADGREEN"] as const)(
  "%s: two that are fine alone and too much together do not land together",
  async (groupingStrategy) => {
    const { shop, person, settled, on, words, left } = await queue({ groupingStrategy, minEntriesToMerge: 2 }, pool);
    const one = words("one", { "k8s/staging/search/deployment.yaml": pods("search", 8) });
    const two = words("two", { "k8s/staging/payment/deployment.yaml": pods("payment", 28) });
    await settled();
    expect([on(one.headSha), on(two.headSha)]).toEqual([["sallyport success"], ["sallyport success"]]);
    one.enqueue(person);
    two.enqueue(person);
    const together = shop.mergeGroups().at(-1)?.headSha ?? "";
    await settled();
    expect(on(together)[0]).toBe("sallyport failure");
    expect(left(two)).toMatchObject({ reason: "CI_FAILURE" });
    expect(two.state.merged).toBeNull();
  },
);

test("a member whose approval is gone when its turn comes does not land", async () => {
  const { github, acme, shop, agent, person, settled, on, left } = await queue();
  const [reviewer, other] = [github.user("person-b"), github.user("person-c")];
  for (const one of [reviewer, other]) {
    acme.member(one);
    shop.grant(one, "write");
  }
  shop.commit("copilot/words", { by: agent, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "copilot/words", by: agent });
  await settled();
  pull.review(reviewer, "approve");
  const review = pull.review(other, "approve");
  await settled();
  expect(on(pull.headSha).at(-1)).toBe("sallyport success");
  github.deliveries.next("drop", "pull_request_review");
  pull.dismiss(review, person);
  pull.enqueue(person);
  const [head] = shop.mergeGroups();
  await settled();
  expect(on(head?.headSha ?? "")[0]).toBe("sallyport failure");
  expect([pull.state.merged, left(pull)]).toMatchObject([null, { reason: "CI_FAILURE" }]);
});

test("a member whose check is still green does not land once a freeze is open", async () => {
  const { github, app, shop, person, settled, on } = await served();
  shop.commit("words", { by: person, files: { "README.md": "# The shop\n" } });
  const pull = shop.openPullRequest({ head: "words", by: person });
  await settled();
  github.deliveries.next("drop", "push");
  const freeze = "version: 1\nfreezes: [{ name: always, schedule: daily, applies_to: everyone }]\n";
  shop.commit("main", { by: person, files: { ".github/sallyport.yml": freeze } });
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: {} });
  await settled();
  expect(on(pull.headSha)).toEqual(["sallyport success"]);
  pull.enqueue(person);
  const [head] = shop.mergeGroups();
  await settled();
  expect(on(head?.headSha ?? "")).toEqual(["sallyport failure"]);
  expect(pull.state.merged).toBeNull();
});

test("a group that its queue gives up leaves no green commit behind", async () => {
  const { app, shop, person, settled, on, words } = await queue({ minEntriesToMerge: 1 });
  shop.protect({ requiredChecks: [{ context: "other", app: app.state }] });
  const pull = words("words", { "README.md": "# The shop\n" });
  await settled();
  app.checkRun(shop, pull.headSha, { name: "other", conclusion: "success" });
  pull.enqueue(person);
  const head = shop.mergeGroups()[0]?.headSha ?? "";
  await settled();
  expect(on(head)).toEqual(["sallyport success"]);
  pull.dequeue(person);
  await settled();
  expect(on(head)).toEqual(["sallyport success", "sallyport failure"]);
});

test("a group that cannot be read is answered with a failure and not left waiting", async () => {
  const { github, shop, person, repository, installationId, settled, lookAgain, on, words } = await queue();
  const pull = words("words", { "k8s/api.yaml": deployment(3), "README.md": "# The shop\n" });
  await settled();
  github.fail("POST /graphql", 502, 100);
  pull.enqueue(person);
  const { headSha = "", ref = "", baseSha = "" } = shop.mergeGroups()[0] ?? {};
  await settled();
  expect(on(headSha)).toEqual([]);
  const headRef = ref.slice("refs/heads/".length);
  const at = { installationId, repository, headRef, headSha, baseRef: "main", baseSha, baseIsDefault: true };
  for (let tries = 0; tries < 3; tries++) await lookAgain({ kind: "merge_group", ...at });
  expect(on(headSha)).toEqual(["sallyport failure"]);
  expect(pull.state.merged).toBeNull();
});

test.each(["merge_group", "push"])("a group whose %s event is lost is answered by the other one", async (lost) => {
  const { github, shop, person, settled, on, words } = await queue();
  const pull = words("words", { "README.md": "# The shop\n" });
  await settled();
  github.deliveries.next("drop", lost, 1);
  pull.enqueue(person);
  const head = shop.mergeGroups()[0]?.headSha ?? "";
  await settled();
  expect(on(head)).toEqual(["sallyport success"]);
  expect(pull.state.merged?.sha).toBe(head);
});

test("a group of which no event arrived is found by the next sweep of its repository", async () => {
  const { github, shop, person, repository, installationId, settled, lookAgain, on, words } = await queue();
  const pull = words("words", { "README.md": "# The shop\n" });
  await settled();
  github.deliveries.next("drop", () => true, 100);
  pull.enqueue(person);
  const head = shop.mergeGroups()[0]?.headSha ?? "";
  await settled();
  expect(on(head)).toEqual([]);
  await lookAgain({ kind: "sweep_repository", installationId, repository });
  expect(on(head)).toEqual(["sallyport success"]);
});
