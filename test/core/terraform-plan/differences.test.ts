import { describe, expect, test } from "vitest";
import { lowered, removals } from "../../../src/core/terraform-plan/losses.ts";
import type { AttributeChange, PlannedValue } from "../../../src/core/terraform-plan/plan.ts";
import { changed } from "./plans.ts";

const none: PlannedValue = { kind: "none" };
const literal = (value: string | number | boolean): PlannedValue => ({ kind: "literal", value });

function told(rows: readonly AttributeChange[]): readonly string[] {
  return rows.map(({ path, before, after }) => `${path.join(".")}: ${brief(before)} -> ${brief(after)}`);
}

function brief(value: PlannedValue): string {
  switch (value.kind) {
    case "literal":
      return String(value.value);
    case "list":
      return `[${value.items.map(brief).join(", ")}]`;
    case "object":
      return `{${value.entries.map((entry) => `${entry.key}=${brief(entry.value)}`).join(", ")}}`;
    case "none":
    case "digest":
    case "unknown":
    case "sensitive":
      return `(${value.kind})`;
  }
}

const of = (before: unknown, after: unknown, unknown: unknown = {}) =>
  told(changed({ before, after, after_unknown: unknown }).attributes);

test("what is equal is not told", () => {
  expect(of({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toEqual([]);
});

test("absent and null are the same", () => {
  expect(of({ a: null, b: [{ c: 1, d: null }] }, { b: [{ c: 1 }] })).toEqual([]);
});

test("a difference is told at the innermost name", () => {
  expect(of({ a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 1, d: 3 } } })).toEqual(["a.b.d: 2 -> 3"]);
});

test("a deletion tells all that was there, a creation all that is set", () => {
  expect(told(changed({ actions: ["delete"], before: { a: 1, b: null }, after: null }).attributes)).toEqual([
    "a: 1 -> (none)",
  ]);
  expect(
    told(changed({ actions: ["create"], before: null, after: { a: 1 }, after_unknown: { id: true } }).attributes),
  ).toEqual(["a: (none) -> 1", "id: (none) -> (unknown)"]);
});

test("what will be known later is a difference", () => {
  expect(of({ arn: "x", n: 1 }, { n: 1 }, { arn: true })).toEqual(["arn: x -> (unknown)"]);
  expect(of({ rule: [{ a: 1, b: 2 }] }, { rule: [{ a: 1 }] }, { rule: [{ b: true }] })).toEqual([
    "rule.0.b: 2 -> (unknown)",
  ]);
});

test("an element of which a part will be known later equals none", () => {
  expect(of({ rule: [{ a: 1 }] }, { rule: [{ a: 1 }] }, { rule: [{ b: true }] })).toEqual([
    "rule.0.b: (none) -> (unknown)",
  ]);
});

describe("elements of lists and sets", () => {
  test("one that vanishes is told alone, wherever it stood", () => {
    expect(of({ cidrs: ["10.0.0.0/8", "a", "b"] }, { cidrs: ["a", "b"] })).toEqual(["cidrs.0: 10.0.0.0/8 -> (none)"]);
    expect(of({ rule: [{ port: 22 }, { port: 80 }] }, { rule: [{ port: 80 }] })).toEqual([
      "rule.0: {port=22} -> (none)",
    ]);
  });

  test("one that changes is told by what changes in it", () => {
    const before = {
      rule: [
        { port: 22, from: "a" },
        { port: 80, from: "a" },
      ],
    };
    expect(
      of(before, {
        rule: [
          { port: 80, from: "b" },
          { port: 22, from: "a" },
        ],
      }),
    ).toEqual(["rule.0.from: a -> b"]);
  });

  test("two of a kind are two", () => {
    expect(of({ a: ["x", "x"] }, { a: ["x"] })).toEqual(["a.1: x -> (none)"]);
  });

  test("another order is told as one difference", () => {
    expect(of({ a: ["x", "y"] }, { a: ["y", "x"] })).toEqual(["a: [x, y] -> [y, x]"]);
  });

  test("deep in lists of lists they are compared by position", () => {
    const nested = (value: unknown): unknown => Array.from({ length: 9 }).reduce((inner: unknown) => [inner], value);
    expect(of({ a: nested(["x", "y"]) }, { a: nested(["y"]) })).toEqual([
      `a${".0".repeat(9)}.0: x -> y`,
      `a${".0".repeat(9)}.1: y -> (none)`,
    ]);
  });
});

describe("documents in texts", () => {
  const policy = (action: unknown) => JSON.stringify({ Statement: [{ Effect: "Allow", Action: action }] });

  test("are gone into", () => {
    expect(of({ policy: policy(["s3:Get", "s3:Put"]) }, { policy: policy(["s3:Get"]) })).toEqual([
      "policy.Statement.0.Action.1: s3:Put -> (none)",
    ]);
  });

  test("that are only spelled otherwise are told by the digests of their texts", () => {
    expect(of({ policy: '{"a":1}' }, { policy: '{ "a": 1 }' })).toEqual(["policy: (digest) -> (digest)"]);
  });

  test("that come or go are told as what they say", () => {
    expect(of({ policy: '{"a":[1]}' }, {})).toEqual(["policy: {a=[1]} -> (none)"]);
  });

  test("that only look like documents are texts", () => {
    expect(of({ a: "{x" }, { a: "{y" })).toEqual(["a: {x -> {y"]);
  });
});

test("an attribute for which the resource is replaced is marked, with all that is in it", () => {
  const { attributes } = changed({
    actions: ["delete", "create"],
    before: { az: "a", tags: { x: "1", y: "1" }, n: 1 },
    after: { az: "b", tags: { x: "2", y: "2" }, n: 2 },
    replace_paths: [["az"], ["tags", "x"]],
  });
  expect(attributes.filter(({ forcesReplacement }) => forcesReplacement).map(({ path }) => path)).toEqual([
    ["az"],
    ["tags", "x"],
  ]);
});

test("numbers that a double takes for one another differ", () => {
  const json = (digits: string) => `{"a":${digits}}`;
  expect(of({ policy: json("12345678901234567890") }, { policy: json("12345678901234567891") })).toEqual([
    "policy.a: 12345678901234567890 -> 12345678901234567891",
  ]);
  expect(of({ policy: json("1e999") }, { policy: json("2e999") })).toEqual(["policy.a: 1e999 -> 2e999"]);
});

test("a long text is known by its digest, and a large collection too", () => {
  const [text, list] = changed({
    before: { a: "x".repeat(401), b: Array.from({ length: 300 }, (_, index) => index) },
    after: { a: "y".repeat(401), b: null },
  }).attributes;
  expect(text?.before).toMatchObject({ kind: "digest", length: 401 });
  expect(text?.before).not.toEqual(text?.after);
  expect(list?.before).toMatchObject({ kind: "digest" });
  expect(list?.after).toEqual(none);
});

test("differences beyond 500 are counted", () => {
  const after = Object.fromEntries(Array.from({ length: 510 }, (_, index) => [`a${index}`, index]));
  const { attributes, unlisted } = changed({ after });
  expect({ listed: attributes.length, unlisted }).toEqual({ listed: 500, unlisted: 10 });
});

describe("what an update takes away", () => {
  const of = (before: unknown, after: unknown, unknown: unknown = {}) =>
    told(removals(changed({ before, after, after_unknown: unknown })));

  test("is elements, keys and attributes", () => {
    expect(of({ a: ["x", "y"], m: { k: "v", l: "w" }, s: "set" }, { a: ["y"], m: { l: "w" } })).toEqual([
      "a.0: x -> (none)",
      "m.k: v -> (none)",
      "s: set -> (none)",
    ]);
  });

  test("is a text that becomes empty", () => {
    expect(of({ kms_key_id: "key", n: 1 }, { kms_key_id: "", n: 1 })).toEqual(["kms_key_id: key -> "]);
  });

  test("is not what was empty, nor what will be known later", () => {
    expect(of({ a: [], b: "", c: "x" }, {}, { c: true })).toEqual([]);
  });

  test("is nothing of its own in a deletion, and something in a replacement", () => {
    const sides = { before: { backup: 7 }, after: null };
    expect(removals(changed({ actions: ["delete"], ...sides }))).toEqual([]);
    expect(told(removals(changed({ actions: ["create", "delete"], before: { backup: 7 }, after: {} })))).toEqual([
      "backup: 7 -> (none)",
    ]);
  });
});

test("amounts that are lowered are found with their units", () => {
  const change = changed({
    before: { retention: 7, size: "1Gi", up: 1, id: "a", count: "10", mixed: "10", off: true },
    after: { retention: 0, size: "512Mi", up: 2, id: "b", count: "9", mixed: "5m", off: false },
  });
  expect(told(lowered(change))).toEqual(["count: 10 -> 9", "retention: 7 -> 0", "size: 1Gi -> 512Mi"]);
});

test("a mark of another value is kept apart from a literal", () => {
  expect(changed({ before: { a: "(sensitive)" }, after: { a: 1 } }).attributes[0]).toMatchObject({
    before: literal("(sensitive)"),
    after: literal(1),
  });
});
