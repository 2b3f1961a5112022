import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeLines } from "../../../src/core/change/merge-lines.ts";

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const was = text("a", "b", "c", "d", "e");

test("changes of different lines are put together", () => {
  expect(mergeLines(was, text("A", "b", "c", "d", "e"), text("a", "b", "c", "D", "e"))).toBe(
    text("A", "b", "c", "D", "e"),
  );
  expect(mergeLines(was, text("a", "c", "d", "e"), text("a", "b", "c", "d", "x", "e"))).toBe(
    text("a", "c", "d", "x", "e"),
  );
  expect(mergeLines(was, text("0", "a", "b", "c", "d", "e"), `${was}f`)).toBe(`${text("0")}${was}f`);
});

test("what both sides did alike is done once", () => {
  const same = text("a", "B", "c", "d", "e");
  expect(mergeLines(was, same, text("a", "B", "c", "d", "E"))).toBe(text("a", "B", "c", "d", "E"));
  expect(mergeLines(was, same, same)).toBe(same);
});

test.each([
  ["of one line", text("A", "b", "c", "d", "e"), text("0", "b", "c", "d", "e")],
  ["of neighbouring lines", text("A", "b", "c", "d", "e"), text("a", "B", "c", "d", "e")],
  ["at one place", text("a", "x", "b", "c", "d", "e"), text("a", "y", "b", "c", "d", "e")],
  ["of a line that the other side removed", text("a", "c", "d", "e"), text("a", "B", "c", "d", "e")],
  ["of the end of the file", was.trimEnd(), text("a", "b", "c", "d", "E")],
])("changes %s have to be decided by somebody", (_, ours, theirs) => {
  expect(mergeLines(was, ours, theirs)).toBeNull();
  expect(mergeLines(was, theirs, ours)).toBeNull();
});

const lines = fc
  .array(fc.constantFrom("a", "b", "c", "d", "\r", ""), { maxLength: 8 })
  .chain((all) => fc.boolean().map((ends) => all.join("\n") + (ends ? "\n" : "")));

test("a side that changed nothing adds nothing, and the sides may change places", () => {
  fc.assert(
    fc.property(lines, lines, lines, (ancestor, ours, theirs) => {
      expect(mergeLines(ancestor, ours, ancestor)).toBe(ours);
      expect(mergeLines(ancestor, ancestor, theirs)).toBe(theirs);
      expect(mergeLines(ancestor, ours, theirs)).toBe(mergeLines(ancestor, theirs, ours));
    }),
  );
});
