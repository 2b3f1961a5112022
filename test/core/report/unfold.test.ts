import { expect, test } from "vitest";
import { unfold } from "../../../src/core/report/unfold.ts";
import { details } from "../../../src/lib/markdown.ts";

test("every section of ours is opened, once", () => {
  const folded = [details("one", "1"), details("two", "2")].join("\n\n");
  const opened = folded.replaceAll("<details>", "<details open>");
  expect(unfold(folded)).toBe(opened);
  expect(unfold(opened)).toBe(opened);
});

test("what only looks like one stays as it is", () => {
  const patch = "```diff\n+<details><summary>x</summary>\n```\n a `<details>`";
  expect(unfold(patch)).toBe(patch);
});

test("no more are opened than GitHub takes", () => {
  const section = details("one", "x");
  const sections = Array.from({ length: 40 }, () => section).join("\n\n");
  const long = `${sections}${"x".repeat(65_400 - sections.length)}`;
  const opened = unfold(long);
  expect(opened.length).toBe(65_535);
  expect(opened.split("<details open>")).toHaveLength(28);
  expect(unfold(opened)).toBe(opened);
});
