import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import { sameBlock, terraform } from "../../../src/core/views/terraform.ts";
import { readTerraformJson } from "../../../src/core/views/terraform-json.ts";
import { change, context, removed, symlink, text } from "../change/changes.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(1_000) };
const view = (...files: Parameters<typeof change>) => terraform(change(...files), tools);
const pairs = (...files: Parameters<typeof change>): readonly string[] =>
  view(...files).view.blocks.map(({ address, directory, before, after, changed }) =>
    [
      directory,
      address,
      before === undefined ? "-" : before.path,
      after === undefined ? "-" : after.path,
      changed,
    ].join(" "),
  );

describe("blocks are paired by module and address", () => {
  test("across files of one module, so that a move within it is no removal", () => {
    expect(
      pairs(
        text("a/old.tf", 'resource "x" "y" {}\n', "\n"),
        text("a/new.tf", "\n", 'resource "x" "y" {\n  z = 1\n}\n'),
        text("b/main.tf", null, 'resource "x" "y" {}\n'),
      ),
    ).toEqual(["a x.y a/old.tf a/new.tf true", "b x.y - b/main.tf true"]);
  });
  test("with an address for every kind of block", () => {
    const all = `
      data "d" "e" {}
      module "m" {}
      variable "v" {}
      output "o" {}
      provider "p" {}
      provider "p" { alias = "q" }
      terraform {}
      moved { from = x.a
        to = x.b }
      locals { l = 1
        k = 2 }
    `;
    expect(view(text("main.tf", all, all)).view.blocks.map(({ address }) => address)).toEqual([
      "data.d.e",
      "module.m",
      "variable.v",
      "output.o",
      "provider.p",
      "provider.p.q",
      "terraform",
      "moved.x.a",
      "local.l",
      "local.k",
    ]);
  });
  test("repeated addresses and override files hide nothing", () => {
    expect(
      pairs(
        text("main.tf", 'resource "x" "y" {}\n', 'resource "x" "y" {}\nresource "x" "y" {}\n'),
        text("main_override.tf", null, 'resource "x" "y" {}\n'),
      ),
    ).toEqual([" x.y main.tf main.tf true", " x.y - main.tf true", " x.y - main_override.tf true"]);
  });
  test("what an override file says is not taken for what it overrides", () => {
    expect(
      pairs(
        text("main.tf", 'resource "x" "y" {}\n', "\n"),
        text("main_override.tf", 'resource "x" "y" {}\n', 'resource "x" "y" {\n}\n'),
      ),
    ).toEqual([" x.y main.tf - true", " x.y main_override.tf main_override.tf true"]);
  });
  test("context is not part of the change", () => {
    expect(pairs(context("main.tf", 'module "m" {}\n'))).toEqual([" module.m main.tf main.tf false"]);
  });
  test("a symlink stands for the file that it names", () => {
    expect(
      pairs(text("common.tf", 'output "a" {}\n', 'output "b" {}\n'), symlink("live/main.tf", "../common.tf")),
    ).toEqual([
      " output.a common.tf - true",
      " output.b - common.tf true",
      "live output.a live/main.tf - true",
      "live output.b - live/main.tf true",
    ]);
  });
  test("layout and comments make no difference between blocks, values do", () => {
    const [first, second, third] = [
      'resource "a" "b" {\n  x = 1\n  y = [1]\n}\n',
      '# new\nresource "a" "b" {\n  y = [ 1 ]\n\n  x = 1 # one\n}\n',
      'resource "a" "b" {\n  x = 2\n  y = [1]\n}\n',
    ].map((source) => view(text("main.tf", null, source)).view.blocks[0]?.after?.block);
    if (first === undefined || second === undefined || third === undefined) throw new Error("not read");
    expect([sameBlock(first, second), sameBlock(first, third)]).toEqual([true, false]);
  });
});

describe("what cannot be read is a gap", () => {
  const gaps = (...files: Parameters<typeof change>) =>
    view(...files).gaps.map(({ id, level, side, line }) => [id, level, side, line]);
  const binary = { kind: "binary" } as const;

  test("that blocks when the change broke the file, and holds otherwise", () => {
    expect(gaps(text("a.tf", "x = 1\n", "\nx {{\n"))).toEqual([["unreadable:a.tf", "block", "head", 2]]);
    expect(gaps(text("a.tf", null, "x {{\n"))).toEqual([["unreadable:a.tf", "hold", "head", 1]]);
    expect(gaps(text("a.tf", "x {{\n", "x {{{\n"))).toEqual([["unreadable:a.tf", "hold", "head", 1]]);
    expect(gaps(text("a.tf", "x {{\n", "x = 1\n"))).toEqual([["unreadable:a.tf", "hold", "base", 1]]);
    expect(gaps(removed("a.tf", "x {{\n"))).toEqual([["unreadable:a.tf", "hold", "base", 1]]);
  });
  test("for binaries, symlinks to nowhere and submodules too", () => {
    const [file] = change(text("a.tf", "x = 1\n", "y = 1\n")).files;
    if (file?.after === null || file === undefined) throw new Error("no file");
    for (const content of [binary, { kind: "symlink", target: "/etc/x.tf" }, { kind: "submodule" }] as const)
      expect(terraform({ files: [{ ...file, after: { ...file.after, content } }] }, tools).gaps).toMatchObject([
        { level: "block" },
      ]);
  });
  test("but not for context, which is listed apart", () => {
    const { view: seen, gaps: found } = view(context("bad.tf", "x {{\n"));
    expect(found).toEqual([]);
    expect(seen.unreadContext).toMatchObject([{ path: "bad.tf", line: 1, text: "x {{\n" }]);
  });
});

describe("the JSON syntax", () => {
  test("gives the blocks that the native syntax gives, with their lines", () => {
    const json = `{
      "//": "a comment",
      "resource": { "aws_x": { "y": { "n": 1,
            "t": "\${var.a}" } } },
      "module": [ { "m": { "source": "../shared" } } ],
      "locals": { "l": [true] }
    }`;
    const { blocks } = view(text("main.tf.json", null, json)).view;
    expect(blocks.map(({ address, after }) => [address, after?.block.line, after?.block.endLine])).toEqual([
      ["aws_x.y", 3, 4],
      ["module.m", 5, 5],
      ["local.l", 6, 6],
    ]);
    expect(blocks[0]?.after?.block.body.attributes.map(({ value }) => value)).toMatchObject([
      { kind: "literal", value: 1 },
      { kind: "unknown", text: "${var.a}" },
    ]);
  });
  test("tabs and carriage returns are white space", () => {
    expect(readTerraformJson('{\r\n\t"locals": {\r\n\t\t"a": 1\r\n\t}\r\n}', tools.syntax)).toMatchObject({ ok: true });
  });
  test.each([
    ["YAML that is no JSON", "locals: {a: 1}", "not valid JSON"],
    ["a key that stands twice", '{"locals": {"a": 1, "a": 2}}', 'the key "a" stands twice'],
    ["a string in the place of a block", '{"resource": "x"}', "an object was expected in the place of a block"],
    ["nesting over 200", "[".repeat(100_000), "nested deeper than 200"],
  ])("%s is refused", (_, source, reason) =>
    expect(readTerraformJson(source, tools.syntax)).toMatchObject({ ok: false, reason }),
  );
});
