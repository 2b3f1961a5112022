import { describe, expect, test } from "vitest";
import type { FileVersion } from "../../../src/core/change/change-set.ts";
import { type Written, type WrittenCommit, nothingWritten } from "../../../src/core/facts-written.ts";
import type { Observation } from "../../../src/core/rule.ts";
import rule from "../../../src/core/rules/secrets/secret-added.ts";
import { broughtSecrets, type Searched } from "../../../src/core/secrets/brought.ts";
import { type Searchable, searchable } from "../../../src/core/secrets/searchable.ts";
import { type SecretsView, secretsIn } from "../../../src/core/views/secrets.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";
import { changeOf } from "../facts.ts";
import { filled } from "./samples.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const token = filled("ghp_{crc}", 1);
const other = filled("ghp_{crc}", 2);
const password = filled("{a6}{d4}{a6}", 3);
const url = `postgres://orders:${password}@db.orders.internal/orders`;

/** A file of the change whose blobs are named by what stands in them. */
function file(path: string, before: string | null, after: string | null): Searched["change"]["files"][number] {
  const version = (text: string | null): FileVersion | null =>
    text === null ? null : { mode: "100644", sha: `blob:${text}`, content: { kind: "text", text } };
  const status = before === null ? "added" : after === null ? "removed" : before === after ? "unchanged" : "modified";
  return { path, status, before: version(before), after: version(after) };
}

type Files = Readonly<Record<string, readonly [before: string | null, after: string | null]>>;

/** Commits as they follow each other, with all contents at hand. */
function written(...commits: readonly (readonly [sha: string, files: Files])[]): Written {
  const contents: Record<string, Searchable> = {};
  const entry = (text: string | null): { mode: "100644"; sha: string } | null => {
    if (text !== null) contents[`blob:${text}`] = { kind: "text", text };
    return text === null ? null : { mode: "100644", sha: `blob:${text}` };
  };
  const each = commits.map(([sha, files]): WrittenCommit => {
    const changes = Object.entries(files).map(([path, [before, after]]) => {
      return { path, after: entry(after), before: [entry(before)].filter((one) => one !== null) };
    });
    return { sha, files: changes, unlisted: null };
  });
  return { commits: each, commitsLeftOut: 0, contents };
}

/** The commits follow each other, unless something else is said. */
function searched(given: Partial<Searched>): Searched {
  const history = given.written ?? nothingWritten;
  const commits = history.commits.map(({ sha }, index) => {
    return { sha, parents: [history.commits[index - 1]?.sha ?? "base"], message: "Change it" };
  });
  return { change: changeOf(), landing: null, written: history, commits, pullRequest: null, ...given };
}

function brought(given: Partial<Searched>) {
  return broughtSecrets(searched(given), tools.memo);
}

function observed(view: SecretsView, options: object = {}) {
  const { views } = buildViews(changeOf(), tools);
  return rule.observe({ ...views, secrets: view }, options, contextOf(policyOf(undefined), changeOf(), views));
}

/** What is said, in the order in which it is. */
function wordsOf(observations: readonly Observation[]): readonly string[] {
  return observations.map((one) => ("undecided" in one ? one.undecided : one.message));
}

function told(given: Partial<Searched>, options: object = {}) {
  return observed(secretsIn(searched(given), tools), options);
}

describe("what commits wrote", () => {
  test("is found where the head does not have it, with the first commit that had it and the one that took it out", () => {
    const { secrets } = brought({
      written: written(
        ["1", { "a.ts": ["one", "two"] }],
        ["2", { "a.ts": ["two", `three\n${token}`] }],
        ["3", { "a.ts": [`three\n${token}`, `four\n${token}`] }],
        ["4", { "a.ts": [`four\n${token}`, "one"] }],
      ),
    });
    expect(secrets).toMatchObject([
      { level: "block", spots: [{ kind: "commit", sha: "2", path: "a.ts", line: 2 }], takenOut: "4" },
    ]);
  });

  test("is one secret with what stands in the head, wherever it moved to", () => {
    const { secrets } = brought({
      change: changeOf(file("b.ts", null, `key = "${token}"`)),
      written: written(
        ["1", { "a.ts": [null, token] }],
        ["2", { "a.ts": [token, null], "b.ts": [null, `key = "${token}"`] }],
      ),
    });
    expect(secrets.map(({ spots, takenOut }) => [spots.map(({ kind }) => kind), takenOut])).toEqual([
      [["head", "commit", "commit"], null],
    ]);
  });

  test("is silent where a commit moves what the base has back and forth", () => {
    const { secrets } = brought({
      written: written(
        ["1", { "a.ts": [token, null], "b.ts": [null, `moved: ${token}`] }],
        ["2", { "b.ts": [`moved: ${token}`, null], "a.ts": [null, `back: ${token}`] }],
        ["3", { "a.ts": [`back: ${token}`, token] }],
      ),
    });
    expect(secrets).toEqual([]);
  });

  test("is not excused by a commit of its own that had it before", () => {
    const { secrets } = brought({
      written: written(["1", { "a.ts": [null, token] }], ["2", { "a.ts": [token, `again ${token}`] }]),
    });
    expect(secrets).toHaveLength(1);
  });

  test("is not excused by a commit that comes later in the list and before it in the history", () => {
    const history = written(["2", { "a.ts": [token, `again ${token}`] }], ["1", { "a.ts": [null, token] }]);
    const commits = [
      { sha: "2", parents: ["1"], message: "" },
      { sha: "1", parents: ["base"], message: "" },
    ];
    expect(brought({ written: history, commits }).secrets).toHaveLength(1);
  });

  test("is not excused by what a commit of its own had that is not known", () => {
    const history = written(["2", { "a.ts": [token, `again ${token}`] }]);
    const commits = [
      { sha: "1", parents: ["base"], message: "" },
      { sha: "2", parents: ["1"], message: "" },
    ];
    expect(brought({ written: { ...history, commitsLeftOut: 1 }, commits }).secrets).toHaveLength(1);
    const unlisted = { sha: "1", files: [], unlisted: "GitHub does not find its tree" };
    expect(brought({ written: { ...history, commits: [unlisted, ...history.commits] }, commits }).secrets).toHaveLength(
      1,
    );
  });

  test("is excused by the parent of a merge that is of the base", () => {
    const history = written(["1", { "a.ts": ["one", "two"] }], ["2", { "a.ts": [token, `two ${token}`] }]);
    const commits = [
      { sha: "1", parents: ["base"], message: "" },
      { sha: "2", parents: ["1", "main"], message: "" },
    ];
    expect(brought({ written: history, commits }).secrets).toEqual([]);
  });

  test("is excused by what the tip of the base has", () => {
    const change = changeOf(file("a.ts", "one", token));
    expect(brought({ change }).secrets).toHaveLength(1);
    expect(brought({ change, landing: changeOf(file("a.ts", token, `${token}\n`)) }).secrets).toEqual([]);
  });

  test("is excused by what stands unchanged around the change", () => {
    const change = changeOf(file("a.ts", null, token), file("b.ts", token, token));
    expect(brought({ change }).secrets).toEqual([]);
  });

  test("tells two secrets apart", () => {
    const change = changeOf(file("a.ts", token, `${token}\n${other}`));
    expect(brought({ change }).secrets).toMatchObject([{ spots: [{ kind: "head", line: 2 }] }]);
  });
});

describe("what cannot be searched", () => {
  const unread: Searchable = { kind: "unread", reason: "GitHub does not find it", bytes: null };
  const large: Searchable = { kind: "unread", reason: "it is larger than 1 MiB (2000000 bytes)", bytes: 2_000_000 };
  const one = (path: string, content: Searchable): Written => ({
    commits: [
      { sha: "1".repeat(40), files: [{ path, after: { mode: "100644", sha: "x" }, before: [] }], unlisted: null },
    ],
    commitsLeftOut: 0,
    contents: { x: content },
  });

  test("is undecided, with file and commit", () => {
    const [first, ...more] = told({ written: one("a.bin", unread) });
    expect([first?.at.path, more.length]).toEqual(["a.bin", 0]);
    expect(wordsOf(first === undefined ? [] : [first])[0]).toContain(
      "`a.bin` as commit `1111111` wrote it: GitHub does",
    );
  });

  test("is undecided where it is too large, but for pictures, sounds and fonts", () => {
    expect(told({ written: one("dump.sql", large) })).toHaveLength(1);
    expect(told({ written: one("logo.png", large) })).toEqual([]);
    expect(told({ written: one("logo.png", unread) })).toHaveLength(1);
    expect(told({ written: one("logo.png", large) }, { mayStayUnsearched: [] })).toHaveLength(1);
  });

  test("is undecided where its bytes are not at hand, also in the head alone", () => {
    const after: FileVersion = { mode: "100644", sha: "y", content: { kind: "binary" } };
    const change = changeOf({ path: "a.bin", status: "added", before: null, after });
    expect(wordsOf(told({ change }))).toEqual(["whether there is a secret in `a.bin`: its bytes are not at hand"]);
    const contents = { y: searchable(new Uint8Array([0, 1, 2])) };
    expect(told({ change, written: { ...nothingWritten, contents } })).toEqual([]);
  });

  test("is nothing to decide where the base has the same blob, or where it goes", () => {
    const version: FileVersion = { mode: "100644", sha: "y", content: { kind: "unread", reason: "it is too large" } };
    const moved = changeOf(
      { path: "a.bin", status: "removed", before: version, after: null },
      { path: "b.bin", status: "added", before: null, after: version },
    );
    expect(told({ change: moved })).toEqual([]);
  });

  test("is undecided where not all commits, or not all files of one, are known", () => {
    const commits = [{ sha: "2".repeat(40), files: [], unlisted: "GitHub does not find its tree" }];
    expect(wordsOf(told({ written: { commits, commitsLeftOut: 3, contents: {} } }))).toEqual([
      "whether there is a secret in what commit `2222222` wrote: GitHub does not find its tree",
      "whether there is a secret in the first 3 commits of this branch: one look reads the last 250",
    ]);
  });
});

describe("what is no UTF-8", () => {
  const found = (bytes: Uint8Array, path = "a.txt"): number => {
    const after: FileVersion = { mode: "100644", sha: "y", content: { kind: "binary" } };
    const change = changeOf({ path, status: "added", before: null, after });
    return brought({ change, written: { ...nothingWritten, contents: { y: searchable(bytes) } } }).secrets.length;
  };
  const wide = (text: string): Buffer => Buffer.from(text, "utf16le");

  test("is searched in UTF-16, with a mark and without, in either order", () => {
    const text = `token: ${token}\n`;
    expect(found(wide(`\uFEFF${text}`))).toBe(1);
    expect(found(wide(text))).toBe(1);
    expect(found(wide(`\uFEFF${text}`).swap16())).toBe(1);
    expect(found(wide(text).swap16())).toBe(1);
  });

  test("is searched as Latin-1, and with zeros in it", () => {
    expect(found(Buffer.from(`caf\xe9 ${token}`, "latin1"))).toBe(1);
    expect(found(Buffer.from(`\0\0${token}\0`))).toBe(1);
  });

  test("holds no guesses where it is no text", () => {
    const guess = `password = "${filled("{a6}-{d4}!{a6}", 5)}"\n`;
    expect(found(Buffer.from(guess), "settings.ini")).toBe(1);
    expect(found(Buffer.from(`\0${guess}`), "settings.ini")).toBe(0);
  });
});

describe("what is said of a secret", () => {
  const given = {
    change: changeOf(file("a.ts", null, `a("${token}");\nb("${url}");`)),
    written: written(["3".repeat(40), { "a.ts": [null, `a("${token}");\nb("${url}");`], "c.ts": [null, other] }]),
    commits: [{ sha: "3".repeat(40), parents: ["base"], message: `Try ${token}` }],
    pullRequest: { title: `Use ${other}`, body: `${url}?x=1`, headRef: `use/${filled("ghp_{crc}", 9)}` },
  };

  test("holds no value", () => {
    const all = JSON.stringify([secretsIn(searched(given), tools), told(given)]);
    for (const value of [token, other, password, filled("ghp_{crc}", 9)]) expect(all).not.toContain(value);
  });

  test("has a fingerprint where nobody guesses the value, and none where somebody may", () => {
    const sightings = told(given).filter((one) => "message" in one);
    const kinds = sightings.map(({ message }) => [
      /fingerprint `[0-9a-f]{12}`/.test(message),
      message.split(" in ")[0],
    ]);
    expect(kinds.filter(([has]) => has)).toHaveLength(3);
    expect(kinds.filter(([has]) => !has)).toHaveLength(1);
    expect(sightings.every(({ about, message }) => message.includes("fingerprint") || about?.endsWith("a.ts 1"))).toBe(
      true,
    );
  });

  test("is the same about it whatever a password that can be guessed is", () => {
    const about = (secret: string) =>
      told({ change: changeOf(file("a.ts", null, url.replace(password, secret))) }).map((one) => one.about);
    expect(about("Summer2025Rain")).toEqual(about("Winter2026Sun"));
    expect(about("Summer2025Rain")).toHaveLength(1);
  });

  test("is said of words beside the files", () => {
    const messages = told({ commits: given.commits, pullRequest: given.pullRequest }).map((one) =>
      "message" in one ? one.message.replace(/^.* in the/, "the") : "",
    );
    expect(messages.toSorted()).toEqual([
      "the description of the pull request",
      "the message of commit `3333333`",
      "the name of the branch",
      "the title of the pull request",
    ]);
  });

  test("is allowed by fingerprint, and by path where all of its places are allowed", () => {
    const change = changeOf(file("test/a.ts", null, token));
    const fingerprint = brought({ change }).secrets[0]?.fingerprint;
    expect(told({ change })).toHaveLength(1);
    expect(told({ change }, { allowedFingerprints: [fingerprint] })).toEqual([]);
    expect(told({ change }, { allowedPaths: ["test/**"] })).toEqual([]);
    const elsewhere = written(["1", { "src/a.ts": [null, token] }]);
    expect(told({ change, written: elsewhere }, { allowedPaths: ["test/**"] })).toHaveLength(1);
    const inBetween = written(["1", { "test/a.ts": [null, token] }], ["2", { "src/a.ts": [null, token] }]);
    expect(told({ change, written: inBetween }, { allowedPaths: ["test/**"] })).toHaveLength(1);
    expect(told({ change, commits: given.commits }, { allowedPaths: ["test/**"] })).toHaveLength(1);
  });

  test("ends where nobody reads on, and says how many there are", () => {
    const many = Array.from({ length: 60 }, (_, seed) => filled("ghp_{crc}", 100 + seed)).join("\n");
    const sightings = told({ change: changeOf(file("a.ts", null, many)) });
    expect(sightings).toHaveLength(51);
    expect(wordsOf(sightings).at(-1)).toContain("10 further secrets");
  });
});
