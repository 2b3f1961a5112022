import { describe, expect, test } from "vitest";
import type { ChangedFile, FileVersion } from "../../../src/core/change/change-set.ts";
import { type Language, languageOf, linesOf, programsOf } from "../../../src/core/authentication/source.ts";

const version = (text: string): FileVersion => ({ mode: "100644", sha: text, content: { kind: "text", text } });
const unread: FileVersion = { mode: "100644", sha: "b", content: { kind: "unread", reason: "it is too large" } };

describe("a line of a program", () => {
  test.each<[Language, string, string, string]>([
    ["python", "a = 1 # b", "a = 1    ", "a = 1    "],
    ["python", "a = '#b' # c", "a = '  '    ", "a = '#b'    "],
    ["script", "a(`b // c`) // d", "a(`      `)     ", "a(`b // c`)     "],
    ["jvm", "a /* b */ c", "a         c", "a         c"],
    ["go", 'a("b\\"c")', 'a("    ")', 'a("b\\"c")'],
    ["dotnet", "a('b') // c", "a(' ')     ", "a('b')     "],
    ["ruby", "a 'b' # c", "a ' '    ", "a 'b'    "],
  ])("%s: %s", (language, text, code, shown) => {
    expect(linesOf(text, language)).toEqual([{ code, text: shown }]);
  });

  test("is a comment where that goes over lines, and a quote that nobody closes ends with its line", () => {
    expect(linesOf("/* a\n b */ c", "go").map(({ code }) => code.trim())).toEqual(["", "c"]);
    expect(linesOf("a = 'b\nc = 1", "script").map(({ code }) => code.trim())).toEqual(["a = '", "c = 1"]);
    expect(linesOf('"""a\nb"""\nc', "python").map(({ code }) => code.trim())).toEqual(['"""', '"""', "c"]);
  });
});

test.each([
  ["shop/views.py", "python"],
  ["src/app.tsx", "script"],
  ["src/app.d.ts", null],
  ["src/app.test.ts", null],
  ["shop/tests/test_views.py", null],
  ["vendor/a/b.go", null],
  ["internal/a_test.go", null],
  ["src/main/java/Orders.java", "jvm"],
  ["src/main/java/OrdersTest.java", null],
  ["README.md", null],
])("%s is %s", (path, language) => {
  expect(languageOf(path)).toBe(language);
});

test("a file that goes and one of its name that comes are one that moved, and no other", () => {
  const gone: ChangedFile = { path: "a/v.py", status: "removed", before: version("x"), after: null };
  const come: ChangedFile = { path: "b/v.py", status: "added", before: null, after: version("y") };
  const other: ChangedFile = { ...come, path: "b/w.py" };
  expect(programsOf([gone, come]).find(({ path }) => path === "b/v.py")?.before).toEqual([{ code: "x", text: "x" }]);
  expect(programsOf([gone, other]).find(({ path }) => path === "b/w.py")?.before).toBeNull();
  const twice: ChangedFile = { ...come, path: "c/v.py" };
  expect(programsOf([gone, come, twice]).map(({ path, before }) => [path, before === null])).toEqual([
    ["a/v.py", false],
    ["b/v.py", true],
    ["c/v.py", true],
  ]);
});

test("a program that could be read and cannot be read any more says why", () => {
  const file: ChangedFile = { path: "a.py", status: "modified", before: version("x"), after: unread };
  expect(programsOf([file])[0]?.unread).toBe("it is too large");
  expect(programsOf([{ ...file, before: unread }])[0]?.unread).toBeNull();
});
