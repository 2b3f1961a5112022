import { afterEach, expect, test } from "vitest";
import { ask } from "../../../../src/adapters/github/api.ts";
import { readIssuePrompts } from "../../../../src/adapters/github/facts/linked-issues.ts";
import { pullShape } from "../../../../src/adapters/github/shapes.ts";
import type { Account } from "../../../../src/sim/state/model.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

/** Issues, and what is read of them for a pull request that an agent opens. */
async function started() {
  const world = await startWorld();
  worlds.push(world);
  const { github, shop, writer } = world;
  const claude = github.user("claude[bot]", { id: 209_825_114, type: "Bot" });
  const read = async (body: string, by: Account = claude, head = "topic", attested = false) => {
    shop.commit(head, { files: { "a.txt": "1\n" }, by: writer });
    const { number } = shop.openPullRequest({ head, by, body });
    const session = {
      api: await world.apiFor(world.installationId),
      signal: AbortSignal.timeout(30_000),
      clock: world.clock,
    };
    const given = { owner: "acme", repo: "shop", pull_number: number };
    const pull = await ask(session, "GET /repos/{owner}/{repo}/pulls/{pull_number}", given, pullShape);
    const prompts = await readIssuePrompts(session, world.at, pull, attested);
    return prompts.map(({ by: account, how }) => `${account.login} ${how}`);
  };
  return { ...world, read };
}

const asked = ({ github }: World) =>
  github.requests.entries.filter(({ route }) => route.startsWith("/repos/{owner}/{repo}/issues/")).length;

test("who calls an agent on the issue that a pull request answers is told", async () => {
  const world = await started();
  const issue = world.shop.openIssue(world.writer, "Slow", "@claude make it faster");
  world.shop.commentOnIssue(issue, world.reviewer, "@claude start with the cache");
  expect(await world.read(`Fixes #${issue.number}.`)).toEqual(["person-a called", "person-b called"]);
});

test("the issue may stand in the name of the branch", async () => {
  const world = await started();
  const issue = world.shop.openIssue(world.writer, "Slow", "@claude make it faster");
  expect(await world.read("", undefined, `claude/issue-${issue.number}-20260217`)).toEqual(["person-a called"]);
});

test("another repository's issue, another pull request, and what is not there tell nobody", async () => {
  const world = await started();
  world.shop.openIssue(world.writer, "Slow", "@claude make it faster");
  world.shop.commit("other", { files: { "b.txt": "1\n" }, by: world.writer });
  const other = world.shop.openPullRequest({ head: "other", by: world.writer, body: "@claude look" });
  expect(await world.read(`acme/infra#1 #${other.number} #999`)).toEqual([]);
});

test.each([
  ["a person's own pull request", async (world: Awaited<ReturnType<typeof started>>) => world.read("#1", world.writer)],
  [
    "one whose start GitHub attests",
    async (world: Awaited<ReturnType<typeof started>>) => world.read("#1", undefined, "topic", true),
  ],
])("nothing is asked for %s", async (_, read) => {
  const world = await started();
  world.shop.openIssue(world.writer, "Slow", "@claude make it faster");
  expect(await read(world)).toEqual([]);
  expect(asked(world)).toBe(0);
});

test("no more than three issues are asked for", async () => {
  const world = await started();
  for (let i = 0; i < 5; i += 1) world.shop.openIssue(world.writer, `Slow ${i}`, "@claude make it faster");
  await world.read("#1 #2 #3 #4 #5");
  expect(asked(world)).toBe(6);
});

test("issues that are not shown tell nobody, and a failure is no answer", async () => {
  const world = await started();
  world.shop.openIssue(world.writer, "Slow", "@claude make it faster");
  world.github.fail("GET /repos/{owner}/{repo}/issues/{issue_number}", 403);
  expect(await world.read("#1")).toEqual([]);
  world.github.fail("GET /repos/{owner}/{repo}/issues/{issue_number}", 502);
  await expect(world.read("#1", undefined, "again")).rejects.toThrow("Cannot ask GitHub");
});
