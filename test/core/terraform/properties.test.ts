import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../src/core/terraform/configuration/evaluate.ts";
import type { Scope } from "../../../src/core/terraform/configuration/scope.ts";
import { ofPlain } from "../../../src/core/terraform/configuration/values.ts";
import { added, change, text } from "../change/changes.ts";
import { changesIn, plainBlock } from "./evaluated.ts";

const nowhere: Scope = {
  budget: { steps: 100_000, depth: 0, isExceeded: false },
  bound: new Map(),
  resolve: () => null,
  attribute: () => null,
  file: () => null,
  changedBelow: () => "",
  evaluate,
  parseTemplate: () => ({ kind: "unknown", text: "" }),
};

const names = [
  "var.a",
  "var.none",
  "local.l",
  "local.cycle",
  "each.key",
  "aws_x.y",
  "aws_x.n[0].id",
  "module.m.o",
  "path.module",
];
const calls = [
  "merge",
  "concat",
  "toset",
  "try",
  "can",
  "length",
  "format",
  "jsonencode",
  "flatten",
  "lookup",
  "element",
  "cidrsubnet",
  "nosuch",
];
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("1", "-2.5", "true", "null", '"s"', '""', "[]", "{}", ...names),
    fc.array(tie("expression"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.tuple(tie("expression"), tie("expression")).map(([k, v]) => `{ a = ${v}, (${k}) = 1 }`),
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "/", "==", "&&", "<"), tie("expression"))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie("expression"), tie("expression"), tie("expression")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    fc
      .tuple(fc.constantFrom(...calls), fc.array(tie("expression"), { maxLength: 3 }))
      .map(([f, args]) => `${f}(${args.join(", ")})`),
    fc.tuple(tie("expression"), tie("expression")).map(([of, v]) => `[for k, x in ${of} : [x, ${v}] if k != 1]`),
    fc.tuple(tie("expression"), tie("expression")).map(([of, v]) => `{ for k, x in ${of} : k => ${v}... }`),
    tie("expression").map((of) => `"a\${${of}}b"`),
    fc
      .tuple(tie("expression"), fc.constantFrom("[0]", '["a"]', ".a", "[*].id", ".*.id"))
      .map(([of, step]) => `(${of})${step}`),
  ),
}));

const rest = `variable "a" { default = { a = [1, "x"] } }
locals {
  l     = [var.a, 2]
  cycle = [local.cycle]
}
resource "aws_x" "n" { count = 2 }
`;

describe("evaluation", () => {
  test("takes whatever can be read, and says the same of it twice", () => {
    fc.assert(
      fc.property(expression, expression, (value, meta) => {
        const source = `${rest}resource "a_b" "c" {\n  for_each = ${meta}\n  v = ${value}\n}\n`;
        const run = () => changesIn(change(added("main.tf", source)));
        const found = run();
        expect(found.some(({ after }) => after?.type === "aws_x")).toBe(true);
        expect(run()).toEqual(found);
      }),
      { numRuns: 300 },
    );
  });

  test("leaves what is written out as it is", () => {
    const json = fc.jsonValue({ maxDepth: 4 }).map(ofPlain);
    fc.assert(
      fc.property(json, (value) => {
        expect(evaluate(value, nowhere)).toBe(value);
      }),
    );
  });

  test("does not depend on which file a block stands in", () => {
    const blocks = [
      'variable "v" { default = 3 }\n',
      "locals {\n  a = var.v\n}\n",
      "locals {\n  b = local.a + 1\n}\n",
      'resource "a_b" "c" {\n  count = local.b\n  v = local.b\n}\n',
      'resource "a_b" "d" {\n  v = a_b.c[1].v\n}\n',
      'data "a_b" "d" {\n  v = a_b.d.v\n}\n',
    ];
    const seen = (files: Readonly<Record<string, string>>): unknown =>
      changesIn(change(...Object.entries(files).map(([path, source]) => added(path, source)))).map(({ after }) =>
        after === undefined ? null : [after.address, plainBlock(after.block)],
      );
    const expected = seen({ "main.tf": blocks.join("") });
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: blocks.length, maxLength: blocks.length }), (places) => {
        const files: Record<string, string> = {};
        for (const [index, block] of blocks.entries()) {
          const path = `f${places[index] ?? 0}.tf`;
          files[path] = block + (files[path] ?? "");
        }
        expect(seen(files)).toEqual(expected);
      }),
    );
  });

  test("a change backwards turns before and after around", () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        const block = (value: string): string => `${rest}resource "a_b" "c" {\n  v = ${value}\n}\n`;
        const [left, right] = [block(a), block(b)];
        const pairs = (before: string, after: string) =>
          changesIn(change(text("main.tf", before, after))).map((one) => [one.before?.block, one.after?.block]);
        expect(pairs(right, left)).toEqual(pairs(left, right).map(([before, after]) => [after, before]));
      }),
      { numRuns: 100 },
    );
  });
});
