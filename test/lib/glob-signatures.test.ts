import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eitherCase, globSignatures } from "../../src/lib/glob-signatures.ts";
import { runs } from "../runs.ts";

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 4 });
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });

/** Every text of up to four letters; `c` stands in no pattern. */
const texts = ["", "a", "b", "c"].flatMap(longer).flatMap(longer).flatMap(longer);
function longer(text: string): readonly string[] {
  return [text, ...["a", "b", "c"].map((letter) => text + letter)];
}

/** What the manual says of `*` and `?`, letter by letter. */
function matches(glob: string, text: string): boolean {
  if (glob === "") return text === "";
  if (glob.startsWith("*")) return matches(glob.slice(1), text) || (text !== "" && matches(glob, text.slice(1)));
  return text !== "" && (glob[0] === "?" || glob[0] === text[0]) && matches(glob.slice(1), text.slice(1));
}

describe("the signatures of patterns", () => {
  test("hold every combination that some text matches, and each has a text that matches just that", () => {
    fc.assert(
      fc.property(patterns, (all) => {
        const found = globSignatures(all, 10_000) ?? [];
        for (const one of found) expect(all.map((glob) => matches(glob, one.example))).toEqual(one.matches);
        const known = new Set(found.map((one) => one.matches.join()));
        expect(known.size).toBe(found.length);
        const seen = new Set(texts.map((text) => all.map((glob) => matches(glob, text)).join()));
        expect([...seen].filter((signature) => !known.has(signature))).toEqual([]);
      }),
      runs(300),
    );
  });

  test("are unknown where there are too many of them", () => {
    expect(globSignatures(["*a*b", "*b*a"], 3)).toBeNull();
  });

  test("take letters in either case where that is asked for", () => {
    const found = globSignatures([eitherCase("a"), "A"], 100) ?? [];
    expect(found.map(({ matches: which, example }) => `${example}: ${which.join()}`).toSorted()).toEqual([
      ": false,false",
      "A: true,true",
      "a: true,false",
    ]);
  });
});
