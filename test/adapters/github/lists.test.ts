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

test("an installation's repositories are listed with their default branches, without those that are archived", async () => {
  const world = await started();
  const { installationId, at } = world;
  const infra = world.acme.repository("infra");
  world.acme.repository("attic").change({ archived: true });
  const subjects = await listed(world, { kind: "sweep_installation", installationId });
  expect(new Set(subjects.map(subjectId))).toEqual(
    new Set([at.id, infra.state.id].flatMap((id) => [`sweep/repository/${id}`, `branch/${id}/main`])),
  );
});

test("a listing that GitHub refuses is an error, not an empty one", async () => {
  const world = await started();
  const { installationId, at: repository } = world;
  world.github.fail("GET /repos/{owner}/{repo}/pulls", 502);
  await expect(listed(world, { kind: "sweep_repository", installationId, repository })).rejects.toThrow(
    "Cannot ask GitHub",
  );
});
