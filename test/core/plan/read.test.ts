import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPlan } from "../../../src/core/plan/read.ts";

const block = (yaml: string, fence = "```") => `${fence}sallyport-plan\n${yaml}\n${fence}\n`;
const kindOf = (description: string) => readPlan(description).kind;
const mistakes = (description: string) => {
  const read = readPlan(description);
  return read.kind === "unreadable" ? read.mistakes : [];
};

describe("a plan", () => {
  test("is read from the block of its name, each list sorted and each entry once", () => {
    const yaml = 'paths: ["b/**", a, a]\nenvironments: [staging]\nkinds: [scale, docs]\nsummary: Why.';
    expect(readPlan(`Words.\r\n\r\n${block(yaml)}More.`)).toMatchObject({
      kind: "declared",
      plan: { paths: ["a", "b/**"], environments: ["staging"], services: null, kinds: ["docs", "scale"] },
      summary: "Why.",
    });
  });

  test("has the same digest however it is written, and whatever its summary says", () => {
    const digest = (yaml: string) => {
      const read = readPlan(block(yaml));
      return read.kind === "declared" ? read.marks.digest : null;
    };
    expect(digest("paths: [a, b]")).toBe(digest("# a comment\npaths:\n  - b\n  - a\n  - b\nsummary: x"));
    expect(digest("paths: [a, b]")).not.toBe(digest("paths: [a]"));
    expect(digest("paths: [a]\nservices: [b]")).not.toBe(digest("paths: [a]\nenvironments: [b]"));
  });

  test.each([
    ["tildes", block("paths: [a]", "~~~")],
    ["a longer fence", block("paths: [a]", "`````")],
    ["further words after its name", "```sallyport-plan yaml\npaths: [a]\n```"],
    ["three blanks before it", "   ```sallyport-plan\npaths: [a]\n   ```"],
    ["a comment that ended before it", `<!-- words -->\n${block("paths: [a]")}`],
    ["a block that ended before it", `${block("x").replace("sallyport-plan", "text")}${block("paths: [a]")}`],
  ])("may stand in %s", (_, description) => {
    expect(kindOf(description)).toBe("declared");
  });

  test.each([
    ["nothing", ""],
    ["another block", "```yaml\npaths: [a]\n```"],
    ["its name within a line", "`sallyport-plan` and ```sallyport-plan``` are words"],
    ["a block within a block", "````\n```sallyport-plan\npaths: [a]\n```\n````"],
    ["a block within one of tildes", "~~~\n```sallyport-plan\npaths: [a]\n```\n~~~"],
    ["a comment", "<!--\n```sallyport-plan\npaths: [a]\n```\n-->"],
    ["a quotation", "> ```sallyport-plan\n> paths: [a]\n> ```"],
    ["four blanks before it", "    ```sallyport-plan\n    paths: [a]\n    ```"],
    ["a name that only begins like it", "```sallyport-planned\npaths: [a]\n```"],
  ])("is not declared by %s", (_, description) => {
    expect(kindOf(description)).toBe("none");
  });
});

describe("a plan that cannot be read", () => {
  test.each([
    ["two blocks", block("paths: [a]") + block("paths: [a]"), "there are 2 blocks of it; keep one"],
    ["no end", "```sallyport-plan\npaths: [a]\n``\n", "the block is not closed"],
    ["an end that shows no end", "```sallyport-plan\npaths: [a]\n```\u{a0}\n", "the block is not closed"],
    ["too much", block(`paths: [a]\n# ${"x".repeat(4_096)}`), "the block is over 4 KiB"],
    ["nothing in it", block(" "), "the block is empty"],
    ["no mapping", block("- a"), "line 1 of the block: expected a mapping, found a list"],
    ["no paths", block("services: [a]"), "`paths` is missing; add it"],
    ["no entries", block("paths: []"), "line 1 of the block: needs at least one entry"],
    ["nothing that it reaches", block('paths: ["**"]\nservices: []'), "needs at least one entry, or is left out"],
    ["a comment alone", block("# paths"), "nothing stands in it; write `paths:` and what it touches"],
    ["no text in a list", block("paths: [1]"), "line 1 of the block: expected text, found 1"],
    ["a pattern that is none", block('paths:\n  - a\n  - "./b"'), "line 3 of the block: `./b` is relative"],
    ["a kind that is none", block("paths: [a]\nkinds: [databse]"), "line 2 of the block: expected one of"],
    ["a name that is none", block("paths: [a]\nservices: [a b]"), '"a b" is no name'],
    [
      "a key that is none",
      block("paths: [a]\nenvironment: [b]"),
      'unknown key "environment"; did you mean "environments"?',
    ],
    ["a key that stands twice", block("paths: [a]\npaths: [b]"), 'the key "paths" stands twice'],
    ["a pattern without quotes", block("paths: [**/*.ts]"), "line 1 of the block: nothing is anchored"],
    ["two documents", block("paths: [a]\n---\npaths: [b]"), "a second document begins"],
  ])("for %s says so, and where", (_, description, because) => {
    expect(mistakes(description).join("; ")).toContain(because);
  });

  test("tells five mistakes and counts the others", () => {
    const told = mistakes(block(`paths: [${Array.from({ length: 9 }, () => '"./a"').join(", ")}]`));
    expect([told.length, told[5]]).toEqual([6, "4 more"]);
  });

  test("is like no other plan and no other text", () => {
    const digests = ["paths: [", "paths: [[", "services: [a]", "paths: [a]"].map((yaml) => {
      const read = readPlan(block(yaml));
      return read.kind === "none" ? null : read.marks.digest;
    });
    expect(new Set(digests).size).toBe(4);
  });
});

test("no text makes the reader throw", () => {
  const parts = fc.constantFrom(
    "```",
    "~~~",
    "sallyport-plan",
    "\n",
    "\r",
    "<!--",
    "-->",
    "paths:",
    "[",
    "]",
    "*a",
    "&a ",
    "- ",
    "{",
    " ",
    "\0",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(parts).map((some) => some.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(["none", "declared", "unreadable"]).toContain(kindOf(given));
      expect(["declared", "unreadable"]).toContain(kindOf(block(given.replaceAll("<!--", ""))));
    }),
    { numRuns: 500 },
  );
});
