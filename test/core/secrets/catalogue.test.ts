import { describe, expect, it } from "vitest";
import { providerRules } from "../../../src/core/secrets/catalogue.ts";
import type { NamedRule, TokenRule } from "../../../src/core/secrets/rule.ts";
import { scan } from "../../../src/core/secrets/scan.ts";
import { isRun, type Piece, type Run } from "../../../src/core/secrets/shape.ts";
import { recall, seeds } from "./contexts.ts";

const members = (of: Run["of"]): string =>
  [...Array(128).keys()].flatMap((code) => (of.members[code] === 1 ? [String.fromCharCode(code)] : [])).join("");

/** Characters of an alphabet, spread so that nothing repeats or counts. */
function drawn({ of }: Run, length: number, seed: number): string {
  const from = members(of);
  return Array.from({ length }, (_, at) =>
    from.charAt((Math.imul(at + 1 + seed * 97, 0x9e3779b1) >>> 11) % from.length),
  ).join("");
}

/** A value of a form, with its last run (or all of what is drawn) written by `write`. */
function formed(pieces: readonly Piece[], seed: number, write: (run: Run, isLast: boolean) => string): string {
  const last = pieces.findLastIndex(isRun);
  return pieces
    .map((piece, at) =>
      typeof piece === "string" ? piece : isRun(piece) ? write(piece, at === last) : (piece[0] ?? ""),
    )
    .join("");
}

const whole =
  (seed: number) =>
  (run: Run): string =>
    drawn(run, run.min, seed);
const cutShort =
  (seed: number) =>
  (run: Run, isLast: boolean): string =>
    drawn(run, isLast ? run.min - 1 : run.min, seed);
const repeated = (run: Run): string => members(run.of).charAt(0).repeat(run.min);
const broken =
  (seed: number) =>
  (run: Run, isLast: boolean): string =>
    isLast ? `${drawn(run, run.min - 1, seed)}!`.replace(/^./, "!") : drawn(run, run.min, seed);

function tokenOf(rule: TokenRule, seed: number, write: (run: Run, isLast: boolean) => string): string {
  const lead = rule.lead === null ? "" : write(rule.lead, !rule.rest.some(isRun));
  return `${lead}${rule.literals.toSorted((a, b) => a.length - b.length)[0] ?? ""}${formed(rule.rest, seed, write)}`;
}

/** Near misses: each is of the form but for one thing. */
function nearMisses(rule: TokenRule, seed: number): Readonly<Record<string, string>> {
  return {
    "cut short": tokenOf(rule, seed, cutShort(seed)),
    "with a character that is not of it": tokenOf(rule, seed, broken(seed)),
    "made up of one character": tokenOf(rule, seed, repeated),
    ...(rule.lead === null && /^\w/.test(rule.literals[0] ?? "")
      ? { "with a letter in front": `Z${tokenOf(rule, seed, whole(seed))}` }
      : {}),
    ...(rule.lead === null
      ? {}
      : { "without what stands in front": tokenOf({ ...rule, lead: null }, seed, whole(seed)) }),
  };
}

function found(text: string, path: string): readonly string[] {
  return scan(text, { path }).finds.map(({ rule }) => rule);
}

const tokens = providerRules.filter((rule): rule is TokenRule => rule.kind === "token");
const named = providerRules.filter((rule): rule is NamedRule => rule.kind === "named");

const table = recall();

describe("The catalogue", () => {
  it("finds every value of every rule in every setting, once and under its own id", () => {
    const missed = table
      .filter((one) => one.missed.length > 0)
      .map(({ rule, setting, missed: values }) => `${rule} in ${setting}: ${values.join(", ")}`);
    expect(missed).toEqual([]);
  });

  it("has values of every rule", () => {
    const without = table.filter(({ tried }) => tried < seeds.length);
    expect(without.map(({ rule }) => rule)).toEqual([]);
  });

  it.each(tokens.map((rule) => [rule.id, rule] as const))("keeps silent at near misses: %s", (id, rule) => {
    for (const seed of seeds) {
      const told = Object.entries(nearMisses(rule, seed)).filter(([, value]) =>
        ["deploy/app.env", "src/a.ts"].some((path) => found(`SOME_VALUE="${value}"\n`, path).includes(id)),
      );
      expect(told.map(([miss]) => miss)).toEqual([]);
    }
  });

  it.each(named.map((rule) => [rule.id, rule] as const))("keeps silent at near misses: %s", (id, rule) => {
    const name = `${rule.names[0] ?? ""}_token`;
    for (const seed of seeds) {
      const value = formed(rule.value, seed, whole(seed));
      const short = formed(rule.value, seed, cutShort(seed));
      const misses = [
        `colour_of_things = "${value}"`,
        `${name} = "${short}"`,
        `${name} = "${value}!"`,
        `${name}_sha256 = "${value}"`,
      ];
      const madeUp = `${name} = "${formed(rule.value, seed, repeated)}"`;
      const told = [...misses, madeUp].filter((text) => found(`${text}\n`, "conf/app.toml").includes(id));
      expect(told).toEqual([]);
    }
  });
});
