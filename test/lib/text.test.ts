import fc from "fast-check";
import { expect, test } from "vitest";
import { address, code, details, fence, paragraph, prose, table } from "../../src/lib/markdown.ts";
import { shorten, visible, visibleLines } from "../../src/lib/text.ts";

test("characters that cannot be seen are written out", () => {
  expect(visible("a\u{202e}b\u{200b}\u{1b}[31m\n\u{e0041}\u{d800}")).toBe(
    "a\\u{202E}b\\u{200B}\\u{1B}[31m\\u{A}\\u{E0041}\\u{D800}",
  );
  expect(visible("tab\tand é → 日本 🤖")).toBe("tab and é → 日本 🤖");
  expect(visibleLines("a\r\n\tb\rc\u{85}")).toBe("a\n\tb\\u{D}c\\u{85}");
});

test("cutting cuts no character in two and keeps the limit", () => {
  expect(shorten("abc", 3)).toBe("abc");
  expect(shorten("abcd", 3)).toBe("ab…");
  expect(shorten("a🤖🤖", 3)).toBe("a…");
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, max) => {
      expect(shorten(text, max).length).toBeLessThanOrEqual(max);
      expect(shorten(text, max).isWellFormed()).toBe(true);
    }),
  );
});

test.each([
  ["plain", "`plain`"],
  ["a`b", "<code>a&#96;b</code>"],
  ["a|b", "<code>a&#124;b</code>"],
  ["", "`(empty)`"],
])("code of %o is %s", (text, written) => {
  expect(code(text)).toBe(written);
});

test.each([
  ["asks `search` for 2Gi", "asks `search` for 2Gi"],
  ["an odd ` backtick of @person-a", "an odd &#96; backtick of `@person-a`"],
  ["`a``b`", "`a` `b`"],
  ["ww`w.evil.example", "ww&#96;w.evil.example"],
  ["ww``w.evil.example", "ww&#96;&#96;w.evil.example"],
  ["<b> & *x* [y](z)", "&#60;b> &#38; \\*x\\* \\[y\\](z)"],
  ["512Mi -> 2Gi", "512Mi -> 2Gi"],
  ["see https://evil.example and #12", "see `https://evil.example` and `#12`"],
])("the sentence %o is written %s", (text, written) => {
  expect(prose(text)).toBe(written);
});

test.each([
  ["- no list", "\\- no list"],
  ["1. no list", "1\\. no list"],
  ["> no quotation", "\\> no quotation"],
  ["--- no rule", "\\--- no rule"],
])("the paragraph %o is written %s", (text, written) => {
  expect(paragraph(text)).toBe(written);
});

test("a fence is longer than any run of backticks in it", () => {
  expect(fence("diff", "+```\n+````")).toBe("`````diff\n+```\n+````\n`````");
});

test("a table has as many cells in every row as it has columns", () => {
  expect(table(["a", "b"], [["1"], ["1", "2", "3"]])).toBe("| a | b |\n|---|---|\n| 1 |  |\n| 1 | 2 |");
});

test("an address keeps its segments apart and cannot end a link", () => {
  expect(address("https://github.com", ["acme", "a/b)?#\u{d800}"], "#L1")).toBe(
    "https://github.com/acme/a%2Fb%29%3F%23%EF%BF%BD#L1",
  );
});

test("the summary of a fold is text", () => {
  expect(details("</summary> @x `y`", "body")).toBe(
    "<details><summary>&#60;/summary&#62; <code>&#64;x</code> y</summary>\n\nbody\n</details>",
  );
});
