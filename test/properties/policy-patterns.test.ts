import fc from "fast-check";
import picomatch from "picomatch";
import { describe, expect, it } from "vitest";
import {
  fold,
  layoutMatcher,
  layoutMistake,
  loosening,
  patternMistake,
  tightening,
} from "../../src/core/policy/patterns.ts";
import { runs } from "../runs.ts";

const name = fc.stringMatching(/^[abAB.é-]{1,4}$/).filter((text) => text !== "." && text !== "..");
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/"));
const segment = fc.oneof(name, fc.constant("*"), fc.constant("**"), fc.stringMatching(/^[ab*?]{1,4}$/));
const pattern = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join("/"))
  .filter((text) => patternMistake(text) === null);
const settings = runs(1000);

describe("a pattern", () => {
  it("means what picomatch makes of it, but for a last `*`, which means the subtree", () => {
    const plain = pattern.filter((text) => !/(^|\/)\*$/.test(text) && !/\*\*\/\*\*/.test(text));
    fc.assert(
      fc.property(plain, path, (text, file) => {
        const oracle = picomatch(text, {
          dot: true,
          nobracket: true,
          noextglob: true,
          nonegate: true,
          strictSlashes: true,
        });
        expect(loosening([text])(file)).toBe(oracle(file));
      }),
      settings,
    );
  });

  it("that matches a folder's subtree matches everything below it", () => {
    fc.assert(
      fc.property(path, path, fc.constantFrom("*", "**"), (folder, file, star) => {
        expect(tightening([`${folder}/${star}`])(`${folder}/${file}`)).toBe(true);
        expect(loosening([`${folder}/${star}`])(`${folder}/${file}`)).toBe(true);
        expect(tightening([`**/${folder}/${star}`])(`x/${folder}/${file}`)).toBe(true);
      }),
      settings,
    );
  });

  it("that tightens matches all that the same pattern matches when it loosens, and its disguises", () => {
    const disguise = fc.constantFrom<(text: string) => string>(
      (text) => text.toUpperCase(),
      (text) => text.normalize("NFD"),
      (text) => text.replaceAll(/\w/g, "$&\u200d"),
      (text) => text.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
    );
    fc.assert(
      fc.property(pattern, path, disguise, (text, file, disguised) => {
        if (!loosening([text])(file)) return;
        expect(tightening([text])(file)).toBe(true);
        expect(text.includes("?") || tightening([text])(disguised(file))).toBe(true);
      }),
      settings,
    );
  });

  it("is one of its alternatives", () => {
    fc.assert(
      fc.property(name, name, path, (a, b, file) => {
        const either = loosening([`{${a},${b}}/**`])(file);
        expect(either).toBe(loosening([`${a}/**`])(file) || loosening([`${b}/**`])(file));
      }),
      settings,
    );
  });

  it("is either refused or matches without throwing, whatever it and the path hold", () => {
    const wild = fc.string({
      unit: fc.constantFrom("a", "/", "*", "?", "{", "}", ",", "!", "[", ".", "\\", "(", "\n", "😀", "ß"),
      maxLength: 14,
    });
    fc.assert(
      fc.property(wild, fc.oneof(wild, fc.string()), (text, file) => {
        if (patternMistake(text) !== null) return;
        expect([typeof tightening([text])(file), typeof loosening([text])(file)]).toEqual(["boolean", "boolean"]);
      }),
      settings,
    );
  });
});

describe("a line of the layout", () => {
  it("gives back the names that were put into it", () => {
    fc.assert(
      fc.property(name, name, path, (environment, service, rest) => {
        expect(layoutMatcher("k8s/{environment}/{service}/**")(`k8s/${environment}/${service}/${rest}`)).toEqual([
          { environment, service },
        ]);
        expect(layoutMatcher("**/{environment}.yaml")(`${rest}/${environment}.yaml`)).toEqual([
          { environment, service: null },
        ]);
      }),
      settings,
    );
  });

  it("is either refused or read without throwing", () => {
    const wild = fc.array(fc.constantFrom("{environment}", "{service}", "a", "/", "*", "**", "{a,b}", "-"), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(wild, path, (parts, file) => {
        const line = parts.join("");
        if (layoutMistake(line) !== null) return;
        for (const { environment, service } of layoutMatcher(line)(file)) expect(environment ?? service).not.toBeNull();
      }),
      settings,
    );
  });
});

describe("folding", () => {
  it("changes no character a second time", () => {
    const characters = Array.from({ length: 0x110000 }, (_, point) => point)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point));
    expect(characters.filter((character) => fold(fold(character)) !== fold(character))).toEqual([]);
  });

  it("changes no text a second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      settings,
    );
  });
});
