import { describe, expect, test } from "vitest";
import { ownersOf, parseCodeOwners } from "../../../src/core/requirements/codeowners.ts";

const owns = (pattern: string, path: string) => ownersOf(path, parseCodeOwners(`${pattern} @acme/a`)).length === 1;

describe("a pattern of CODEOWNERS", () => {
  test.each([
    ["*", "a/b/c.ts"],
    ["*.js", "a/b.js"],
    ["/build/logs/", "build/logs/a/b.txt"],
    ["docs/*", "docs/a.md"],
    ["apps/", "x/apps/a/b.ts"],
    ["/docs/", "docs/a/b.md"],
    ["/scripts", "scripts"],
    ["/scripts", "scripts/a/b.sh"],
    ["**/logs", "deep/er/logs/a.txt"],
    ["**/logs", "logs/a.txt"],
    ["/apps/github", "apps/github/a.ts"],
    ["a/**/z", "a/z"],
    ["a/**/z", "a/b/c/z"],
    ["a/**", "a/b/c"],
    ["/*", "README.md"],
    ["file\\ name.txt", "a/file name.txt"],
    ["?.ts", "a.ts"],
    ["a*b*c", "axxbxxc"],
    ["/*/", "a/b.md"],
    ["docs/*/", "docs/a/b/c.md"],
    ["docs/**/", "docs/a.md"],
    ["docs/**/", "docs/a/b.md"],
  ])("%s matches %s", (pattern, path) => {
    expect(owns(pattern, path)).toBe(true);
  });

  test.each([
    ["docs/*", "docs/a/b.md"],
    ["docs/*", "x/docs/a.md"],
    ["/build/logs/", "x/build/logs/a.txt"],
    ["apps/", "apps"],
    ["*.js", "a.jsx"],
    ["*.js", "A.JS"],
    ["/*", "a/README.md"],
    ["a/**", "a"],
    ["a*b*c", "axxbxx"],
    ["?.ts", "ab.ts"],
    ["/*/", "README.md"],
    ["docs/*/", "docs/a.md"],
  ])("%s does not match %s", (pattern, path) => {
    expect(owns(pattern, path)).toBe(false);
  });
});

test("the last line that matches decides, also when it names nobody", () => {
  const file = parseCodeOwners("* @acme/all # everything\n\n# a comment\n/db/ @Person-A dba@example.com\n/db/free/\n");
  expect(file.mistakes).toEqual([]);
  expect(ownersOf("a.ts", file)).toEqual(["@acme/all"]);
  expect(ownersOf("db/a.sql", file)).toEqual(["@person-a", "dba@example.com"]);
  expect(ownersOf("db/free/a.sql", file)).toEqual([]);
});

test("a line without owners takes a path away from whom an earlier line names, whatever follows it", () => {
  const file = parseCodeOwners("/db/ @acme/a\n/db/free\n/db/free/kept.sql @acme/b\n");
  expect(ownersOf("db/free/a.sql", file)).toEqual([]);
  expect(ownersOf("db/free/kept.sql", file)).toEqual(["@acme/b"]);
});

test("a sharp sign begins a comment only where a word begins", () => {
  const file = parseCodeOwners("a#b @acme/a\nc @acme/a#team # @acme/b\n");
  expect(ownersOf("a#b", file)).toEqual(["@acme/a"]);
  expect(file.mistakes).toEqual(["line 2: `@acme/a#team` is no owner"]);
});

test("sections, which another forge has, are no lines of GitHub's", () => {
  expect(parseCodeOwners("[Database]\n/db/ @acme/a\n").mistakes).toEqual([
    "line 1: `[Database]` has a range of characters",
  ]);
});

test("what GitHub's syntax does not have is told with its line", () => {
  expect(parseCodeOwners("!a @acme/a\n[ab].ts @acme/a\n\\#a @acme/a\na acme\n").mistakes).toEqual([
    "line 1: `!a` negates",
    "line 2: `[ab].ts` has a range of characters",
    "line 3: `\\#a` escapes what cannot be escaped",
    "line 4: `acme` is no owner",
  ]);
});
