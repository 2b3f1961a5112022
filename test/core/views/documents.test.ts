import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits, readDocuments, type Tree } from "../../../src/core/views/documents.ts";

function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(plain);
    case "map":
      return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]));
  }
}

function read(text: string): unknown {
  const documents = readDocuments(text);
  return documents.ok ? documents.documents.map(plain) : `${documents.line}: ${documents.reason}`;
}

describe("what YAML 1.1 means", () => {
  test("several documents, some of them empty", () => {
    expect(read("a: 1\n---\n---\n# only a comment\n---\nb: [yes, 0777, 1_000]\n")).toEqual([
      { a: 1 },
      null,
      null,
      { b: [true, 511, 1000] },
    ]);
  });

  test("line ends of Windows and a byte order mark change nothing", () => {
    expect(read('\uFEFFa: 1\r\nb: "2"\r\nc: |\r\n  x\r\n')).toEqual([{ a: 1, b: "2", c: "x\n" }]);
  });

  test("JSON with tabs and escaped slashes", () => {
    expect(read('{\n\t"a": 1,\n\t"b": "x\\/y"\n}')).toEqual([{ a: 1, b: "x/y" }]);
  });

  test("an own key wins over a merged one, and the first merged map over the second", () => {
    const text = "a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\nd: { x: 4, <<: *a }\n";
    expect(read(text)).toEqual([{ a: { x: 1, y: 1 }, b: { y: 2, z: 2 }, c: { x: 3, y: 1, z: 2 }, d: { x: 4, y: 1 } }]);
  });

  test("dates, binary values and numbers of too many digits stay as they are written", () => {
    expect(read("a: 2001-01-01\nb: !!binary aGk=\nc: 123456789012345678901\n")).toEqual([
      { a: "2001-01-01", b: "aGk=", c: "123456789012345678901" },
    ]);
  });

  test("an unknown tag does not hide the value behind it", () => {
    expect(read("replicas: !Ref 17\n")).toEqual([{ replicas: "17" }]);
  });
});

describe("positions", () => {
  const at = (text: string, ...path: readonly (string | number)[]): unknown => {
    const documents = readDocuments(text);
    if (!documents.ok) return documents;
    let tree = documents.documents[0];
    for (const step of path) {
      if (tree?.kind === "map") tree = tree.entries.find(({ key }) => key === step)?.value;
      else if (tree?.kind === "list" && typeof step === "number") tree = tree.items[step];
    }
    return tree?.span;
  };

  test("a value has its first character and the one behind its last, quotes included", () => {
    expect(at('a:\n  - b: "17" # c\n', "a", 0, "b")).toEqual({ line: 2, column: 8, endLine: 2, endColumn: 12 });
  });

  test("a merged value stands where its anchor stands", () => {
    expect(at("x: &a\n  m: 1\ny: { <<: *a }\n", "y", "m")).toEqual({ line: 2, column: 6, endLine: 2, endColumn: 7 });
  });

  test("an alias stands where its anchor stands", () => {
    expect(at("x: &a 17\ny: *a\n", "y")).toMatchObject({ line: 1, column: 7 });
  });
});

describe("what is never read in part", () => {
  test.each([
    ["a key that stands twice", "a: 1\nb: 2\na: 3\n", /^3: the key `a` stands twice/u],
    ["a key that stands twice under another spelling", 'a: 1\n"\\x61": 3\n', /^2: the key `a` stands twice/u],
    ["a bracket that is not closed", "a: [1\nb: 2\n", /not well-formed/u],
    ["an alias of nothing", "a: *nobody\n", /`nobody`|well-formed/u],
    ["an alias within its own anchor", "a: &a [1, *a]\n", /`a`/u],
    ["a map as a key", "a: {{ .Values.x }}\n", /a key is no plain text/u],
    ["a merge of a scalar", "a: &a 1\nb: { <<: *a }\n", /no map/u],
    ["a key under a tag that spells it otherwise", "!!binary a2luZA==: Deployment\n", /a key is no plain text/u],
    ["one broken document of two", "a: 1\n---\nb: [\n", /well-formed/u],
  ])("%s", (_, text, reason) => {
    expect(read(text)).toMatch(reason);
  });

  test("aliases that unfold to a billion values", () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}*a${i}]`);
    expect(read(`a0: &a0 [1]\n${levels.join("\n")}\n`)).toMatch(/aliases unfold/u);
  });

  test.each([
    ["lists in brackets", `${"[".repeat(100_000)}`],
    ["closed lists in brackets", `${"[".repeat(201)}${"]".repeat(201)}`],
    ["maps in braces", `a: ${"{a: ".repeat(201)}1${"}".repeat(201)}`],
    ["dashes", `${"- ".repeat(100_000)}x`],
    ["question marks", `${"? ".repeat(100_000)}x`],
    ["indentation", Array.from({ length: 900 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
  ])("nesting by %s", (_, text) => {
    expect(read(text)).toMatch(/nested deeper than 200|gave up|stack/u);
  });

  test("nesting of 200 levels is read", () => {
    expect(readDocuments(`${"[".repeat(limits.depth)}${"]".repeat(limits.depth)}`).ok).toBe(true);
  });

  test("a text above the limit, and a line of ten million characters", () => {
    expect(read(`a: ${"x".repeat(limits.textLength)}`)).toMatch(/larger than 1024 KiB/u);
    expect(read(`a: ${"x".repeat(10_000_000)}`)).toMatch(/larger than 1024 KiB/u);
  });
});

test("no text makes the reader throw", () => {
  const piece = fc.constantFrom(
    "a",
    ": ",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    "&x ",
    "*x",
    "<<",
    "|",
    ">",
    '"',
    "'",
    "#",
    "?",
    "!",
    "%",
    "---\n",
    "\t",
    "\r",
    "\0",
    "\uFEFF",
    ",",
    "1",
  );
  const harmless = (text: string): void => {
    expect(() => readDocuments(text)).not.toThrow();
  };
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
      harmless,
    ),
    { numRuns: 500 },
  );
});

test("what JSON writes is read as it was", () => {
  const value = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/u),
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string(), fc.array(fc.integer())),
    { noNullPrototype: true },
  );
  const survives = (object: Readonly<Record<string, unknown>>): void => {
    expect(read(JSON.stringify(object))).toEqual([object]);
  };
  fc.assert(fc.property(value, survives), { numRuns: 200 });
});
