import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { type Code, essence } from "../../../src/core/code.ts";
import type { Parsed } from "../../../src/core/syntax.ts";

const { ruby, python } = await loadSyntax();

function read(parsed: Parsed<readonly Code[]>): readonly Code[] {
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.reason}`);
  return parsed.value;
}

const saying = (parsed: Parsed<readonly Code[]>): readonly unknown[] => read(parsed).map(essence);

describe("Ruby", () => {
  test("a call with what is given to it", () => {
    expect(read(ruby("add_column :users, 'é', null: false, **more do |t|\n  t.x\nend"))).toMatchObject([
      {
        kind: "call",
        name: "add_column",
        line: 1,
        endLine: 3,
        arguments: [{ value: "users" }, { value: "é" }],
        named: [{ name: "null", value: { value: false } }],
        open: true,
        block: { parameters: ["t"], body: [{ name: "x", line: 2, text: "t.x" }] },
      },
    ]);
  });

  test("a heredoc begins below its name and ends below itself", () => {
    expect(read(ruby("x(<<~SQL)\n  a\n    b\nSQL\n"))).toMatchObject([
      { arguments: [{ kind: "text", value: "a\n  b\n", line: 1, firstLine: 2, endLine: 4 }] },
    ]);
  });

  test("a text with an expression in it is a template", () => {
    expect(read(ruby('"a#{b}c"'))).toMatchObject([
      { kind: "template", parts: [{ value: "a" }, { kind: "call", name: "b" }, { value: "c" }] },
    ]);
  });

  test("layout, quotes and comments are no part of what it says", () => {
    expect(saying(ruby("a :b, 'c' # d"))).toEqual(saying(ruby('a(\n  :b,\n  "c",\n)')));
  });

  test("operators are", () => {
    expect(read(ruby("a == b")).map(essence)).not.toEqual(read(ruby("a != b")).map(essence));
  });

  test("what is no Ruby is refused with its line, and the next file is read", () => {
    expect(ruby("a\ndef b(")).toMatchObject({ ok: false, line: 2, reason: "not valid Ruby" });
    expect(ruby("a").ok).toBe(true);
  });

  test("what is nested too deeply is refused, and the next file is read", () => {
    expect(ruby(`a(${"[".repeat(300)}${"]".repeat(300)})`)).toMatchObject({ ok: false });
    expect(ruby(`${"a(".repeat(20_000)}${")".repeat(20_000)}`)).toMatchObject({ ok: false });
    expect(ruby("a").ok).toBe(true);
  });

  test("a file that is too large is refused", () => {
    expect(ruby(`#${"a".repeat(1024 * 1024)}`)).toMatchObject({ ok: false });
  });
});

describe("Python", () => {
  test("a call with what is given to it", () => {
    expect(read(python("op.f('é', None, a=[1, True], **more)"))).toMatchObject([
      {
        kind: "call",
        name: "f",
        of: { kind: "name", name: "op" },
        arguments: [{ value: "é" }, { value: null }],
        named: [{ name: "a", value: { kind: "list", items: [{ value: 1 }, { value: true }] } }],
        open: true,
      },
    ]);
  });

  test("texts beside each other are one, escapes are what they stand for", () => {
    expect(read(python("f('a\\n' 'b' r'\\n' \"\"\"\nc\"\"\")"))).toMatchObject([
      { arguments: [{ value: "a\nb\\n\nc", firstLine: 1 }] },
    ]);
  });

  test("a text with an expression in it is a template", () => {
    expect(read(python("f(f'a{b}{{c}}')"))).toMatchObject([
      { arguments: [{ kind: "template", parts: [{ value: "a" }, { kind: "name", name: "b" }, { value: "{c}" }] }] },
    ]);
  });

  test("`with` hands on a block", () => {
    expect(read(python("with a('x') as b, c():\n    b.d()\n"))).toMatchObject([
      { name: "a", block: { parameters: ["b"], body: [{ name: "c", block: { body: [{ name: "d", line: 2 }] } }] } },
    ]);
  });

  test("layout, quotes and comments are no part of what it says", () => {
    expect(saying(python("a('b', c=1)  # d"))).toEqual(saying(python('a(\n    "b",\n    c=1,\n)')));
  });

  test("what is no Python is refused with its line, and the next file is read", () => {
    expect(python("a\ndef b(\n")).toMatchObject({ ok: false, reason: "not valid Python" });
    expect(python("a").ok).toBe(true);
  });

  test("what is nested too deeply is refused", () => {
    expect(python(`${"[".repeat(300)}${"]".repeat(300)}`)).toMatchObject({ ok: false });
  });
});
