import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { HclValue } from "../../../src/core/hcl.ts";

const { hcl } = await loadSyntax();

function valueOf(expression: string): HclValue | string {
  const parsed = hcl(`a = ${expression}\n`);
  if (!parsed.ok) return `${parsed.line}: ${parsed.reason}`;
  return parsed.value.attributes[0]?.value ?? "no attribute";
}
const literal = (value: string | number | boolean | null): HclValue => ({ kind: "literal", value });

describe("HCL is read into plain values", () => {
  test.each([
    ['"x"', "x"],
    ['""', ""],
    ['("x")', "x"],
    ["17", 17],
    ["-1", -1],
    ["1.5", 1.5],
    ["true", true],
    ["null", null],
    ['"a\\n\\"b\\" \\u00e9 $${c} %%{d}"', 'a\n"b" é ${c} %{d}'],
    ["<<EOT\n  one\n\ntwo\nEOT", "  one\n\ntwo\n"],
    ["<<-EOT\n    one\n      two\n    EOT", "one\n  two\n"],
  ])("%s is decided", (expression, value) => expect(valueOf(expression)).toEqual(literal(value)));

  test.each(["var.x", '"a${var.x}"', "jsonencode({})", "1 + 1", "-var.x", "[for x in y : x]", "<<EOT\n${var.x}\nEOT"])(
    "%s is not decided, and its text is kept",
    (expression) => expect(valueOf(expression)).toMatchObject({ kind: "unknown", text: expression }),
  );

  test("lists and objects, with comments in them and quoted keys", () => {
    expect(valueOf('[1, # one\n "b",\n var.c]')).toMatchObject({
      kind: "list",
      items: [literal(1), literal("b"), { kind: "unknown", text: "var.c" }],
    });
    expect(valueOf('{ b = 1, "c d" : [true], (var.k) = 2 }')).toMatchObject({
      kind: "object",
      entries: [
        { key: "b", value: literal(1) },
        { key: "c d", value: { kind: "list", items: [literal(true)] } },
        { key: "(var.k)", value: literal(2) },
      ],
    });
  });

  test("blocks, with labels, nesting and the lines they stand on, also with CRLF", () => {
    expect(hcl('# top\r\nresource "a" b {\r\n  x = 1\r\n  nested {\r\n  }\r\n}\r\n')).toEqual({
      ok: true,
      value: {
        attributes: [],
        blocks: [
          {
            type: "resource",
            labels: ["a", "b"],
            line: 2,
            endLine: 6,
            body: {
              attributes: [{ name: "x", value: literal(1), line: 3, endLine: 3 }],
              blocks: [{ type: "nested", labels: [], line: 4, endLine: 5, body: { attributes: [], blocks: [] } }],
            },
          },
        ],
      },
    });
  });

  test("a file of comments, or of nothing, is an empty body", () => {
    for (const text of ["", "\n", "# nothing\n"])
      expect(hcl(text)).toEqual({ ok: true, value: { attributes: [], blocks: [] } });
  });
});

describe("HCL that cannot be read is refused as a whole, with the line", () => {
  test("a syntax error", () => {
    expect(hcl('resource "a" "b" {\n  x = 1\n}\nresource "c" {{\n}\n')).toMatchObject({
      ok: false,
      reason: "not valid HCL",
      line: 4,
    });
  });
  test("nesting: 200 levels are read, 201 are not", () => {
    const blocks = (depth: number): string => "b {\n".repeat(depth) + "}\n".repeat(depth);
    expect(hcl(blocks(200)).ok).toBe(true);
    expect(hcl(blocks(201))).toEqual({ ok: false, line: 201, reason: "nested deeper than 200" });
    for (const [open, close] of ["[]", "{}", "()"].map((pair) => pair.split("")) as [string, string][]) {
      const inside = open === "{" ? "{ a = " : open;
      const parsed = hcl(`a = ${inside.repeat(5_000)}1${close.repeat(5_000)}\n`);
      expect(parsed).toMatchObject({ ok: false, reason: "nested deeper than 200" });
    }
  });
  test("an attribute that stands twice in one block, as Terraform refuses it", () => {
    expect(hcl('resource "a" "b" {\n  size = 1\n  size = 9\n}\n')).toEqual({
      ok: false,
      line: 3,
      reason: "the attribute `size` stands twice",
    });
    expect(hcl('resource "a" "b" {\n  size = 1\n}\nresource "a" "c" {\n  size = 9\n}\n').ok).toBe(true);
  });
  test("a file over 1 MiB, counted in bytes", () => {
    expect(hcl(`a = "${"é".repeat(600_000)}"`)).toEqual({
      ok: false,
      line: 1,
      reason: "larger than 1 MiB (1200006 bytes)",
    });
  });
  test("hostile text ends in an answer, and the next file is read as if nothing had been", () => {
    for (const text of [
      "}{".repeat(100_000),
      `a = ${"[".repeat(100_000)}`,
      '"'.repeat(9_999),
      `a = "${'${"'.repeat(3_000)}`,
    ])
      expect(hcl(text).ok).toBe(false);
    expect(hcl("a = 1\n").ok).toBe(true);
  });
});

describe("the memo", () => {
  test("computes once per key, and again what it forgot: the one not used for longest", () => {
    const memo = createMemo(2);
    const computed: string[] = [];
    const ask = (key: string): string =>
      memo(key, () => {
        computed.push(key);
        return key;
      });
    for (const key of ["a", "b", "a", "c", "a", "b"]) expect(ask(key)).toBe(key);
    expect(computed).toEqual(["a", "b", "c", "b"]);
  });
  test("keeps undefined and null as answers", () => {
    const memo = createMemo(1);
    memo("k", () => null);
    expect(memo("k", () => "again")).toBeNull();
  });
});
