import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { added, change, context, text } from "../change/changes.ts";
import { tools } from "./evaluated.ts";

const live = 'module "m" {\n  source = "../m"\n}\n';
const queue = (more = ""): string => `resource "aws_sqs_queue" "q" {\n  delay_seconds = 1\n${more}}\n`;
const flag = 'variable "flag" {\n  default = false\n}\n';
const other = (meta: string): string => `resource "aws_sqs_queue" "other" {\n  ${meta}\n}\n`;

/** Roots that stay as they are when a module changes that `live` calls. */
function unchanged(before: string, after: string, ...more: readonly ChangedFile[]): readonly string[] {
  const called = more.some(({ path }) => path === "live/main.tf") ? [] : [context("live/main.tf", live)];
  return resources(change(text("m/main.tf", before, after), ...called, ...more), tools).view.unchanged;
}

describe("a root stays as it is", () => {
  test.each<[string, string, string]>([
    ["when a module gets a resource that is switched off", queue(), queue() + flag + other("count = var.flag ? 1 : 0")],
    ["when a variable comes that nothing uses", queue(), queue() + flag],
    [
      "when a value is what it was, by another expression",
      queue(),
      queue().replace("1", "local.one") + "locals {\n  one = 1\n}\n",
    ],
    [
      "when a block is generated for nothing",
      queue("  x = aws_vpc.a.id\n"),
      `${queue(
        '  x = aws_vpc.a.id\n  dynamic "d" {\n    for_each = var.flag ? [1] : []\n    content {}\n  }\n',
      )}${flag}`,
    ],
    ["when nothing but words of it differ", queue(), `# words\n${queue()}`],
  ])("%s", (_, before, after) => {
    expect(unchanged(before, after)).toEqual(["live"]);
    expect(unchanged(after, before)).toEqual(["live"]);
  });

  test("whatever its own variables are given, where they do not come near", () => {
    const root = context("live/main.tf", `${flag}${live}resource "a_b" "c" {\n  v = var.flag\n}\n`);
    expect(unchanged(queue(), queue() + flag + other("count = var.flag ? 1 : 0"), root)).toEqual(["live"]);
  });
});

describe("a root does not stay as it is", () => {
  const off = queue() + flag + other("count = var.flag ? 1 : 0");
  test.each<[string, string, string, readonly ChangedFile[]]>([
    ["when a resource comes", queue(), queue() + other(""), []],
    ["when a value differs", queue(), queue("  fifo_queue = true\n"), []],
    ["when its own files differ", queue(), off, [text("live/main.tf", live, `# words\n${live}`)]],
    [
      "when its values differ",
      queue(),
      off,
      [context("live/main.tf", `${flag}${live}`), added("live/terraform.tfvars", "flag = true\n")],
    ],
    [
      "when a variable of it decides, whose default says no",
      queue(),
      off,
      [context("live/main.tf", `${flag}${live.replace("}", "  flag   = var.flag\n}")}`)],
    ],
    ["when what decides is not decided", queue(), queue() + other('count = terraform.workspace == "a" ? 1 : 0'), []],
    [
      "when an output that it passes on differs",
      queue() + 'output "o" {\n  value = 1\n}\n',
      queue() + 'output "o" {\n  value = 2\n}\n',
      [context("live/main.tf", `${live}output "o" {\n  value = module.m.o\n}\n`)],
    ],
    [
      "when an argument of a module elsewhere differs",
      'module "x" {\n  source = "acme/x/aws"\n  a      = 1\n}\n',
      'module "x" {\n  source = "acme/x/aws"\n  a      = 2\n}\n',
      [],
    ],
    [
      "when another version of a module elsewhere is called",
      'module "x" {\n  source  = "acme/x/aws"\n  version = "1"\n}\n',
      'module "x" {\n  source  = "acme/x/aws"\n  version = "2"\n}\n',
      [],
    ],
    [
      "when a provider is configured otherwise",
      `provider "aws" {\n  region = "a"\n}\n${queue()}`,
      `provider "aws" {\n  region = "b"\n}\n${queue()}`,
      [],
    ],
    [
      "when a value of a provider differs",
      `locals {\n  r = "a"\n}\nprovider "aws" {\n  region = local.r\n}\n${queue()}`,
      `locals {\n  r = "b"\n}\nprovider "aws" {\n  region = local.r\n}\n${queue()}`,
      [],
    ],
    [
      "when it needs another provider",
      queue(),
      `${queue()}${flag}resource "random_id" "r" {\n  count = var.flag ? 1 : 0\n}\n`,
      [],
    ],
    ["when versions that it requires differ", queue(), `terraform {\n  required_version = ">= 1"\n}\n${queue()}`, []],
    ["when something moves", queue(), `${queue()}moved {\n  from = aws_sqs_queue.a\n  to   = aws_sqs_queue.b\n}\n`, []],
    [
      "when something is imported",
      `${queue()}import {\n  to = aws_sqs_queue.q\n  id = local.i\n}\nlocals {\n  i = 1\n}\n`,
      `${queue()}import {\n  to = aws_sqs_queue.q\n  id = local.i\n}\nlocals {\n  i = 2\n}\n`,
      [],
    ],
    ["when a resource has another name", queue(), queue().replace('"q"', '"r"'), []],
    [
      "when a digest stands for what may differ",
      `${queue('  x = "${local.a}-${aws_vpc.a.id}"\n')}locals {\n  a = "x"\n  one = 1\n}\n`,
      `${queue('  x = "${local.a}-${aws_vpc.a.id}"\n').replace("= 1", "= local.one")}locals {\n  a = "x"\n  one = 1\n}\n`,
      [],
    ],
    ["when its lifecycle differs", queue(), queue("  lifecycle {\n    prevent_destroy = true\n  }\n"), []],
    [
      "when what it reads may differ",
      queue('  x = filemd5("a.txt")\n'),
      queue('  x = filemd5("a.txt")\n') + flag,
      [text("a.txt", "a", "b")],
    ],
    [
      "when digests stand for what differs",
      `${queue("  x = aws_vpc.a[local.a]\n")}locals {\n  a = "x"\n}\n`,
      `${queue("  x = aws_vpc.a[local.a]\n")}locals {\n  a = "y"\n}\n`,
      [],
    ],
    ["when a file of it cannot be read", queue(), off, [context("m/broken.tf", "resource {{\n")]],
    [
      "when a module that it calls is not there",
      queue(),
      off,
      [context("live/main.tf", `${live}module "n" {\n  source = "../n"\n}\n`)],
    ],
    [
      "when a call leads elsewhere now",
      'module "n" {\n  source = "../n"\n}\n',
      'module "n" {\n  source = "../o"\n}\n',
      [context("n/main.tf", queue()), context("o/main.tf", queue())],
    ],
  ])("%s", (_, before, after, more) => {
    expect(unchanged(before, after, ...more)).not.toContain("live");
    expect(unchanged(after, before, ...more)).not.toContain("live");
  });

  test("when the reader left an expression as it is", () => {
    const long = `local.a${" + 0".repeat(150)}`;
    const body = (a: number): string => `${queue(`  x = ${long}\n`)}locals {\n  a = ${a}\n}\n`;
    expect(unchanged(body(1), body(2))).toEqual([]);
  });

  test("when it takes more steps than are taken, or an address stands twice", () => {
    const loops = "  x = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]\n";
    expect(unchanged(queue(loops), queue(loops) + flag)).toEqual([]);
    expect(unchanged(queue() + queue(), queue() + queue() + flag)).toEqual([]);
  });

  test("when it is the same for Terraform and not for OpenTofu", () => {
    const tofu = text("m/main.tofu", queue(), queue("  fifo_queue = true\n"));
    expect(unchanged(queue(), queue() + flag, tofu)).toEqual([]);
  });

  test("when the values of a provider come from what uses it", () => {
    // A provider that is configured by a resource of its own kind: nodes that use each other.
    const body = (delay: number): string =>
      `provider "aws" {\n  alias = "x"\n  role  = aws_sqs_queue.q.delay_seconds\n}\n${queue().replace("1", String(delay))}resource "aws_sqs_queue" "r" {\n  provider = aws.x\n}\n`;
    expect(unchanged(body(1), body(2))).toEqual([]);
  });
});
