import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import type { ResourceChange } from "../../../src/core/terraform/model.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { added, between, change, context, removed, text, version } from "../change/changes.ts";
import { changesIn, made, plainBlock, tools } from "./evaluated.ts";

/** `before -> after`, with what explains it. */
function told(found: readonly ResourceChange[]): readonly string[] {
  return found.map(({ root, variables, before, after, pairedBy, explainedBy }) =>
    [
      [root, variables].filter((part) => part !== null && part !== "").join(" "),
      `${before?.address ?? "nothing"} -> ${after?.address ?? "nothing"}`,
      pairedBy === "moved" ? "(moved)" : "",
      ...explainedBy.map(({ path, side, line }) => `${path}:${side === "base" ? "-" : ""}${line}`),
    ]
      .filter((part) => part !== "")
      .join(" "),
  );
}

const value = (found: ResourceChange | undefined, side: "before" | "after"): unknown => {
  const resource = found?.[side];
  return resource === undefined ? undefined : plainBlock(resource.block)["v"];
};

describe("values of a configuration", () => {
  test("variables have their defaults, converted to their types", () => {
    const found = made({
      "main.tf": `variable "n" {
  type    = number
  default = "3"
}
variable "o" {
  type = object({ a = optional(string, "x"), b = optional(number), c = bool })
  default = { c = "true", d = 1 }
}
variable "s" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "none" {}
resource "a_b" "c" {
  n    = var.n
  o    = var.o
  s    = var.s
  none = var.none
}
`,
    });
    expect(found["a_b.c"]).toEqual({ n: 3, o: { a: "x", b: null, c: true }, s: ["a", "b"], none: "<var.none>" });
  });

  test("files of values are read in Terraform's order, and each by hand makes a configuration of its own", () => {
    const found = made({
      "app/main.tf":
        'variable "v" {}\nvariable "w" { default = 0 }\nresource "a_b" "c" {\n  v = var.v\n  w = var.w\n}\n',
      "app/terraform.tfvars": 'v = "plain"\n',
      "app/a.auto.tfvars": 'v = "a"\nw = 1\n',
      "app/b.auto.tfvars.json": '{ "v": "b" }',
      "app/env/prod.tfvars": 'v = "prod"\n',
      "app/stage.tfvars": "w = 2\n",
    });
    expect(found).toEqual({
      "app a_b.c": { v: "b", w: 1 },
      "app app/env/prod.tfvars a_b.c": { v: "prod", w: 1 },
      "app app/stage.tfvars a_b.c": { v: "b", w: 2 },
    });
  });

  test("locals, and those that need each other", () => {
    const locals = "locals {\n  a = local.b + 1\n  b = 2\n  x = [local.y]\n  y = local.x\n}\n";
    const found = made({ "main.tf": `${locals}resource "a_b" "c" {\n  a = local.a\n  x = local.x\n}\n` });
    expect(found["a_b.c"]).toEqual({ a: 3, x: ["<local.x>"] });
  });

  test("attributes of resources where the configuration says them, else their absolute address", () => {
    const found = made({
      "main.tf":
        'module "m" {\n  source = "./m"\n}\nresource "a_b" "out" {\n  v = [module.m.name, module.m.id, module.m.none]\n}\n',
      "m/main.tf":
        'resource "a_b" "x" {\n  name = "n"\n}\noutput "name" {\n  value = a_b.x.name\n}\noutput "id" {\n  value = a_b.x.id\n}\n',
    });
    expect(found["a_b.out"]).toEqual({ v: ["n", "<module.m.a_b.x.id>", "<module.m.none>"] });
  });

  test("count and for_each make instances, and names lead to them", () => {
    const found = made({
      "main.tf": `resource "a_b" "n" {
  count = 2
  v     = "n\${count.index}"
}
resource "a_b" "e" {
  for_each = { x = 1, y = 2 }
  v        = "\${each.key}\${each.value}"
}
resource "a_b" "all" {
  v = [a_b.n[*].v, a_b.n[1].v, a_b.e["x"].v, { for k, e in a_b.e : k => e.v }, values(a_b.e)[*].id]
}
resource "a_b" "open" {
  count = length(data.a_z.here.names)
  v     = count.index
}
`,
    });
    expect(Object.keys(found).toSorted()).toEqual([
      "a_b.all",
      'a_b.e["x"]',
      'a_b.e["y"]',
      "a_b.n[0]",
      "a_b.n[1]",
      "a_b.open[*]",
    ]);
    expect(found["a_b.all"]).toEqual({
      v: [["n0", "n1"], "n1", "x1", { x: "x1", y: "y2" }, ['<a_b.e["x"].id>', '<a_b.e["y"].id>']],
    });
    expect(found["a_b.open[*]"]).toMatchObject({ v: "<count.index>" });
  });

  test("what stands for instances that nobody can tell differs with what they are made of", () => {
    const each = (size: number): unknown =>
      made({
        "main.tf": `resource "a_b" "c" {\n  for_each = merge({ a = { size = ${size} } }, aws_x.y.more)\n  v        = each.value.size\n}\n`,
      })["a_b.c[*]"]?.["v"];
    expect(each(1)).toMatch(/^<each\.value#[0-9a-f]{12}\.size>$/u);
    expect(each(1)).not.toEqual(each(2));
  });

  test("modules are evaluated with what each call gives them", () => {
    const found = made({
      "live/main.tf":
        'module "m" {\n  for_each = toset(["a", "b"])\n  source   = "../m"\n  name     = "x-${each.key}"\n}\n',
      "m/main.tf": 'variable "name" {}\nmodule "deep" {\n  source = "./deep"\n  name   = upper(var.name)\n}\n',
      "m/deep/main.tf": 'variable "name" {}\nresource "a_b" "c" {\n  v = var.name\n  p = path.module\n}\n',
    });
    expect(found).toEqual({
      'live module.m["a"].module.deep.a_b.c': { v: "X-A", p: "../m/deep" },
      'live module.m["b"].module.deep.a_b.c': { v: "X-B", p: "../m/deep" },
    });
  });

  test("a module that calls itself ends, and one that nobody calls is judged by itself", () => {
    expect(made({ "m/main.tf": 'module "m" {\n  source = "../m"\n}\nresource "a_b" "c" {}\n' })).toEqual({});
    expect(made({ "m/main.tf": 'resource "a_b" "c" {}\n' })).toEqual({ "m a_b.c": {} });
  });

  test("dynamic blocks stand for the blocks that they make, or stay", () => {
    const found = made({
      "main.tf": `resource "a_b" "c" {
  dynamic "rule" {
    for_each = [80, 443]
    iterator = port
    content {
      from = port.value
      at   = port.key
    }
  }
  dynamic "other" {
    for_each = aws_x.y.list
    content {
      from = other.value
    }
  }
}
`,
    });
    expect(found["a_b.c"]).toEqual({
      rule: [
        { from: 80, at: 0 },
        { from: 443, at: 1 },
      ],
      dynamic: [{ for_each: "<aws_x.y.list>", content: [{ from: "<other.value>" }] }],
    });
  });

  test("override files change what they name, in their order", () => {
    const found = made({
      "z.tf":
        'resource "a_b" "c" {\n  a = 1\n  b = 1\n  n {\n    x = 1\n  }\n  n {\n    x = 2\n  }\n}\nlocals {\n  l = 1\n}\n',
      "a_override.tf": 'resource "a_b" "c" {\n  b = 2\n  n {\n    x = 3\n  }\n}\nlocals {\n  l = 2\n}\n',
      "override.tf": 'resource "a_b" "c" {\n  a = local.l\n}\n',
    });
    expect(found["a_b.c"]).toEqual({ a: 2, b: 2, n: [{ x: 3 }] });
  });

  test("the JSON syntax is evaluated alike", () => {
    const found = made({
      "main.tf.json":
        '{ "locals": { "l": ["a"] }, "resource": { "a_b": { "c": { "v": "${local.l}", "w": "x-${local.l[0]}\\n", "y": "$${z}" } } } }',
    });
    expect(found["a_b.c"]).toEqual({ v: ["a"], w: "x-a\n", y: "${z}" });
  });

  test("blocks of Terraform's own are blocks in the JSON syntax as well", () => {
    const resource = {
      lifecycle: { prevent_destroy: true, ignore_changes: ["tags"] },
      provisioner: [{ "local-exec": { command: "echo ${local.l[0]}" } }],
      dynamic: { rule: { for_each: "${local.l}", content: { from: "${rule.value}" } } },
    };
    const found = changesIn(
      change(added("main.tf.json", JSON.stringify({ locals: { l: ["a", "b"] }, resource: { a_b: { c: resource } } }))),
    );
    expect(found[0]?.after === undefined ? null : plainBlock(found[0].after.block)).toEqual({
      lifecycle: [{ prevent_destroy: true, ignore_changes: ["tags"] }],
      provisioner: [{ command: "echo a" }],
      rule: [{ from: "a" }, { from: "b" }],
    });
    expect(found[0]?.after?.block.body.blocks.map(({ labels }) => labels)).toEqual([[], ["local-exec"], [], []]);
  });

  test("a backend in the JSON syntax makes a root of a module that is called", () => {
    const found = made({
      "live/main.tf": 'module "m" {\n  source = "../m"\n}\n',
      "m/main.tf.json": '{ "terraform": { "backend": { "s3": {} } }, "resource": { "a_b": { "c": {} } } }',
    });
    expect(Object.keys(found)).toEqual(["live module.m.a_b.c", "m a_b.c"]);
  });

  test("a file of the change is read, and a template of it rendered", () => {
    const found = made({
      "app/main.tf":
        'resource "a_b" "c" {\n  v = file("${path.module}/a.txt")\n  w = templatefile("b.tpl", { x = [1, 2] })\n  y = file("none")\n}\n',
      "app/a.txt": "text",
      "app/b.tpl": "%{ for i in x ~}\n- ${i}\n%{ endfor ~}\n${y}\n",
    });
    expect(found["app a_b.c"]).toMatchObject({ v: "text", y: '<file("none")>' });
    expect(found["app a_b.c"]?.["w"]).toBe('<"- ${1}\\n- ${2}\\n${y}\\n">');
  });

  test("a .tofu file takes the place of its .tf for OpenTofu, and both are judged", () => {
    const found = changesIn(
      change(
        added("main.tf", 'resource "a_b" "c" {\n  v = 1\n}\n'),
        added("main.tofu", 'resource "a_b" "c" {\n  v = 2\n}\n'),
      ),
    );
    expect(found.map((one) => value(one, "after"))).toEqual([1, 2]);
  });
});

describe("what becomes of an address", () => {
  const two = (before: string, after: string, ...more: Parameters<typeof change>) =>
    told(changesIn(change(text("main.tf", before, after), ...more)));

  test("an unchanged one is explained by nothing, a changed one by its block", () => {
    const kept = 'resource "a_b" "kept" {}\n';
    expect(two(`${kept}resource "a_b" "c" {\n  v = 1\n}\n`, `${kept}resource "a_b" "c" {\n  v = 2\n}\n`)).toEqual([
      "a_b.c -> a_b.c main.tf:2",
      "a_b.kept -> a_b.kept",
    ]);
  });

  test("moves of resources, in chains, with their instances", () => {
    const move = (from: string, to: string): string => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;
    expect(
      two(
        'resource "a_b" "a" {\n  count = 2\n}\nresource "a_b" "x" {}\n',
        `resource "a_b" "c" {\n  count = 2\n}\nresource "a_b" "x" {\n  for_each = { k = 1 }\n}\n${move("a_b.a", "a_b.b")}${move("a_b.b", "a_b.c")}${move("a_b.x", 'a_b.x["k"]')}`,
      ),
    ).toEqual([
      "a_b.a[0] -> a_b.c[0] (moved) main.tf:-1 main.tf:1",
      "a_b.a[1] -> a_b.c[1] (moved) main.tf:-1 main.tf:1",
      'a_b.x -> a_b.x["k"] (moved) main.tf:4',
    ]);
  });

  test("moves of modules, and without one what stood is gone", () => {
    const call = (name: string): string => `module "${name}" {\n  source = "./m"\n}\n`;
    const inside = context("m/main.tf", 'resource "a_b" "c" {}\n');
    expect(two(call("a"), `${call("b")}moved {\n  from = module.a\n  to   = module.b\n}\n`, inside)).toEqual([
      "module.a.a_b.c -> module.b.a_b.c (moved) main.tf:-1 main.tf:1",
    ]);
    expect(two(call("a"), call("b"), inside)).toEqual([
      "module.a.a_b.c -> nothing main.tf:-1",
      "nothing -> module.b.a_b.c main.tf:1",
    ]);
  });

  test("count that comes or goes moves the one instance, for_each moves nothing", () => {
    const block = (meta: string): string => `resource "a_b" "c" {\n  ${meta}\n}\n`;
    expect(two(block(""), block("count = 1"))).toEqual(["a_b.c -> a_b.c[0] (moved) main.tf:1"]);
    expect(two(block("count = 1"), block("for_each = { a = 1 }"))).toEqual([
      'nothing -> a_b.c["a"] main.tf:1',
      "a_b.c[0] -> nothing main.tf:1",
    ]);
  });

  test("instances that nobody can tell are held against those of the same instance of a module alone", () => {
    const main = `module "m" {\n  for_each = toset(["a", "b"])\n  source   = "./m"\n}\n`;
    const inner = (each: string): string => `variable "x" {}\nresource "a_b" "c" {\n  for_each = ${each}\n}\n`;
    const module = text("m/main.tf", inner("var.x"), inner('toset(["k"])'));
    const found = changesIn(change(context("main.tf", main), module));
    expect(found.map(({ before, after }) => [before?.address, after?.address])).toEqual([
      ['module.m["a"].a_b.c[*]', 'module.m["a"].a_b.c["k"]'],
      ['module.m["b"].a_b.c[*]', 'module.m["b"].a_b.c["k"]'],
    ]);
  });

  test("instances that nobody can tell are held against each on the other side", () => {
    const block = (meta: string): string => `resource "a_b" "c" {\n  ${meta}\n}\n`;
    expect(two(block('for_each = toset(["a", "b"])'), block("for_each = aws_x.y.set"))).toEqual([
      'a_b.c["a"] -> a_b.c[*] main.tf:1',
      'a_b.c["b"] -> a_b.c[*] main.tf:1',
    ]);
  });
});

describe("what explains a change", () => {
  const main = `variable "size" { default = 1 }
locals {
  twice = var.size * 2
}
provider "a" {
  region = "here"
}
module "m" {
  source = "./m"
  size   = local.twice
}
resource "c_d" "kept" {}
`;
  const inside =
    'variable "size" {}\nresource "a_b" "c" {\n  v = var.size\n}\nresource "e_f" "g" {\n  v = a_b.c.v\n}\n';

  test.each<[string, Parameters<typeof change>, readonly string[]]>([
    [
      "the default of a variable",
      [text("main.tf", main, main.replace("= 1", "= 2"))],
      ["a_b.c main.tf:1", "e_f.g main.tf:1"],
    ],
    ["a local", [text("main.tf", main, main.replace("* 2", "* 3"))], ["a_b.c main.tf:3", "e_f.g main.tf:3"]],
    [
      "an argument of a call",
      [text("main.tf", main, main.replace("local.twice", "5"))],
      ["a_b.c main.tf:10", "e_f.g main.tf:10"],
    ],
    [
      "a provider and what refers to its resources",
      [text("main.tf", main, main.replace("here", "there"))],
      ["a_b.c main.tf:5", "e_f.g main.tf:5"],
    ],
    [
      "a file of values",
      [context("main.tf", main), text("terraform.tfvars", null, "size = 3\n")],
      ["a_b.c terraform.tfvars:1", "e_f.g terraform.tfvars:1"],
    ],
  ])("%s", (_, files, expected) => {
    const found = told(changesIn(change(...files, context("m/main.tf", inside))));
    const explained = found
      .filter((line) => / \S+:-?\d/u.test(line))
      .map((line) => line.replace(/^.* -> (?:module\.m\.)?/u, "").replaceAll(/ \S+:-\d+/gu, ""));
    expect(explained).toEqual(expected);
    expect(found).toContain("c_d.kept -> c_d.kept");
  });

  test("a file that is read", () => {
    const block = 'resource "a_b" "c" {\n  v = file("a.txt")\n}\nresource "a_b" "d" {}\n';
    const set = change(context("main.tf", block), text("a.txt", "a", "b"));
    expect(told(changesIn(set))).toEqual(["a_b.c -> a_b.c a.txt:1", "a_b.d -> a_b.d"]);
    expect(changesIn(set).map((one) => [value(one, "before"), value(one, "after")])[0]).toEqual(["a", "b"]);
  });
});

describe("what is looked at", () => {
  test("roots that the change does not touch are left out", () => {
    const found = changesIn(
      change(context("a/main.tf", 'resource "a_b" "c" {}\n'), added("b/main.tf", 'resource "a_b" "d" {}\n')),
    );
    expect(told(found)).toEqual(["b nothing -> a_b.d b/main.tf:1"]);
  });

  test("a file of values that goes or cannot be read", () => {
    const main = context("main.tf", 'variable "v" { default = 1 }\nresource "a_b" "c" {\n  v = var.v\n}\n');
    const gone = changesIn(change(main, removed("terraform.tfvars", "v = 2\n")));
    expect(gone.map((one) => [value(one, "before"), value(one, "after")])).toEqual([[2, 1]]);
    expect(resources(change(main, text("terraform.tfvars", "v = 2\n", "v = {{\n")), tools).gaps).toMatchObject([
      { id: "unreadable:terraform.tfvars", level: "block" },
    ]);
  });

  test("what takes too many steps, is nested too deeply or makes too much is a Gap", () => {
    const gapsOf = (source: string) => resources(change(added("main.tf", source)), tools).gaps.map(({ id }) => id);
    const resource = 'resource "a_b" "c" {\n  v = local.v\n}\n';
    const chain = Array.from({ length: 400 }, (_, i) => `  l${i + 1} = local.l${i}`).join("\n");
    const many = Array.from({ length: 150 }, (_, i) => `resource "a_b" "c${i}" {\n  count = 150\n}\n`).join("");
    expect(
      gapsOf(
        `${resource}locals {\n  v = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]\n}\n`,
      ),
    ).toEqual(["too-large:terraform:"]);
    expect(gapsOf(`${resource}locals {\n  l0 = 1\n${chain}\n  v = local.l400\n}\n`)).toEqual(["too-large:terraform:"]);
    expect(gapsOf(many)).toEqual(["too-large:terraform:"]);
    expect(gapsOf(`${resource}locals {\n  v = 1\n}\n`)).toEqual([]);
  });

  test("a new file of values does not take from sight what holds without it", () => {
    const main = (size: number): string => `variable "v" { default = ${size} }\nresource "a_b" "c" {\n  v = var.v\n}\n`;
    const found = changesIn(change(text("main.tf", main(1), main(0)), added("dev.tfvars", "v = 1\n")));
    expect(found.map((one) => [one.variables, value(one, "before"), value(one, "after")])).toEqual([
      [null, 1, 0],
      ["dev.tfvars", 1, 1],
    ]);
  });
});

describe("modules behind a symlink of a folder", () => {
  const main = 'module "m" {\n  source = "./m"\n}\n';
  const module = (size: number) => `resource "a" "b" {\n  size = ${size}\n}\n`;
  const linked = (target: string) => version("120000", { kind: "symlink", target });
  const sizes = (...files: readonly ChangedFile[]) =>
    changesIn(change(context("x/main.tf", main), ...files))
      .filter(({ root }) => root === "x")
      .map(({ before, after }) =>
        [before, after].map((side) => side && [side.address, plainBlock(side.block)["size"]]),
      );

  test("a link that names another module makes what that one makes", () => {
    const moved = between("x/m", linked("../one"), linked("../two"));
    expect(sizes(moved, context("one/main.tf", module(1)), context("two/main.tf", module(2)))).toEqual([
      [
        ["module.m.a.b", 1],
        ["module.m.a.b", 2],
      ],
    ]);
  });

  test("a change of what it names is one of the root that calls it", () => {
    const link = { ...between("x/m", linked("../one"), linked("../one")), status: "unchanged" as const };
    expect(sizes(link, text("one/main.tf", module(1), module(3)))).toEqual([
      [
        ["module.m.a.b", 1],
        ["module.m.a.b", 3],
      ],
    ]);
  });

  test("a link in circles leads nowhere", () => {
    const link = between("x/m", linked("../x/m"), linked("m"));
    expect(sizes(link)).toEqual([]);
  });
});
