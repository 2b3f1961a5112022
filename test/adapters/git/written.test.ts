import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHistory } from "../../../src/adapters/git/history.ts";
import { collectLocal } from "../../../src/adapters/git/local.ts";
import { lockfileLimitBytes } from "../../../src/core/change/content.ts";
import type { CollectedFacts } from "../../../src/core/facts.ts";
import { writtenLimits } from "../../../src/core/facts-written.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { outside, Sandbox } from "./sandbox.ts";

let repo: Sandbox;
beforeEach(() => {
  repo = new Sandbox();
});
afterEach(() => {
  repo.remove();
});

const parts = { policyPath: null, policyOf: strictDefault, unusable: () => [], renderer: null };

async function factsOf(head: string | null): Promise<CollectedFacts> {
  const request = { repository: repo.root, base: null, head, as: null, ...parts };
  return (await collectLocal(request, outside)).facts;
}

async function factsOfPast(commit: string): Promise<CollectedFacts> {
  const history = await openHistory({ repository: repo.root, ...parts }, outside);
  try {
    return (await history.collect(commit, null)).facts;
  } finally {
    history.close();
  }
}

function outline({ written, change }: CollectedFacts): readonly string[] {
  const texts = change.files.flatMap(({ before, after }) => [before, after]);
  const text = (sha: string | undefined): string => {
    if (sha === undefined) return "-";
    const known = texts.find((version) => version?.sha === sha)?.content;
    const content = written.contents[sha] ?? known;
    if (content === undefined) return "(not read)";
    return "text" in content
      ? JSON.stringify(content.text)
      : `(${"reason" in content ? content.reason : content.kind})`;
  };
  return written.commits.flatMap(({ files }, index) =>
    files.map(({ path, after, before }) => {
      const parents = before.map(({ sha }) => text(sha)).join(" ") || "-";
      return `${index + 1} ${path}: ${parents} > ${text(after?.sha)}`;
    }),
  );
}

describe("what the commits of a local branch wrote", () => {
  test("is what each of them changed, and of a merge what none of its parents has", async () => {
    repo.commit("base", { "ours.txt": "1\n", "theirs.txt": "1\n", "both.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("one", { "ours.txt": "2\n", "both.txt": "2\n", "odd \n name.txt": "new\n" });
    repo.git("checkout", "--quiet", "main");
    repo.commit("other", { "theirs.txt": "3\n", "both.txt": "3\n" });
    repo.git("checkout", "--quiet", "topic");
    repo.git("merge", "--quiet", "--no-commit", "--strategy=ours", "main");
    repo.commit("merge", { "theirs.txt": "3\n", "both.txt": "2 and 3\n" });
    repo.git("rm", "--quiet", "ours.txt");
    repo.commit("gone");
    const expected = [
      '1 both.txt: "1\\n" > "2\\n"',
      '1 odd \n name.txt: - > "new\\n"',
      '1 ours.txt: "1\\n" > "2\\n"',
      '2 both.txt: "2\\n" "3\\n" > "2 and 3\\n"',
      '3 ours.txt: "2\\n" > -',
    ];
    expect(outline(await factsOf("topic"))).toEqual(expected);
    expect(outline(await factsOf(null))).toEqual(expected);
  });

  test("is the change itself where there is one commit, and what is no text comes with its letters", async () => {
    repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("one", { "a.txt": "2\n", "a.bin": Buffer.from("\0key"), "large.txt": "x".repeat(1024 * 1024 + 1) });
    expect(outline(await factsOf("topic"))).toEqual([
      '1 a.bin: - > "\\u0000key"',
      '1 a.txt: "1\\n" > "2\\n"',
      "1 large.txt: - > (it is larger than 1 MiB (1048577 bytes))",
    ]);
  });

  test("is searchable of a lockfile up to the size at which lockfiles are read, committed or not", async () => {
    const grown = "x".repeat(1_200_000);
    repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("one", { "web/pnpm-lock.yaml": grown, "huge/yarn.lock": "x".repeat(lockfileLimitBytes + 1) });
    repo.commit("two", { "web/pnpm-lock.yaml": "small\n" });
    expect(outline(await factsOf("topic")).slice(0, 2)).toEqual([
      "1 huge/yarn.lock: - > (it is larger than 8 MiB (8388609 bytes))",
      `1 web/pnpm-lock.yaml: - > ${JSON.stringify(grown)}`,
    ]);
    repo.write("go.sum", `\0${grown}`);
    const { change, written } = await factsOf(null);
    const sha = change.files.find(({ path }) => path === "go.sum")?.after?.sha ?? "";
    expect(written.contents[sha]?.kind).toBe("binary");
  });

  test("does not hold what is not committed, whose letters are at hand", async () => {
    repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("one", { "a.txt": "2\n" });
    repo.write("a.txt", "3\n");
    repo.write("a.bin", Buffer.from("\0key"));
    const facts = await factsOf(null);
    expect(outline(facts)).toEqual(['1 a.txt: "1\\n" > "2\\n"']);
    const sha = facts.change.files.find(({ path }) => path === "a.bin")?.after?.sha ?? "";
    expect(facts.written.contents[sha]).toEqual({ kind: "binary", text: "\0key" });
  });

  test("is of a past merge what its branch wrote, and of the first commit all of it", async () => {
    const root = repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("one", { "a.txt": "2\n" });
    repo.commit("two", { "a.txt": "3\n" });
    repo.git("checkout", "--quiet", "main");
    repo.git("merge", "--quiet", "--no-ff", "--message", "merge", "topic");
    expect(outline(await factsOfPast("main"))).toEqual(['1 a.txt: "1\\n" > "2\\n"', '2 a.txt: "2\\n" > "3\\n"']);
    expect(outline(await factsOfPast(root))).toEqual(['1 a.txt: - > "1\\n"']);
  });

  test("has files that were not read beyond as many bytes as one look reads", async () => {
    repo.commit("base", { "a.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    const paths = Array.from({ length: 36 }, (_, n) => `f${10 + n}.txt`);
    repo.commit("one", Object.fromEntries(paths.map((path) => [path, path.padEnd(1_000_000)])));
    repo.git("rm", "--quiet", ...paths);
    repo.commit("two");
    const { written } = await factsOf("topic");
    const kinds = paths.map((_, n) => written.contents[written.commits[0]?.files[n]?.after?.sha ?? ""]?.kind);
    expect([kinds.indexOf("unread"), kinds.filter((kind) => kind === "text").length]).toEqual([34, 34]);
    expect(written.contents[written.commits[0]?.files[35]?.after?.sha ?? ""]).toMatchObject({
      reason: writtenLimits.beyond,
    });
  });
});
