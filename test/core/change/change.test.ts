import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changeSet, differences, type Tree, type TreeEntry } from "../../../src/core/change/build.ts";
import type { ChangedFile, Content, Mode } from "../../../src/core/change/change-set.ts";
import { decode, limitBytesOf, lockfileBlobs, readMode } from "../../../src/core/change/content.ts";
import { firstChange, hunks, lineCount, patchId, patchOf } from "../../../src/core/change/hunks.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const version = (text: string, mode: Mode = "100644") => ({
  mode,
  sha: `sha of ${text}`,
  content: { kind: "text", text } as Content,
});
const file = (before: string | null, after: string | null): ChangedFile => ({
  path: "a.txt",
  status: before === null ? "added" : after === null ? "removed" : "modified",
  before: before === null ? null : version(before),
  after: after === null ? null : version(after),
});

describe("what a blob's bytes are", () => {
  test("text, with a byte order mark taken off and line ends kept", () => {
    expect(decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a), "100644")).toEqual({
      kind: "text",
      text: "a\r\n",
    });
  });
  test("a NUL byte anywhere makes it binary, also beyond the first kilobytes", () => {
    expect(decode(bytes(`${"a".repeat(20_000)}\0`), "100644")).toEqual({ kind: "binary" });
  });
  test("invalid UTF-8 is unread, never replaced by question marks", () => {
    expect(decode(Uint8Array.of(0x61, 0xff), "100644")).toEqual({ kind: "unread", reason: "not valid UTF-8" });
  });
  test("1 MiB is read, a byte more is not", () => {
    expect(decode(bytes("a".repeat(1_048_576)), "100644").kind).toBe("text");
    expect(decode(bytes("a".repeat(1_048_577)), "100644")).toEqual({
      kind: "unread",
      reason: "larger than 1 MiB (1048577 bytes)",
    });
  });
  test("a lockfile may be eight times as large, whatever else lies beside it", () => {
    expect(limitBytesOf("web/package-lock.json")).toBe(8 * 1_048_576);
    expect(["web/package.json", "package-lock.json.bak", "docs/lock.md"].map(limitBytesOf)).toEqual([
      1_048_576, 1_048_576, 1_048_576,
    ]);
    const entry = { mode: "100644", sha: "a" } as const;
    expect([
      ...lockfileBlobs(
        ["a/go.sum", "b.txt"],
        [
          new Map([
            ["a/go.sum", entry],
            ["b.txt", { ...entry, sha: "b" }],
          ]),
        ],
      ),
    ]).toEqual(["a"]);
    expect(decode(bytes("a".repeat(1_048_577)), "100644", limitBytesOf("yarn.lock")).kind).toBe("text");
  });
  test("the mode decides on symlinks and submodules", () => {
    expect(decode(bytes("../secrets"), "120000")).toEqual({ kind: "symlink", target: "../secrets" });
    expect(decode(bytes(""), "160000")).toEqual({ kind: "submodule" });
  });
  test("modes are those of git, the old group-writable one read as plain", () => {
    expect(["100644", "100664", "100755", "120000", "160000", "040000", "7"].map(readMode)).toEqual([
      "100644",
      "100644",
      "100755",
      "120000",
      "160000",
      null,
      null,
    ]);
  });
});

describe("the difference of two trees", () => {
  const tree = (entries: Readonly<Record<string, string>>): Tree =>
    new Map(
      Object.entries(entries).map(([path, text]): [string, TreeEntry] => {
        const [mode = "", sha = ""] = text.split(" ");
        return [path, { mode: readMode(mode) ?? "100644", sha }];
      }),
    );
  const base = tree({
    "b.txt": "100644 1",
    "run.sh": "100644 2",
    "old/x": "100644 3",
    same: "100644 4",
    lib: "160000 5",
  });
  const head = tree({
    "B.txt": "100644 1",
    "run.sh": "100755 2",
    "new/x": "100644 3",
    same: "100644 4",
    lib: "160000 6",
  });

  test("shows renames as two paths, case and mode changes and submodules, in code units", () => {
    expect(differences(base, head)).toEqual([
      { path: "B.txt", status: "added" },
      { path: "b.txt", status: "removed" },
      { path: "lib", status: "modified" },
      { path: "new/x", status: "added" },
      { path: "old/x", status: "removed" },
      { path: "run.sh", status: "modified" },
    ]);
  });
  test("carries context beside it, once, and never in the place of a change", () => {
    const change = changeSet(base, head, ["same", "same", "run.sh", "absent"], ({ sha }) => ({
      kind: "text",
      text: sha,
    }));
    expect(change.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      "added B.txt",
      "removed b.txt",
      "modified lib",
      "added new/x",
      "removed old/x",
      "modified run.sh",
      "unchanged same",
    ]);
  });
});

describe("hunks", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "", "\r", "longer line", "\\ no"), { maxLength: 12 });
  const withEnd = fc
    .tuple(text, fc.boolean())
    .map(([lines, end]) => lines.join("\n") + (end && lines.length > 0 ? "\n" : ""));

  test("a patch turns before into after for patch(1)", () => {
    const folder = mkdtempSync(join(tmpdir(), "hunks-"));
    try {
      const path = join(folder, "a.txt");
      fc.assert(
        fc.property(withEnd, withEnd, (before, after) => {
          writeFileSync(path, before);
          const patch = patchOf("a.txt", before, after);
          if (patch !== "")
            execFileSync("git", ["apply", "--unidiff-zero", "--whitespace=nowarn", "-"], { cwd: folder, input: patch });
          expect(readFileSync(path, "utf8")).toBe(after);
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test("a final newline that goes is a line removed and a line added", () => {
    expect(lineCount(file("a\nb\n", "a\nb"))).toEqual({ additions: 1, deletions: 1 });
  });
  test("an added file begins to differ at its first line, a removed one at the first line of the base", () => {
    expect(firstChange(file(null, "a\n"))).toEqual({ side: "head", line: 1, endLine: 1 });
    expect(firstChange(file("a\n", null))).toEqual({ side: "base", line: 1, endLine: 1 });
    expect(firstChange(file("a\nb\n", "a\n"))).toEqual({ side: "base", line: 2, endLine: 2 });
    expect(firstChange(file("a\n", "a\n"))).toBeNull();
  });
  test("beyond the longest edit that is searched for, the middle counts as replaced", () => {
    const lines = (mark: string): string => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}\n`).join("");
    const [hunk, ...others] = hunks(file(`top\n${lines("x")}end\n`, `top\n${lines("y")}end\n`));
    expect(others).toEqual([]);
    expect([hunk?.before, hunk?.after]).toEqual([
      { start: 2, count: 20_000 },
      { start: 2, count: 20_000 },
    ]);
  });
  test("a name cannot add lines to a patch", () => {
    expect(patchOf('a\n+++ b/"x', "1\n", "2\n").split("\n").slice(0, 2)).toEqual([
      '--- "a/a\\012+++ b/\\"x"',
      '+++ "b/a\\012+++ b/\\"x"',
    ]);
  });
});

describe("the identity of a patch", () => {
  const numbers = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const edit = (lines: readonly string[], at: string, to: string): ChangedFile =>
    file(`${lines.join("\n")}\n`, `${lines.map((line) => (line === at ? to : line)).join("\n")}\n`);

  test("stays when lines are added far above it", () => {
    const shifted = ["new", "new too", ...numbers];
    expect(patchId(edit(shifted, "line 20", "x"))).toBe(patchId(edit(numbers, "line 20", "x")));
  });
  test("changes with the change, the path, the mode and what stands around it", () => {
    const patch = edit(numbers, "line 20", "x");
    const around = numbers.map((line) => (line === "line 19" ? "other" : line));
    const executable: ChangedFile = { ...patch, after: version("x", "100755") };
    const ids = [
      patch,
      edit(numbers, "line 20", "y"),
      { ...patch, path: "b.txt" },
      executable,
      { ...executable, after: version("x") },
      edit(around, "line 20", "x"),
    ];
    expect(new Set(ids.map(patchId)).size).toBe(ids.length);
  });
  test("changes when the same edit moves to a twin of the stanza", () => {
    const stanza = ["kind: Deployment", "spec:", "  replicas: 3", "  paused: false", "  minReadySeconds: 3", "---", ""];
    const before = [...stanza, ...stanza, ...stanza].join("\n");
    const at = (which: number): ChangedFile => {
      let seen = 0;
      return file(
        before,
        before.replace(/replicas: 3/gu, (found) => (seen++ === which ? "replicas: 17" : found)),
      );
    };
    expect(new Set([0, 1, 2].map((which) => patchId(at(which)))).size).toBe(3);
  });
  test("covers what is no text by its blobs", () => {
    const binary = (sha: string): ChangedFile => ({
      ...file("a", "b"),
      after: { mode: "100644", sha, content: { kind: "binary" } },
    });
    expect(patchId(binary("1"))).not.toBe(patchId(binary("2")));
  });
});
