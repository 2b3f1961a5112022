import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { GitObjects, type TreeEntry, VERIFIED_SIGNATURE } from "../../src/sim/git-objects.ts";
import { commitsBetween, mergeBase, mergeTrees } from "../../src/sim/git-merge.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** Writes every object as a loose object of a real repository, with a branch for each commit given. */
function realRepository(
  objects: GitObjects,
  branches: Readonly<Record<string, string>>,
): (...args: string[]) => string {
  const directory = mkdtempSync(join(tmpdir(), "sim-git-"));
  directories.push(directory);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", stdio: "pipe" });
  git("init", "--quiet", "--bare");
  for (const { type, sha, bytes } of objects.objects()) {
    const path = join(directory, "objects", sha.slice(0, 2), sha.slice(2));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, deflateSync(Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes])));
  }
  for (const [branch, sha] of Object.entries(branches)) git("update-ref", `refs/heads/${branch}`, sha);
  return git;
}

function commit(
  objects: GitObjects,
  files: Readonly<Record<string, string>>,
  parents: readonly string[],
  atSecond: number,
): string {
  const entries = Object.entries(files).map(
    ([path, text]): TreeEntry => ({ path, mode: "100644", sha: objects.writeBlob(text) }),
  );
  const who = { name: "Person A", email: "person-a@example.invalid", dateMs: 1_700_000_000_000 + atSecond * 1000 };
  return objects.writeCommit({
    tree: objects.writeTree(entries),
    parents,
    author: who,
    committer: who,
    message: `at ${atSecond}\n`,
    signature: null,
  });
}

test("git accepts every object and finds the same differences", () => {
  const objects = new GitObjects();
  const first = commit(
    objects,
    { "a.tf": "one\n", "a/b.tf": "two\n", "a-b/c.tf": "three\n", "a.b": "", "ü/ß.yaml": "ä\n" },
    [],
    0,
  );
  const kinds: TreeEntry[] = [
    { path: "run.sh", mode: "100755", sha: objects.writeBlob("#!/bin/sh\n") },
    { path: "link", mode: "120000", sha: objects.writeBlob("a.tf") },
    { path: "module", mode: "160000", sha: first },
    { path: "a/b.tf", mode: "100644", sha: objects.writeBlob(Buffer.from([0, 255, 1])) },
  ];
  const who = { name: "A <b>\n", email: "a@example.invalid", dateMs: 1_700_000_000_000 };
  const second = objects.writeCommit({
    tree: objects.writeTree(kinds),
    parents: [first],
    author: who,
    committer: who,
    message: "kinds\n",
    signature: VERIFIED_SIGNATURE,
  });
  const git = realRepository(objects, { main: second });
  expect(() => git("fsck", "--strict", "--full")).not.toThrow();
  const ours = [...objects.difference(objects.commit(first)?.tree, objects.commit(second)?.tree)]
    .map(({ path }) => path)
    .sort();
  const theirs = git("diff-tree", "-r", "-z", "--name-only", "--no-renames", first, second)
    .split("\0")
    .filter(Boolean)
    .sort();
  expect(ours).toEqual(theirs);
  const listed = git("ls-tree", "-r", "-z", "--format=%(objectmode) %(objectname) %(path)", second)
    .split("\0")
    .filter(Boolean);
  expect(
    [...objects.files(objects.commit(second)?.tree ?? "")].map(({ path, mode, sha }) => `${mode} ${sha} ${path}`),
  ).toEqual(listed);
});

test("a path that git refuses is refused", () => {
  const objects = new GitObjects();
  const sha = objects.writeBlob("x");
  for (const path of ["a/../b", "a//b", ".git/config", "a/.GIT/x", "./a"])
    expect(() => objects.writeTree([{ path, mode: "100644", sha }])).toThrow("git refuses");
});

test("merge bases and the commits between agree with git, also after a criss-cross", () => {
  const objects = new GitObjects();
  const root = commit(objects, { f: "0" }, [], 0);
  const a = commit(objects, { f: "a" }, [root], 1);
  const b = commit(objects, { f: "b" }, [root], 2);
  const ab = commit(objects, { f: "ab" }, [a, b], 3);
  const ba = commit(objects, { f: "ba" }, [b, a], 4);
  const tip = commit(objects, { f: "tip" }, [ba], 5);
  const git = realRepository(objects, { ab, tip });
  for (const [x, y] of [
    [a, b],
    [ab, b],
    [a, tip],
    [root, tip],
  ] as const)
    expect(mergeBase(objects, x, y)).toBe(git("merge-base", x, y).trim());
  expect(git("merge-base", "--all", ab, tip).trim().split("\n")).toContain(mergeBase(objects, ab, tip));
  expect(commitsBetween(objects, root, tip).sort()).toEqual(
    git("rev-list", `${root}..${tip}`).trim().split("\n").sort(),
  );
  const order = commitsBetween(objects, root, tip);
  expect(order.indexOf(a)).toBeLessThan(order.indexOf(ba));
});

test("trees merge by path as git merges them, and both sides changing one file conflicts", () => {
  const objects = new GitObjects();
  const base = commit(objects, { "x/a": "1\n", "x/b": "1\n", "y/c": "1\n", gone: "1\n" }, [], 0);
  const ours = commit(objects, { "x/a": "2\n", "x/b": "1\n", "y/c": "1\n", gone: "1\n", new: "1\n" }, [base], 1);
  const theirs = commit(objects, { "x/a": "1\n", "x/b": "3\n" }, [base], 2);
  const tree = (sha: string): string => objects.commit(sha)?.tree ?? "";
  const merged = mergeTrees(objects, tree(base), tree(ours), tree(theirs));
  const git = realRepository(objects, { ours, theirs });
  expect(merged).toEqual({ clean: true, tree: git("merge-tree", "--write-tree", ours, theirs).trim() });
  const rival = commit(objects, { "x/a": "3\n", "x/b": "1\n", "y/c": "1\n", gone: "1\n" }, [base], 3);
  expect(mergeTrees(objects, tree(base), tree(ours), tree(rival))).toEqual({ clean: false, path: "x/a" });
});
