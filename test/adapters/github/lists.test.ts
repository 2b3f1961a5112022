import { afterEach, expect, test } from "vitest";
import { GitHubLists } from "../../../src/adapters/github/lists.ts";
import { type Subject, type SweepSubject, subjectId } from "../../../src/core/subject.ts";
import { startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

async function started(): Promise<World> {
  const world = await startWorld();
  worlds.push(world);
  return world;
}

async function listed(world: World, sweep: SweepSubject): Promise<Subject[]> {
  const lists = new GitHubLists((installationId) => world.apiFor(installationId), world.clock);
  const all: Subject[] = [];
  let cursor: string | null = null;
  do {
    const page = await lists.page(sweep, cursor, AbortSignal.timeout(30_000));
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

test("a repository's open pull requests are listed over all pages, newest first", async () => {
  const world = await started();
  const { installationId, at: repository } = world;
  for (let i = 0; i < 120; i += 1) {
    world.shop.commit(`topic-${i}`, { files: { "a.txt": `${i}\n` }, by: world.writer });
    const pull = world.shop.openPullRequest({ head: `topic-${i}`, by: world.writer });
    if (i === 5) pull.edit(world.writer, { state: "closed" });
  }
  const subjects = await listed(world, { kind: "sweep_repository", installationId, repository });
  const numbers = Array.from({ length: 120 }, (_, i) => 120 - i).filter((number) => number !== 6);
  expect(subjects).toEqual(numbers.map((number) => ({ kind: "pull_request", installationId, repository, number })));
});

test("a base's pull requests are those onto it", async () => {
  const world = await started();
  const { installationId, at: repository } = world;
  world.shop.commit("release", { files: { "b.txt": "1\n" }, by: world.writer });
  world.shop.commit("topic", { files: { "a.txt": "1\n" }, by: world.writer });
  world.shop.openPullRequest({ head: "topic", by: world.writer });
  const onto = world.shop.openPullRequest({ head: "topic", base: "release", by: world.writer });
  const subjects = await listed(world, { kind: "sweep_base", installationId, repository, baseRef: "release" });
  expect(subjects.map(subjectId)).toEqual([`pull/${repository.id}/${onto.number}`]);
});

test("a base's pull requests are also those that land on it through a stack", async () => {
  const world = await started();
  const { installationId, at: repository, shop, writer } = world;
  shop.commit("release", { files: { "b.txt": "1\n" }, by: writer });
  const pulls = [1, 2, 3].map((i) => {
    const base = i === 1 ? "release" : `part-${i - 1}`;
    shop.commit(`part-${i}`, { files: { [`${i}.txt`]: "1\n" }, by: writer, from: base });
    return shop.openPullRequest({ head: `part-${i}`, base, by: writer });
  });
  shop.stack(writer, ...pulls);
  pulls[1]?.edit(writer, { state: "closed" });
  const onto = async (baseRef: string): Promise<Set<string>> =>
    new Set((await listed(world, { kind: "sweep_base", installationId, repository, baseRef })).map(subjectId));
  expect(await onto("release")).toEqual(new Set([`pull/${repository.id}/1`, `pull/${repository.id}/3`]));
  expect(await onto("part-2")).toEqual(new Set([`pull/${repository.id}/3`]));
  world.github.fail("GET /repos/{owner}/{repo}/stacks", 404);
  expect(await onto("release")).toEqual(new Set([`pull/${repository.id}/1`]));
});

test("stacks are read to their end", async () => {
  const world = await started();
  const { installationId, at: repository, shop, writer } = world;
  shop.commit("release", { files: { "b.txt": "1\n" }, by: writer });
  const topics = Array.from({ length: 101 }, (_, i) => {
    const onto = i === 100 ? "release" : "main";
    shop.commit(`low-${i}`, { files: { "1.txt": `${i}\n` }, by: writer, from: onto });
    shop.commit(`high-${i}`, { files: { "2.txt": `${i}\n` }, by: writer, from: `low-${i}` });
    const low = shop.openPullRequest({ head: `low-${i}`, base: onto, by: writer });
    const high = shop.openPullRequest({ head: `high-${i}`, base: `low-${i}`, by: writer });
    shop.stack(writer, low, high);
    return high;
  });
  const subjects = await listed(world, { kind: "sweep_base", installationId, repository, baseRef: "release" });
  expect(subjects.map(subjectId)).toContain(`pull/${repository.id}/${topics[100]?.number}`);
});

test("a repository's merge groups are listed over all pages, as their own event names them", async () => {
  const world = await started();
  const { installationId, at: repository, shop, writer, app } = world;
  const commits = Array.from({ length: 101 }, (_, i) => shop.commit("scratch", { files: { "a.txt": `${i}\n` } }));
  const base = commits[0] ?? "";
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }], mergeQueue: {} });
  shop.commit("topic", { files: { "b.txt": "1\n" }, by: writer });
  const pull = shop.openPullRequest({ head: "topic", by: writer });
  app.checkRun(shop, pull.headSha, { name: "sallyport", conclusion: "success" });
  pull.enqueue(writer);
  const [group] = shop.mergeGroups();
  // Groups of another queue, on a branch with a slash in its name.
  for (const [i, sha] of commits.entries()) {
    shop.state.refs.set(`refs/heads/gh-readonly-queue/release/1.x/pr-${i}-${base}`, sha);
  }
  shop.state.refs.set("refs/heads/gh-readonly-queue/other", base);
  const subjects = await listed(world, { kind: "sweep_repository", installationId, repository });
  const groups = subjects.filter(({ kind }) => kind === "merge_group");
  expect(groups).toHaveLength(102);
  expect(groups).toContainEqual({
    kind: "merge_group",
    installationId,
    repository,
    headRef: group?.ref.slice("refs/heads/".length),
    headSha: group?.headSha,
    baseRef: "main",
    baseSha: group?.baseSha,
    baseIsDefault: true,
  });
  expect(groups).toContainEqual(
    expect.objectContaining({ baseRef: "release/1.x", baseSha: base, headSha: commits[100], baseIsDefault: false }),
  );
});

test("an installation's repositories are listed with their default branches and what went live, without those that are archived", async () => {
  const world = await started();
  const { installationId, at } = world;
  const infra = world.acme.repository("infra");
  world.acme.repository("attic").change({ archived: true });
  const subjects = await listed(world, { kind: "sweep_installation", installationId });
  expect(new Set(subjects.map(subjectId))).toEqual(
    new Set(
      [at.id, infra.state.id].flatMap((id) => [`sweep/repository/${id}`, `branch/${id}/main`, `aftermath/${id}`]),
    ),
  );
});

test("a listing that GitHub refuses is an error, not an empty one", async () => {
  const world = await started();
  const { installationId, at: repository } = world;
  world.github.fail("GET /repos/{owner}/{repo}/pulls", 502);
  await expect(listed(world, { kind: "sweep_repository", installationId, repository })).rejects.toThrow(
    "Cannot ask GitHub",
  );
  world.github.fail("GET /repos/{owner}/{repo}/stacks", 502);
  await expect(listed(world, { kind: "sweep_base", installationId, repository, baseRef: "main" })).rejects.toThrow(
    "Cannot ask GitHub",
  );
  world.github.fail("POST /graphql", 502);
  await expect(listed(world, { kind: "sweep_repository", installationId, repository })).rejects.toThrow(
    "Cannot ask GitHub",
  );
});
