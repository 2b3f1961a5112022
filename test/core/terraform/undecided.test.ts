import { describe, expect, test } from "vitest";
import { resources } from "../../../src/core/terraform/resources.ts";
import { added, change, context, removed, text } from "../change/changes.ts";
import { changesIn, made, plainBlock, tools, valueOf } from "./evaluated.ts";

describe("what an undecided part decides is undecided", () => {
  test.each<[string, unknown]>([
    ["[for x in [1, 2] : x if x != aws_x.y.n]", "<[for x in [1, 2] : x if x != aws_x.y.n]>"],
    ["{ for x in [aws_x.y.id] : x => 1 }", "<{for x in [aws_x.y.id] : x => 1}>"],
    ["{ (aws_x.y.id) = 1, a = 2 }", "<{(aws_x.y.id) = 1, a = 2}>"],
    ["flatten([[1], aws_x.y.ids])", "<flatten([[1], aws_x.y.ids])>"],
    ["concat([1], aws_x.y.ids)", "<concat([1], aws_x.y.ids)>"],
    ['coalesce(aws_x.y.id, "a")', '<coalesce(aws_x.y.id, "a")>'],
    ["coalescelist(aws_x.y.ids, [1])", "<coalescelist(aws_x.y.ids, [1])>"],
    ['contains([aws_x.y.id], "a")', '<contains([aws_x.y.id], "a")>'],
    ["distinct([aws_x.y.a, aws_x.y.b])", "<distinct([aws_x.y.a, aws_x.y.b])>"],
    ["sort([aws_x.y.a])", "<sort([aws_x.y.a])>"],
    ['setsubtract(["a", aws_x.y.id], ["a"])', '<setsubtract(["a", aws_x.y.id], ["a"])>'],
    ["toset([aws_x.y.b, aws_x.y.a, aws_x.y.b])", ["<aws_x.y.b>", "<aws_x.y.a>", "<aws_x.y.b>"]],
    ["can(aws_x.y.id)", "<can(aws_x.y.id)>"],
    ['aws_x.y.id == "a"', '<aws_x.y.id == "a">'],
    ['[aws_x.y.id] == ["a"]', '<[aws_x.y.id] == ["a"]>'],
    ["false || aws_x.y.on", "<false || aws_x.y.on>"],
    ["aws_x.y.n + 1", "<aws_x.y.n + 1>"],
    ['"%{ if aws_x.y.on }a%{ else }b%{ endif }"', '<"${aws_x.y.on}">'],
    ['"a%{ for x in aws_x.y.l }${x}%{ endfor }"', '<"a${aws_x.y.l}">'],
    ["jsondecode(jsonencode({ a = aws_x.y.id, b = 1 })).b", 1],
    ["jsonencode({ __proto__ = 1 })", '{"__proto__":1}'],
    ["range(2000)", "<a range that is too long>"],
    ['tonumber("1e308") * 10', "<a number that is not finite>"],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test("texts that differ after a long beginning are told apart", () => {
    const long = (last: string): unknown => valueOf(`[for x in aws_x.y.l : "${"a".repeat(700)}${last}"]`);
    expect(long("x")).toMatch(/… #[0-9a-f]{12}>$/u);
    expect(long("x")).not.toBe(long("y"));
    const large = (last: string): unknown =>
      valueOf('"${local.a}${local.a}"', `locals {\n  a = "${"a".repeat(200_000)}${last}"\n}\n`);
    expect(large("x")).toMatch(/^<a text of 400002 characters #/u);
    expect(large("x")).not.toBe(large("y"));
  });

  test("attributes that the configuration leaves to the provider, and what only blocks of instances have", () => {
    const others = 'resource "a_b" "d" {\n  count = 1\n  v     = null\n  w     = aws_x.y.id\n}\n';
    expect(valueOf("[a_b.d[0].v, a_b.d[0].w, a_b.d[0].count]", others)).toEqual([
      "<a_b.d[0].v>",
      "<a_b.d[0].w>",
      "<a_b.d[0].count>",
    ]);
    const open = 'resource "a_b" "open" {\n  count = length(aws_x.y.l)\n  v     = 1\n}\n';
    expect(valueOf("[a_b.open[0].v, a_b.open[*].v]", open)).toEqual(["<a_b.open[0].v>", "<a_b.open[*].v>"]);
  });

  test("null for a variable is its default only where it cannot be null", () => {
    const module = (nullable: string): unknown =>
      made({
        "main.tf": 'module "m" {\n  source = "./m"\n  v      = null\n}\n',
        "m/main.tf": `variable "v" {\n  default = 1\n${nullable}}\nresource "a_b" "c" {\n  v = var.v\n}\n`,
      })["module.m.a_b.c"]?.["v"];
    expect([module(""), module("  nullable = false\n")]).toEqual([null, 1]);
  });

  test("a template sees what it is given, and nothing outside the repository is read", () => {
    const found = made({
      "main.tf":
        'locals {\n  y = 1\n}\nresource "a_b" "c" {\n  v = templatefile("a.tpl", { x = 1 })\n  w = file("/a.tpl")\n}\n',
      "a.tpl": "${x}${local.y}",
    });
    expect(found["a_b.c"]).toMatchObject({ v: '<"${1}${local.y}">', w: '<file("/a.tpl")>' });
  });
});

describe("files that cannot be read", () => {
  test("are told by their paths, wherever those are put together", () => {
    const found = made({
      "main.tf": 'module "m" {\n  source = "./m"\n}\n',
      "m/main.tf":
        'locals {\n  name = "api"\n}\nresource "a_b" "c" {\n  v = file("${path.module}/${local.name}.json")\n}\n',
    });
    expect(found["module.m.a_b.c"]).toEqual({ v: '<file("m/api.json")>' });
  });
});

describe("instances that nobody can tell, or that are too many", () => {
  test.each([
    ["count = aws_x.y.n"],
    ["count = 201"],
    ["for_each = aws_x.y.set"],
    ["for_each = toset([aws_x.y.id])"],
    ["for_each = toset([for i in range(201) : tostring(i)])"],
    ["count = length(a_b.c)"],
  ])("%s is one that stands for all", (meta) => {
    expect(Object.keys(made({ "main.tf": `resource "a_b" "c" {\n  ${meta}\n}\n` }))).toEqual(["a_b.c[*]"]);
  });

  test("a configuration makes so many, and what comes after them stands for all of its own", () => {
    const many = Array.from({ length: 150 }, (_, i) => `resource "a_b" "c${i}" {\n  count = 150\n}\n`).join("");
    const found = Object.keys(made({ "main.tf": many }));
    expect(found).toContain("a_b.c0[149]");
    expect(found).toContain("a_b.c149[*]");
  });

  test("those of one side are held against each on the other, in both directions", () => {
    const block = (meta: string): string => `resource "a_b" "c" {\n  ${meta}\n}\n`;
    const [open, two] = [block("for_each = aws_x.y.set"), block('for_each = toset(["a", "b"])')];
    const pairs = (before: string, after: string) =>
      changesIn(change(text("main.tf", before, after))).map((one) => [one.before?.address, one.after?.address]);
    expect(pairs(open, two)).toEqual([
      ["a_b.c[*]", 'a_b.c["a"]'],
      ["a_b.c[*]", 'a_b.c["b"]'],
    ]);
  });

  test("an address that stands twice is in sight twice", () => {
    const block = (size: number): string => `resource "a_b" "c" {\n  v = ${size}\n}\n`;
    const found = changesIn(change(added("main.tf", block(1) + block(2))));
    expect(found.map(({ after }) => after?.address)).toEqual(["a_b.c", "a_b.c"]);
  });
});

describe("modules that lead in circles", () => {
  test("a module that calls itself ends where it would begin again", () => {
    const found = made({
      "live/main.tf": 'module "m" {\n  source = "../m"\n}\n',
      "m/main.tf": 'module "m" {\n  source = "../m"\n}\nresource "a_b" "c" {}\n',
    });
    expect(Object.keys(found)).toEqual(["live module.m.a_b.c"]);
  });

  test("a call that is counted by its own output", () => {
    const found = made({
      "main.tf": 'module "m" {\n  source = "./m"\n  count  = module.m.n\n}\n',
      "m/main.tf": 'resource "a_b" "c" {}\noutput "n" {\n  value = 1\n}\n',
    });
    expect(Object.keys(found)).toEqual(["module.m[*].a_b.c"]);
  });
});

describe("which roots and files of values count", () => {
  const main = 'variable "v" {}\nresource "a_b" "c" {\n  v = var.v\n}\n';

  test("only files beside the root are read by themselves", () => {
    expect(made({ "app/main.tf": main, "app/env/terraform.tfvars": "v = 1\n" })).toEqual({
      "app app/env/terraform.tfvars a_b.c": { v: 1 },
    });
  });

  test("a file that lies beside no root is for those that have its variables", () => {
    const found = made({ "a/main.tf": main, "b/main.tf": 'resource "a_b" "c" {}\n', "vars/prod.tfvars": "v = 1\n" });
    expect(found).toEqual({ "a vars/prod.tfvars a_b.c": { v: 1 }, "b a_b.c": {} });
  });

  test("a root is looked at for the modules that it calls, and one that has a backend although it is called", () => {
    const found = changesIn(
      change(
        context("live/main.tf", 'module "m" {\n  source = "../m"\n}\n'),
        text("m/main.tf", 'resource "a_b" "c" {}\n', 'resource "a_b" "c" {\n  v = 1\n}\n'),
        context("m/backend.tf", 'terraform {\n  backend "s3" {}\n}\n'),
      ),
    );
    expect(found.map(({ root, after }) => [root, after?.address])).toEqual([
      ["live", "module.m.a_b.c"],
      ["m", "a_b.c"],
    ]);
  });
});

describe("what takes too many steps is a Gap", () => {
  const loop = (inner: string, times: readonly number[]): string =>
    times.reduceRight((body, length, at) => `[for x${at} in range(${length}) : ${body}]`, inner);
  const nested =
    "%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x%{ endfor }%{ endfor }%{ endfor }";
  const dynamic = (inner: string): string =>
    `dynamic "d" {\n  for_each = range(1000)\n  content {\n    ${inner}\n  }\n}\n`;
  const long = `"${"a".repeat(50_000)}"`;
  test.each<[string, string]>([
    ["loops", `v = ${loop("1", [1000, 1000, 1000])}`],
    ["calls with large arguments", `v = ${loop("length(local.many)", [300, 300])}`],
    ["templates in loops", `v = "${nested}"`],
    ["long texts in loops", `v = ${loop('length("x${local.long}")', [600, 20])}`],
    ["dynamic blocks in dynamic blocks", dynamic(dynamic(dynamic("x = 1")))],
    [
      "expressions",
      `v = ${loop("x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0 + x0", [300, 300])}`,
    ],
  ])("%s", (_, body) => {
    const source = `resource "a_b" "c" {\n${body}\n}\nlocals {\n  many = range(1000)\n  long = ${long}\n}\n`;
    expect(resources(change(added("main.tf", source)), tools).gaps.map(({ id }) => id)).toEqual([
      "too-large:terraform:",
    ]);
  });
});

describe("functions that read files which nobody reads here", () => {
  const main = (name: string) =>
    `resource "a" "b" {\n  for_each = fileset("\${path.module}/rules", "*.yaml")\n  c = each.value\n  d = "${name}"\n}\n`;
  const textsOf = (...files: readonly ReturnType<typeof added>[]) =>
    changesIn(change(text("x/main.tf", main("a"), main("b")), ...files)).map(({ before, after }) =>
      [before, after].map((side) => plainBlock(side?.block ?? emptyBlock)["c"]),
    );
  const emptyBlock = { type: "", labels: [], body: { attributes: [], blocks: [] }, line: 1, endLine: 1 };

  test("differ where a file below them comes, goes or changes", () => {
    for (const file of [
      added("x/rules/a.yaml", "a: 1\n"),
      removed("x/rules/a.yaml", "a: 1\n"),
      text("x/rules/deep/a.yaml", "a: 1\n", "a: 2\n"),
    ])
      for (const [was, is] of textsOf(file)) expect(is).not.toEqual(was);
  });

  test("are the same where nothing of it is changed", () => {
    const all = textsOf(text("x/rules-elsewhere/a.yaml", "a: 1\n", "a: 2\n"));
    expect(all.length).toBeGreaterThan(0);
    for (const [was, is] of all) expect(is).toEqual(was);
  });
});
