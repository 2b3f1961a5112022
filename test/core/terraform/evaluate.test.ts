import { describe, expect, test } from "vitest";
import { valueOf } from "./evaluated.ts";

describe("operators and conditionals", () => {
  test.each<[string, unknown]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["-(2 - 5)", 3],
    ["7 % 4", 3],
    ['"4" + 1', 5],
    ["1 == 1 && !false", true],
    ['"a" != "b"', true],
    ["[1, { a = 2 }] == [1, { a = 2 }]", true],
    ["3 >= 4", false],
    ["true ? 1 : 2", 1],
    ['"x" == "y" ? 1 : 2', 2],
    ["false && var.nobody", false],
    ["var.nobody || true", true],
    ["var.nobody ? 5 : 5", 5],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test.each([
    ["var.nobody ? 5 : 6", "<var.nobody ? 5 : 6>"],
    ["var.nobody && true", "<var.nobody && true>"],
    ["1 / 0", "<a division by zero>"],
  ])("%s is not decided", (expression, text) => expect(valueOf(expression)).toBe(text));
});

describe("paths", () => {
  test.each<[string, unknown]>([
    ["{ a = [{ b = 1 }] }.a[0].b", 1],
    ['{ "a b" = 1 }["a b"]', 1],
    ["[{ b = 1 }, { b = 2 }][*].b", [1, 2]],
    ["[{ b = [1] }, { b = [2] }].*.b[0]", [1]],
    ["[{ b = [1] }, { b = [2] }][*].b[0]", [1, 2]],
    ["null[*]", []],
    ['"one"[*]', ["one"]],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test("what is not there is not decided", () => {
    expect(valueOf("{ a = 1 }.b")).toBe("<an attribute b that is not there>");
    expect(valueOf("[1][1]")).toBe("<an item that is not there>");
  });
});

describe("templates", () => {
  test.each<[string, unknown]>([
    ['"a${1 + 1}b"', "a2b"],
    ['"${[1, 2]}"', [1, 2]],
    ['"%{ if true }yes%{ else }no%{ endif }!"', "yes!"],
    ['"%{ for i, x in ["a", "b"] }${i}${x},%{ endfor }"', "0a,1b,"],
    ['"a ${~ "b" ~} c"', "abc"],
    ["<<EOT\n  one ${1}\nEOT", "  one 1\n"],
    ["<<-EOT\n    one ${1}\n      two\n    EOT", "one 1\n  two\n"],
    ["<<-EOT\n    %{ for x in [1, 2] ~}\n    - ${x}\n    %{ endfor ~}\n    end\n    EOT", "- 1\n- 2\nend\n"],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test("what is not decided in one is named, and the rest of it is kept", () => {
    expect(valueOf('"a-${1}-${aws_x.y.id}"')).toBe('<"a-${1}-${aws_x.y.id}">');
  });
  test("a text that comes from elsewhere is named by a digest, not shown", () => {
    const secret = (value: string): unknown =>
      valueOf('"${var.s}-${aws_x.y.id}"', `variable "s" {\n  default = "${value}"\n}\n`);
    expect(secret("hunter2")).toMatch(/^<"\$\{var\.s#[0-9a-f]{12}\}-\$\{aws_x\.y\.id\}">$/u);
    expect(secret("hunter2")).not.toBe(secret("hunter3"));
  });
});

describe("for", () => {
  test.each<[string, unknown]>([
    ["[for x in [1, 2, 3] : x * 2 if x != 2]", [2, 6]],
    ['[for k, v in { b = 2, a = 1 } : "${k}${v}"]', ["a1", "b2"]],
    ['{ for i, x in ["a"] : x => i }', { a: 0 }],
    ['{ for x in [{ k = 1, v = "a" }, { k = 1, v = "b" }] : x.k => x.v... }', { 1: ["a", "b"] }],
    ["[for x in [1, aws_x.y.id] : x]", [1, "<aws_x.y.id>"]],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test("over what is not decided names what it takes from elsewhere", () => {
    expect(valueOf("[for s in aws_subnet.x : s.id if s.az != var.z]")).toBe(
      "<[for s in aws_subnet.x : s.id if s.az != var.z]>",
    );
  });
});

describe("functions", () => {
  test.each<[string, unknown]>([
    ["merge({ a = 1, b = 2 }, { b = 3 }, null)", { a: 1, b: 3 }],
    ["merge([{ a = 1 }, { b = 2 }]...)", { a: 1, b: 2 }],
    ["concat([1], [aws_x.y.id])", [1, "<aws_x.y.id>"]],
    ['format("%s-%03d-%q-%%", "a", 7, "b")', 'a-007-"b"-%'],
    ['formatlist("%s.%s", ["a", "b"], "c")', ["a.c", "b.c"]],
    ['join(",", ["a", 1])', "a,1"],
    ['split(",", "a,b")', ["a", "b"]],
    ['toset(["b", "a", "b"])', ["a", "b"]],
    ["flatten([[1, [2]], 3, []])", [1, 2, 3]],
    ["distinct([1, 2, 1])", [1, 2]],
    ['compact(["a", "", null])', ["a"]],
    ["keys({ b = 1, a = 2 })", ["a", "b"]],
    ["values({ b = 1, a = 2 })", [2, 1]],
    ['lookup({ a = 1 }, "b", 2)', 2],
    ["element([1, 2, 3], 4)", 2],
    ['length("äb")', 2],
    ["contains([1, aws_x.y.id], 1)", true],
    ['coalesce("", null, "a")', "a"],
    ["coalescelist([], [1])", [1]],
    ["try({}.a, [][0], 3)", 3],
    ["can({}.a)", false],
    ["can(1)", true],
    ['title("hello world")', "Hello World"],
    ['trim("xxaxx", "x")', "a"],
    ['trimprefix("aab", "a")', "ab"],
    ['replace("a.b.c", ".", "-")', "a-b-c"],
    ['replace("a1b22", "/[0-9]+/", "-")', "a-b-"],
    ['regex("[a-z]+", "12ab3c")', "ab"],
    ['regex("([0-9]+)-(x)?", "a12-")', ["12", null]],
    ['regex("(?P<y>[0-9]+)-(?P<m>[0-9]+)", "2026-11")', { y: "2026", m: "11" }],
    ['regexall("[a-z]", "1a2b")', ["a", "b"]],
    ['length(regexall("z", "1a2b"))', 0],
    ['can(regex("^prod", "prod-eu"))', true],
    ['can(regex("^prod", "stage"))', false],
    ['sha256("a")', "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"],
    ["2.5e-1", 0.25],
    ['substr("hello", -3, 2)', "ll"],
    ["range(3)", [0, 1, 2]],
    ["range(5, 1, -2)", [5, 3]],
    [
      'setproduct(["a"], [1, 2])',
      [
        ["a", 1],
        ["a", 2],
      ],
    ],
    ['setsubtract(["a", "b"], ["a"])', ["b"]],
    ['zipmap(["a"], [1])', { a: 1 }],
    ['cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"],
    ['cidrsubnet("fd00::/48", 16, 1)', "fd00:0:0:1::/64"],
    ['cidrhost("10.0.0.0/24", -1)', "10.0.0.255"],
    ['cidrnetmask("10.0.0.0/12")', "255.240.0.0"],
    ['cidrsubnets("10.0.0.0/16", 4, 8)', ["10.0.0.0/20", "10.0.16.0/24"]],
    ["max(1, 3, 2)", 3],
    ["sum([1, 2])", 3],
    ["ceil(1.2)", 2],
    ['sort(["b", "a"])', ["a", "b"]],
    ["reverse([1, 2])", [2, 1]],
    ["chunklist([1, 2, 3], 2)", [[1, 2], [3]]],
    ["slice([1, 2, 3], 1, 3)", [2, 3]],
    ['index(["a", "b"], "b")', 1],
    ["one([])", null],
    ["alltrue([true, var.x])", "<alltrue([true, var.x])>"],
    ["alltrue([false, var.x])", false],
    ["anytrue([])", false],
    ['startswith("abc", "ab")', true],
    ['strcontains("abc", "bc")', true],
    ['indent(2, "a\\nb")', "a\n  b"],
    ['chomp("a\\n")', "a"],
    ['jsonencode({ b = [1, null], a = "<" })', '{"a":"\\u003c","b":[1,null]}'],
    ['jsondecode("{\\"a\\":[1]}")', { a: [1] }],
    ['yamldecode("a: [1]")', { a: [1] }],
    ['base64encode("héllo")', "aMOpbGxv"],
    ['base64decode("aGVsbG8=")', "hello"],
    ['tonumber("5")', 5],
    ["tostring(true)", "true"],
    ["sensitive(1)", 1],
    ['parseint("ff", 16)', 255],
  ])("%s", (expression, value) => expect(valueOf(expression)).toEqual(value));

  test.each([
    ['regex("b*", "ab")', '<regex("b*", "ab")>'],
    ['regex("a", aws_x.y.id)', '<regex("a", aws_x.y.id)>'],
    ['regex("a", "b")', "<a pattern that matches nothing>"],
    ['regex("(", "b")', "<what is no regular expression>"],
    ["uuid()", "<uuid()>"],
    ["timestamp()", "<timestamp()>"],
    ["merge({ a = 1 }, aws_x.y.tags)", "<merge({a = 1}, aws_x.y.tags)>"],
    ["try(aws_x.y.id, 1)", "<try(aws_x.y.id, 1)>"],
    ["try({}.a, aws_x.y.id, 1)", "<try(an attribute a that is not there, aws_x.y.id, 1)>"],
    ['replace("a", "/(a)/", "$1b")', '<replace("a", "/(a)/", "$1b")>'],
  ])("%s is not decided", (expression, text) => expect(valueOf(expression)).toBe(text));
});

describe("hostile input ends undecided", () => {
  test("values that double with every local", () => {
    const locals = Array.from({ length: 40 }, (_, i) => `  l${i + 1} = [local.l${i}, local.l${i}]`).join("\n");
    const value = JSON.stringify(valueOf("local.l40", `locals {\n  l0 = ["x"]\n${locals}\n}\n`));
    expect(value).toContain("<a value of too many parts #");
    expect(value.length).toBeLessThan(10_000_000);
  });
  test("what is too large to be decided is told from what is as large", () => {
    const nested = (first: string): unknown =>
      valueOf(
        "local.l40",
        `locals {\n  l0 = "${first}"\n${Array.from({ length: 40 }, (_, i) => `  l${i + 1} = [local.l${i}, local.l${i}]`).join("\n")}\n}\n`,
      );
    expect(nested("x")).toEqual(nested("x"));
    expect(nested("x")).not.toEqual(nested("y"));
    const long = (last: string): unknown =>
      valueOf(`join("", ["${"a".repeat(200_000)}", "${"a".repeat(100_000)}${last}"])`);
    expect(long("x")).not.toEqual(long("y"));
  });
  test("loops in loops", () => {
    const loop = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]";
    expect(valueOf(loop)).toMatch(/^</u);
  });
  test("a chain of locals that never ends, and one that is long", () => {
    expect(valueOf("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n")).toMatch(/^<local\.[ab]>$/u);
    const chain = Array.from({ length: 5_000 }, (_, i) => `  l${i + 1} = local.l${i}`).join("\n");
    expect(valueOf("local.l5000", `locals {\n  l0 = 1\n${chain}\n}\n`)).toMatch(/^</u);
  });
});
