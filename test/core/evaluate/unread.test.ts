import { expect, test } from "vitest";
import type { ChangedFile, FileVersion } from "../../../src/core/change/change-set.ts";
import { nothingWritten, type Written } from "../../../src/core/facts-written.ts";
import { changeOf, factsOf } from "../facts.ts";
import { judge } from "./changes.ts";

const large: FileVersion["content"] = { kind: "unread", reason: "larger than 1 MiB (2000000 bytes)" };

function added(path: string, content: FileVersion["content"] = large): ChangedFile {
  return { path, status: "added", before: null, after: { mode: "100644", sha: `sha:${path}`, content } };
}

function gapsOf(file: ChangedFile, written: Written = nothingWritten): readonly (readonly [string, string])[] {
  const { gaps, verdict } = judge(factsOf({ change: changeOf(file), written }));
  expect(["hold", "block"]).toContain(verdict);
  return gaps.filter(({ path }) => path === file.path).map(({ id, reason }) => [id, reason] as const);
}

test("a file that a view cannot read is one gap, which names what no rule could look for in it", () => {
  const gaps = gapsOf(added("k8s/api.yaml"));
  expect(gaps.map(([id]) => id)).toEqual(["unreadable:k8s/api.yaml"]);
  for (const text of ["2000000 bytes", "keeps from scanners", "secret-added"]) expect(gaps[0]?.[1]).toContain(text);
});

test("a file that no view claims and that nobody can search is a gap", () => {
  const gaps = gapsOf(added("data/dump.sqlx"));
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.[1]).toContain("whether there is a secret in `data/dump.sqlx`");
});

test("a file that no view claims and several rules would read is one gap, which names them", () => {
  const gaps = gapsOf(added("src/api.py"));
  expect(gaps).toHaveLength(1);
  expect(gaps[0]?.[1]).toMatch(/\(rules .*gate-finding-suppressed.*secret-added\)/u);
});

test("what a commit wrote before and nobody can search stays a gap beside that of the head", () => {
  const entry = { mode: "100644", sha: "sha:former" } as const;
  const files = [{ path: "k8s/api.yaml", after: entry, before: [] }];
  const contents = { "sha:former": { kind: "unread", reason: "it is gone", bytes: null } } as const;
  const written = { commits: [{ sha: "1".repeat(40), files, unlisted: null }], commitsLeftOut: 0, contents };
  const gaps = gapsOf(added("k8s/api.yaml"), written);
  expect(gaps).toHaveLength(2);
  expect(gaps.map(([, reason]) => reason).join("\n")).toContain("as commit `1111111` wrote it: it is gone");
});

test("a file that a view cannot read and rules can is searched", () => {
  const text = "apiVersion: apps/v1\nkind: Deployment\nspec: [\n";
  const gaps = gapsOf(added("k8s/api.yaml", { kind: "text", text }));
  expect(gaps.map(([id]) => id)).toEqual(["unreadable:k8s/api.yaml"]);
  expect(gaps[0]?.[1]).not.toContain("nor is it known");
});
