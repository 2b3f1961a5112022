import fc from "fast-check";
import { expect, test } from "vitest";
import { isObject, parseJson } from "../../../src/core/terraform-plan/json.ts";

/** The same value with every number as its digits. */
function spelled(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(spelled);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spelled(inner)]))
    : value;
}

test("any JSON is parsed to what it says, up to numbers that stay digits", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.constantFrom(undefined, 2), (value, indent) => {
      expect(spelled(parseJson(JSON.stringify(value, null, indent))?.value)).toEqual(spelled(value));
    }),
    { numRuns: 500 },
  );
});

test("what is no JSON is none, whatever its numbers", () => {
  for (const text of [
    "[12345678901234567890x]",
    "[0123]",
    "[1e]",
    "[--1]",
    "[1.]",
    '{"a" 1}',
    '["a',
    "[1",
    "]",
    "[1]]",
  ]) {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  }
});

test.each([
  ["1", 1],
  ["-0.5", -0.5],
  ["123456789012345", 123_456_789_012_345],
  ["1e3", 1000],
  ["1234567890123456", "1234567890123456"],
  ["0.1234567890123456", "0.1234567890123456"],
  ["1e400", "1e400"],
  ["1e-400", "1e-400"],
])("the number %s is %j", (text, value) => {
  expect(parseJson(`[${text}]`)?.value).toEqual([value]);
});
