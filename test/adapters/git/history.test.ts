import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type History, openHistory } from "../../../src/adapters/git/history.ts";
import { changed } from "../../../src/core/change/change-set.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { outside, Sandbox } from "./sandbox.ts";

let repo: Sandbox;
let history: History;
beforeEach(async () => {
  repo = new Sandbox();
  history = await openHistory(
    { repository: repo.root, policyPath: null, policyOf: strictDefault, unusable: () => [], renderer: null },
    outside,
  );
});
afterEach(() => {
  history.close();
  repo.remove();
});

async function pathsOf(commit: string): Promise<string[]> {
  const { facts } = await history.collect(commit, "copilot");
  return changed(facts.change).map(({ path, status }) => `${status} ${path}`);
}

describe("a past commit", () => {
  test("is judged against its parent and the policy that stood there", async () => {
    const parent = repo.commit("policy", { ".github/sallyport.yml": "version: 1 # then\n", "a.txt": "1\n" });
    const commit = repo.commit("change\n\nWhy.", { ".github/sallyport.yml": "version: 1 # now\n", "a.txt": "2\n" });
    const { facts, policies } = await history.collect(commit, "copilot");
    expect(facts).toMatchObject({ mergeBaseSha: parent, base: { sha: parent }, head: { sha: commit } });
    expect(facts.pullRequest).toMatchObject({
      title: "change",
      body: "Why.",
      author: { id: 198982749 },
      openedAtMs: 1_700_000_100_000,
    });
    expect(facts.commits.map(({ sha }) => sha)).toEqual([commit]);
    expect(policies.map(({ content }) => content)).toEqual([
      { kind: "text", text: "version: 1 # then\n" },
      { kind: "absent" },
    ]);
  });

  test("without a parent adds everything", async () => {
    const root = repo.commit("root", { "a.txt": "1\n", "b.txt": "2\n" });
    expect(await pathsOf(root)).toEqual(["added a.txt", "added b.txt"]);
    expect((await history.collect(root, null)).policies[0]?.content).toEqual({ kind: "absent" });
  });

  test("that merges is judged by what it brings to its first parent, with all commits that it brings", async () => {
    repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    const topic = repo.commit("topic", { "topic.txt": "1\n" });
    repo.git("checkout", "--quiet", "main");
    repo.commit("main", { "main.txt": "1\n" });
    repo.git("merge", "--quiet", "--no-ff", "topic", "-m", "merge");
    const merge = repo.git("rev-parse", "HEAD");
    expect(await pathsOf(merge)).toEqual(["added topic.txt"]);
    expect((await history.collect(merge, null)).facts.commits.map(({ sha }) => sha)).toEqual([topic, merge]);
  });

  test("that changes nothing has no files", async () => {
    repo.commit("base", { "a.txt": "1\n" });
    expect(await pathsOf(repo.commit("empty"))).toEqual([]);
  });

  test("that does not exist is refused, and the next one is still read", async () => {
    const commit = repo.commit("base", { "a.txt": "1\n" });
    await expect(history.collect("0".repeat(40), null)).rejects.toThrow('Cannot find commit "0000');
    expect(await pathsOf(commit)).toEqual(["added a.txt"]);
  });

  test("brings its contents whole, however git cuts its output", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`f${index}.yaml`, `${String(index).repeat(50_000)}\n`] as const),
    );
    const { facts } = await history.collect(repo.commit("many", files), null);
    const read = Object.fromEntries(
      facts.change.files.map(({ path, after }) => [path, after?.content.kind === "text" ? after.content.text : null]),
    );
    expect(read).toEqual(files);
  });
});

test("a range lists its commits from the oldest on, and options do not pass as ranges", async () => {
  repo.commit("one");
  const two = repo.commit("two");
  const three = repo.commit("three");
  expect(await history.list("HEAD~2..HEAD")).toEqual([two, three]);
  await expect(history.list("--all")).rejects.toThrow("--all");
});

test("a policy that is named holds for every commit", async () => {
  repo.write("mine.yml", "version: 1 # mine\n");
  const commit = repo.commit("base");
  const named = await openHistory(
    {
      repository: repo.root,
      policyPath: `${repo.root}/mine.yml`,
      policyOf: strictDefault,
      unusable: () => [],
      renderer: null,
    },
    outside,
  );
  const { policies } = await named.collect(commit, null);
  named.close();
  expect(policies).toMatchObject([
    { at: `${repo.root}/mine.yml`, content: { text: "version: 1 # mine\n" } },
    { scope: "operations" },
  ]);
});

test("a folder that is no repository is refused by name", async () => {
  const anywhere = { policyPath: null, policyOf: strictDefault, unusable: () => [], renderer: null };
  await expect(openHistory({ ...anywhere, repository: "/" }, outside)).rejects.toThrow(
    "in /: fatal: not a git repository",
  );
  await expect(openHistory({ ...anywhere, repository: "/nowhere" }, outside)).rejects.toThrow("/nowhere");
});
