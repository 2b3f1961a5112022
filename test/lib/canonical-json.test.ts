import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/lib/canonical-json.ts";
import { sha256 } from "../../src/lib/digest.ts";

describe("canonical JSON", () => {
  it("is the same for the same content in another order", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: undefined, _: 5n })).toBe(
      '{"_":"5","b":[1,{"c":"x","d":null}]}',
    );
    expect(canonicalJson({ a: 1, b: 2 })).toBe(canonicalJson({ b: 2, a: 1 }));
  });

  it("keeps the order of a list, which says something", () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it("refuses what JSON would silently turn into something else", () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(/number/);
    expect(() => canonicalJson([() => 1])).toThrow(/function/);
    expect(() => canonicalJson(undefined)).toThrow(/undefined/);
  });

  it("is JSON that reads back as the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("the digest of a text", () => {
  it("is SHA-256 over its UTF-8 bytes", () => {
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256("ü")).toBe("607474ca475a9724d7360aba71a56d5df77e61350e3f724cfa1f46e857e2d85f");
  });
});
