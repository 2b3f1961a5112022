import { expect, test } from "vitest";
import { applyEdits } from "../../../src/core/evaluate/fix.ts";
import type { Edit } from "../../../src/core/rule.ts";
import { changeOf, file } from "../facts.ts";

const change = changeOf(file("a.yaml", "x: 1\ny: 1\n", "x: 1\ny: 20\n"), file("b.yaml", "b\n", "c\n"));
const edit = (line: number, from: number, to: number, text: string, path = "a.yaml"): Edit => ({
  path,
  start: { line, column: from },
  end: { line, column: to },
  text,
});
const textOf = (edits: readonly Edit[]): string | null => {
  const content = applyEdits(change, edits)?.files[0]?.after?.content;
  return content?.kind === "text" ? content.text : null;
};

test("an edit replaces what lies between its ends, and nothing else", () => {
  expect(textOf([edit(2, 4, 6, "3")])).toBe("x: 1\ny: 3\n");
  expect(applyEdits(change, [edit(2, 4, 6, "3")])?.files[1]).toBe(change.files[1]);
});

test("several edits of a file keep their places, in whatever order they come", () => {
  const edits = [edit(1, 4, 5, "100"), edit(2, 4, 6, "3")];
  expect(textOf(edits)).toBe("x: 100\ny: 3\n");
  expect(textOf(edits.toReversed())).toBe("x: 100\ny: 3\n");
});

test("text can be inserted, also at the end of the last line", () => {
  expect(textOf([edit(2, 6, 6, "0\nz: 1")])).toBe("x: 1\ny: 200\nz: 1\n");
});

test("a file that an edit brings back to what it was is no longer part of the change", () => {
  expect(applyEdits(change, [edit(2, 4, 6, "1")])?.files[0]?.status).toBe("unchanged");
});

test("an edited version never has the SHA of the version it was made from", () => {
  const [edited] = applyEdits(change, [edit(2, 4, 6, "3")])?.files ?? [];
  expect(edited?.after?.sha).not.toBe(change.files[0]?.after?.sha);
});

test.each<[string, readonly Edit[]]>([
  ["outside the file", [edit(9, 1, 1, "x")]],
  ["outside the line", [edit(1, 4, 99, "x")]],
  ["that ends before it begins", [edit(1, 4, 2, "x")]],
  ["of a file that is not there", [edit(1, 1, 1, "x", "c.yaml")]],
  ["over another", [edit(2, 1, 5, "x"), edit(2, 4, 6, "y")]],
])("there is no fix by an edit %s", (_, edits) => {
  expect(applyEdits(change, edits)).toBeNull();
});

test("a file whose mode differs is still part of the change when its text is what it was", () => {
  const [plain] = change.files;
  const executable =
    plain?.after === undefined || plain.after === null
      ? plain
      : { ...plain, after: { ...plain.after, mode: "100755" as const } };
  const files = executable === undefined ? [] : [executable];
  expect(applyEdits({ files }, [edit(2, 4, 6, "1")])?.files[0]?.status).toBe("modified");
});
