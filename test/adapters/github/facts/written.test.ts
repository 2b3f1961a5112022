import { afterEach, describe, expect, test } from "vitest";
import { readWritten, type WrittenOf } from "../../../../src/adapters/github/facts/written.ts";
import { Folders } from "../../../../src/adapters/github/facts/written-trees.ts";
import { compare } from "../../../../src/adapters/github/facts/commits.ts";
import type { Session } from "../../../../src/adapters/github/api.ts";
import type { BlobCache } from "../../../../src/app/ports.ts";
import { lockfileLimitBytes } from "../../../../src/core/change/content.ts";
import { writtenLimits, type Written } from "../../../../src/core/facts-written.ts";
import type { FileContent } from "../../../../src/sim/facade/repository.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

async function started(files: Readonly<Record<string, string>>): Promise<World> {
  const world = await startWorld(files);
  worlds.push(world);
  return world;
}

function inMemory(): BlobCache {
  const kept = new Map<string, Uint8Array>();
  return {
    get: async (shas) =>
      new Map(
        shas.flatMap((sha) => {
          const bytes = kept.get(sha);
          return bytes === undefined ? [] : [[sha, bytes] as const];
        }),
      ),
    put: async (blobs) => {
      for (const [sha, bytes] of blobs) kept.set(sha, bytes);
    },
  };
}

interface Reader {
  /** What the branch `topic` wrote since `main`. */
  readonly read: (given?: Partial<WrittenOf>) => Promise<Written>;
  /** Requests of the last reading, the comparison aside. */
  readonly requests: () => number;
}

function readerOf(world: World): Reader {
  const parts = { folders: new Folders(), blobs: inMemory() };
  let requests = 0;
  return {
    requests: () => requests,
    read: async (given = {}) => {
      const api = await world.apiFor(world.installationId);
      const session: Session = { api, signal: AbortSignal.timeout(30_000), clock: world.clock };
      const [base, headSha] = [world.shop.tip(), world.shop.tip("topic")];
      const { commits, mergeBaseSha } = await compare(session, world.at, base, headSha);
      world.github.requests.clear();
      const change = { files: [] };
      const of = { commits, areAll: true, mergeBaseSha, headSha, change, sizeOf: () => undefined, ...given };
      const written = await readWritten(session, world.at, parts, of);
      requests = world.github.requests.entries.filter(({ route }) => !route.includes("access_tokens")).length;
      return written;
    },
  };
}

function commit(world: World, files: Readonly<Record<string, FileContent>>, branch = "topic"): string {
  return world.shop.commit(branch, { files, by: world.writer, ...(branch === "topic" ? { from: "main" } : {}) });
}

function outline({ commits, contents }: Written): readonly string[] {
  const text = (sha: string | undefined): string => {
    const content = sha === undefined ? undefined : contents[sha];
    return content === undefined
      ? "-"
      : content.kind === "unread"
        ? `(${content.reason})`
        : JSON.stringify(content.text);
  };
  return commits.flatMap(({ files, unlisted }, index) =>
    unlisted === null
      ? files.map(({ path, after, before }) => {
          const parents = before.map(({ sha }) => text(sha)).join(" ") || "-";
          return `${index + 1} ${path}: ${parents} > ${text(after?.sha)}`;
        })
      : [`${index + 1} ${unlisted}`],
  );
}

describe("what the commits of a pull request wrote", () => {
  test("is what each of them changed, also what a later one takes back", async () => {
    const world = await started({ "a/b/c.txt": "one\n", "d.txt": "stays\n" });
    commit(world, { "a/b/c.txt": "two\n", "e/f/g.txt": "new\n" });
    commit(world, { "a/b/c.txt": "one\n", "e/f/g.txt": null });
    expect(outline(await readerOf(world).read())).toEqual([
      '1 a/b/c.txt: "one\\n" > "two\\n"',
      '1 e/f/g.txt: - > "new\\n"',
      '2 a/b/c.txt: "two\\n" > "one\\n"',
      '2 e/f/g.txt: "new\\n" > -',
    ]);
  });

  test("is of a merge what none of its parents has", async () => {
    const world = await started({ "ours.txt": "1\n", "theirs.txt": "1\n", "both.txt": "1\n" });
    commit(world, { "ours.txt": "2\n", "both.txt": "2\n" });
    const main = commit(world, { "theirs.txt": "3\n", "both.txt": "3\n" }, "main");
    world.shop.commit("topic", {
      files: { "theirs.txt": "3\n", "both.txt": "2 and 3\n", "more.txt": "4\n" },
      alsoParents: [main],
      by: world.writer,
    });
    expect(outline(await readerOf(world).read())).toEqual([
      '1 both.txt: "1\\n" > "2\\n"',
      '1 ours.txt: "1\\n" > "2\\n"',
      '2 both.txt: "2\\n" "3\\n" > "2 and 3\\n"',
      '2 more.txt: - > "4\\n"',
    ]);
  });

  test("is a file that takes the place of a folder, and a folder that takes the place of a file", async () => {
    const world = await started({ "a/b.txt": "1\n", c: "2\n" });
    commit(world, { "a/b.txt": null, a: "3\n", c: null, "c/d.txt": "4\n" });
    commit(world, { "e.txt": "5\n" });
    expect(outline(await readerOf(world).read())).toEqual([
      '1 a: - > "3\\n"',
      '1 a/b.txt: "1\\n" > -',
      '1 c: "2\\n" > -',
      '1 c/d.txt: - > "4\\n"',
      '2 e.txt: - > "5\\n"',
    ]);
  });

  test("is not of submodules, and what a blob holds is searchable whatever it is", async () => {
    const world = await started({ "a.txt": "1\n" });
    commit(world, {
      "vendor/module": { submodule: "1".repeat(40) },
      "a.bin": Buffer.from("\0\u0001key"),
      "large.txt": "x".repeat(1024 * 1024 + 1),
    });
    commit(world, { "a.txt": "2\n" });
    expect(outline(await readerOf(world).read())).toEqual([
      '1 a.bin: - > "\\u0000\\u0001key"',
      "1 large.txt: - > (it is larger than 1 MiB (1048577 bytes))",
      '2 a.txt: "1\\n" > "2\\n"',
    ]);
  });

  test("is searchable of a lockfile up to the size at which lockfiles are read", async () => {
    const world = await started({ "a.txt": "1\n" });
    const [grown, huge] = ["x".repeat(1_200_000), "x".repeat(lockfileLimitBytes + 1)];
    commit(world, { "web/pnpm-lock.yaml": grown, "huge/pnpm-lock.yaml": huge, "grown.txt": `${grown}\n` });
    commit(world, { "web/pnpm-lock.yaml": "small\n" });
    expect(outline(await readerOf(world).read())).toEqual([
      "1 grown.txt: - > (it is larger than 1 MiB (1200001 bytes))",
      "1 huge/pnpm-lock.yaml: - > (it is larger than 8 MiB (8388609 bytes))",
      `1 web/pnpm-lock.yaml: - > ${JSON.stringify(grown)}`,
      `2 web/pnpm-lock.yaml: ${JSON.stringify(grown)} > "small\\n"`,
    ]);
  });

  test("leaves out what has no room among the bytes that one look reads, and nothing that is smaller", async () => {
    const world = await started({ "a.txt": "1\n" });
    const paths = Array.from({ length: 5 }, (_, n) => `d${n}/yarn.lock`);
    commit(world, { ...Object.fromEntries(paths.map((path) => [path, path.padEnd(8_000_000)])), "z.txt": "small\n" });
    commit(world, { "a.txt": "2\n" });
    const { commits, contents } = await readerOf(world).read();
    const kinds = commits[0]?.files.map(({ after }) => contents[after?.sha ?? ""]?.kind);
    expect(kinds).toEqual(["text", "text", "text", "text", "unread", "text"]);
  });

  test("costs as many questions as folders are deep and one for contents, and none once it is known", async () => {
    const world = await started({ "a/b/c/d.txt": "0\n", "e.txt": "0\n" });
    for (let n = 1; n <= 12; n += 1) commit(world, { "a/b/c/d.txt": `${n}\n`, "e.txt": `${n}\n` });
    const reader = readerOf(world);
    const first = await reader.read();
    expect(first.commits.flatMap(({ files }) => files)).toHaveLength(24);
    expect(reader.requests()).toBe(4 + 1);
    await reader.read();
    expect(reader.requests()).toBe(0);
    commit(world, { "a/b/c/d.txt": "13\n" });
    await reader.read();
    expect(reader.requests()).toBe(4 + 1);
  });

  test("is the change itself where there is one commit, and costs no listing", async () => {
    const world = await started({ "a.txt": "1\n" });
    const sha = commit(world, { "a.txt": "2\n" });
    const reader = readerOf(world);
    expect(await reader.read()).toEqual({
      commits: [{ sha, files: [], unlisted: null }],
      commitsLeftOut: 0,
      contents: {},
    });
    expect(reader.requests()).toBe(0);
  });

  test("ends with the newest commits that one look reads, and says how many it left out", async () => {
    const world = await started({ "a.txt": "0\n" });
    for (let n = 1; n <= writtenLimits.commits + 3; n += 1) commit(world, { "a.txt": `${n}\n` });
    const written = await readerOf(world).read();
    expect([written.commits.length, written.commitsLeftOut]).toEqual([writtenLimits.commits, 3]);
    expect(outline(written).at(-1)).toBe(`${writtenLimits.commits} a.txt: "252\\n" > "253\\n"`);
  });

  test("excuses nothing by parents where not all commits are listed: they may be of the branch", async () => {
    const world = await started({ "a.txt": "1\n" });
    commit(world, { "a.txt": "2\n" });
    commit(world, { "a.txt": "3\n" });
    expect(outline(await readerOf(world).read({ areAll: false }))).toEqual([
      '1 a.txt: - > "2\\n"',
      '2 a.txt: - > "3\\n"',
    ]);
  });

  test("is not known of a commit that is gone, or whose parent is", async () => {
    const world = await started({ "a.txt": "1\n" });
    const [sha, gone] = [commit(world, { "a.txt": "2\n" }), "d".repeat(40)];
    const who = { name: "x", email: "x@example.invalid", account: null };
    const one = { author: who, committer: who, message: "", verified: false, signatureKey: null };
    const commits = [
      { ...one, sha, parents: [gone] },
      { ...one, sha: gone, parents: [] },
    ];
    const unlisted = "GitHub does not find its tree, or that of a parent";
    expect(outline(await readerOf(world).read({ commits }))).toEqual([`1 ${unlisted}`, `2 ${unlisted}`]);
  });

  test("is not known of commits that differ in more folders than one look reads", async () => {
    const world = await started({ "a.txt": "1\n" });
    const many = (from: number): Readonly<Record<string, string>> =>
      Object.fromEntries(Array.from({ length: 2_100 }, (_, n) => [`d${from + n}/a.txt`, "same\n"]));
    // The same folder is read once, wherever it stands: these hold files of their own.
    const own = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
      Object.fromEntries(Object.keys(files).map((path) => [path, `${path}\n`]));
    commit(world, own(many(0)));
    commit(world, own(many(2_100)));
    const { commits } = await readerOf(world).read();
    expect(commits.map(({ unlisted }) => unlisted)).toEqual([null, expect.stringContaining("more than 4000 folders")]);
  });

  test("has files that were not read beyond as many as one look reads", async () => {
    const world = await started({ "a.txt": "1\n" });
    const paths = Array.from({ length: writtenLimits.blobs + 1 }, (_, n) => `f${10_000 + n}.txt`);
    commit(world, Object.fromEntries(paths.map((path) => [path, `${path}\n`])));
    commit(world, Object.fromEntries(paths.map((path) => [path, null])));
    const written = outline(await readerOf(world).read());
    expect(written[writtenLimits.blobs - 1]).toContain(`"f${10_000 + writtenLimits.blobs - 1}.txt\\n"`);
    expect(written[writtenLimits.blobs]).toContain(`(${writtenLimits.beyond})`);
  });
});
