import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tree } from "../../../src/core/change/build.ts";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";
import { mergedInside } from "../../../src/core/change/merge.ts";

type Paths = Readonly<Record<string, string>>;
const tree = (paths: Paths): Tree =>
  new Map(Object.entries(paths).map(([path, sha]) => [path, { mode: "100644", sha }]));
const base = { a: "1", b: "1" };
const only = (ours: Paths, theirs: Paths, result: Paths) => inside(ours, theirs, result)?.length === 0;
const inside = (ours: Paths, theirs: Paths, result: Paths) =>
  mergedInside({ base: tree(base), ours: tree(ours), theirs: tree(theirs), result: tree(result) });

describe("a merge is nothing but a merge", () => {
  test("where every path stands as the side that changed it left it", () => {
    expect(only({ a: "2", b: "1" }, { a: "1", b: "3", c: "1" }, { a: "2", b: "3", c: "1" })).toBe(true);
    expect(only({ b: "1" }, { a: "1", b: "3" }, { b: "3" })).toBe(true);
    expect(only({ a: "2", b: "1" }, { a: "2", b: "1" }, { a: "2", b: "1" })).toBe(true);
  });
});

describe("a merge is more than a merge", () => {
  test.each<[string, Paths, Paths, Paths]>([
    ["where it takes back what the base did", { a: "2", b: "1" }, { a: "1", b: "3" }, { a: "2", b: "1" }],
    ["where it adds a path", { a: "2", b: "1" }, base, { a: "2", b: "1", c: "1" }],
    ["where it changes a path that neither side did", { a: "2", b: "1" }, base, { a: "2", b: "9" }],
    ["where it brings back a path that one side removed", { b: "1" }, base, base],
    ["where both sides changed a path: somebody decided", { a: "2", b: "1" }, { a: "3", b: "1" }, { a: "3", b: "1" }],
    [
      "where both sides did the same and it does another thing",
      { a: "2", b: "1" },
      { a: "2", b: "1" },
      { a: "3", b: "1" },
    ],
  ])("%s", (_, ours, theirs, result) => {
    expect(only(ours, theirs, result)).toBe(false);
  });

  test("where the mode of a path differs", () => {
    const result: Tree = new Map([...tree(base), ["a", { mode: "100755", sha: "1" }]]);
    expect(mergedInside({ base: tree(base), ours: tree(base), theirs: tree(base), result })).toBeNull();
  });
});

test("at most one result is nothing but the merge of two sides", () => {
  const paths = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2"));
  fc.assert(
    fc.property(paths, paths, paths, paths, (ours, theirs, one, other) => {
      fc.pre(canonicalJson(one) !== canonicalJson(other));
      expect(only(ours, theirs, one) && only(ours, theirs, other)).toBe(false);
    }),
  );
});

test("paths that both sides changed differently are named, unless another path tells that it is more than a merge", () => {
  const [ours, theirs] = [
    { a: "2", b: "2" },
    { a: "3", b: "3", c: "1" },
  ];
  expect(inside(ours, theirs, { a: "4", b: "2", c: "1" })).toEqual(["a", "b"]);
  expect(inside(ours, theirs, { a: "4", b: "2", c: "2" })).toBeNull();
});

test("a conflict that was settled for the branch's own side was settled by somebody", () => {
  expect(only({ a: "2", b: "1" }, { a: "3", b: "1" }, { a: "2", b: "1" })).toBe(false);
});
