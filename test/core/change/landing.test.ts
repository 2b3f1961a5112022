import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tree } from "../../../src/core/change/build.ts";
import { joined, landsAsWritten, placeWritten } from "../../../src/core/change/landing.ts";
import { mergeByPath } from "../../../src/core/change/merge.ts";
import { changeOf, file } from "../facts.ts";

const tree = (files: Readonly<Record<string, string>>): Tree =>
  new Map(Object.entries(files).map(([path, sha]) => [path, { mode: "100644", sha }]));
const plain = (merged: Tree) => Object.fromEntries([...merged].map(([path, { sha }]) => [path, sha]));

describe("a merge by path", () => {
  test("takes each path from the side that changed it", () => {
    const ancestor = tree({ a: "1", b: "1", gone: "1", left: "1" });
    const ours = tree({ a: "2", b: "1", left: "1", fresh: "1" });
    const theirs = tree({ a: "1", b: "2", gone: "1", new: "1" });
    const { tree: merged, conflicts } = mergeByPath(ancestor, ours, theirs);
    expect(plain(merged)).toEqual({ a: "2", b: "2", fresh: "1", new: "1" });
    expect(conflicts).toEqual([]);
  });

  test("is in conflict where both changed a path, unless they changed it to the same", () => {
    const ancestor = tree({ a: "1", b: "1", c: "1", d: "1" });
    const ours = tree({ a: "2", b: "2", d: "2", e: "1" });
    const theirs = tree({ a: "3", b: "2", c: "3", e: "2" });
    const { tree: merged, conflicts } = mergeByPath(ancestor, ours, theirs);
    expect(conflicts).toEqual(["a", "c", "d", "e"]);
    expect(plain(merged)).toEqual({ a: "3", b: "2", c: "3", e: "2" });
  });

  test("is in conflict where one side changed what a file is and the other what it holds", () => {
    const ours: Tree = new Map([["a", { mode: "100755", sha: "1" }]]);
    expect(mergeByPath(tree({ a: "1" }), ours, tree({ a: "2" })).conflicts).toEqual(["a"]);
  });

  test("is the head where the base has not moved, and the base where the head changes nothing", () => {
    const some = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2", "3"));
    fc.assert(
      fc.property(some, some, (one, other) => {
        const [ancestor, moved] = [tree(one), tree(other)];
        expect(plain(mergeByPath(ancestor, ancestor, moved).tree)).toEqual(other);
        expect(plain(mergeByPath(ancestor, moved, ancestor).tree)).toEqual(other);
      }),
    );
  });
});

test("two changes joined have the paths of both, as the first has them", () => {
  const written = changeOf(file("a", "1", "2"), file("c", "1", "1"));
  const landing = changeOf(file("a", "1", "3"), file("b", "1", "2"), file("c", "1", "2"));
  const outline = joined(written, landing).files.map(({ path, status, after }) => [path, status, after?.content]);
  expect(outline).toEqual([
    ["a", "modified", { kind: "text", text: "2" }],
    ["b", "modified", { kind: "text", text: "2" }],
    ["c", "modified", { kind: "text", text: "2" }],
  ]);
});

describe("a place in the result of a merge", () => {
  // The base put two lines on top and one in the middle since; the head changed the last line.
  const both = {
    written: changeOf(file("a", "one\ntwo\nthree\n", "one\ntwo\n3\n")),
    landing: changeOf(file("a", "new\nnewer\none\nmiddle\ntwo\nthree\n", "new\nnewer\none\nmiddle\ntwo\n3\n")),
  };

  test("is found in the head, and in the merge base", () => {
    expect(placeWritten({ path: "a", side: "head", line: 6, column: 1, endColumn: 2 }, both)).toEqual({
      path: "a",
      side: "head",
      line: 3,
      column: 1,
      endColumn: 2,
    });
    expect(placeWritten({ path: "a", side: "base", line: 3, endLine: 5 }, both)).toEqual({
      path: "a",
      side: "base",
      line: 1,
      endLine: 2,
    });
  });

  test("that the head has not is the line that it would follow, and at least the first", () => {
    expect(placeWritten({ path: "a", side: "head", line: 4, column: 2 }, both)).toEqual({
      path: "a",
      side: "head",
      line: 1,
    });
    expect(placeWritten({ path: "a", side: "head", line: 1 }, both)).toEqual({ path: "a", side: "head", line: 1 });
  });

  test("stays as it is in a file that the head has not, or has as it is", () => {
    const place = { path: "b", side: "head", line: 4 } as const;
    expect(placeWritten(place, both)).toEqual(place);
    expect(landsAsWritten("a", both)).toBe(false);
    expect(landsAsWritten("a", { written: both.written, landing: both.written })).toBe(true);
    expect(landsAsWritten("b", both)).toBe(false);
  });
});
