import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActionCatalogue } from "../../../src/core/iam/aws/catalogue.ts";
import { newlyAllowed } from "../../../src/core/iam/aws/compare.ts";
import type { Statement } from "../../../src/core/iam/aws/policy.ts";
import { runs } from "../../runs.ts";
import { type Json, readPolicy } from "../../../src/core/iam/aws/read.ts";

const small: ActionCatalogue = {
  services: ["s"],
  actions: (service) => (service === "s" ? ["s:a", "s:b", "s:ab"] : []),
};

function statements(...written: Json[]): readonly Statement[] {
  const read = readPolicy({ Statement: written });
  if (!read.ok) throw new Error(read.reason);
  return read.statements;
}

describe("what a policy newly allows", () => {
  const allow = (Action: Json, Resource: Json, more: Record<string, Json> = {}): Json => ({
    Effect: "Allow",
    Action,
    Resource,
    ...more,
  });
  test("a wildcard that becomes the list of all it stood for is nothing", () => {
    expect(newlyAllowed(statements(allow("s:a*", "*")), statements(allow(["s:a", "s:ab"], "*")), small)).toEqual({
      kind: "nothing",
    });
  });
  test("the list that becomes a wildcard allows what comes later", () => {
    expect(newlyAllowed(statements(allow(["s:a", "s:ab"], "*")), statements(allow("s:a*", "*")), small).kind).toBe(
      "widened",
    );
  });
  test("a denial that goes is a widening", () => {
    const deny: Json = { Effect: "Deny", Action: "s:b", Resource: "x/secret" };
    const compared = newlyAllowed(statements(allow("s:*", "x/*"), deny), statements(allow("s:*", "x/*")), small);
    expect(compared).toMatchObject({
      kind: "widened",
      grants: [{ actions: ["s:b"], undenied: true, example: { resource: "x/secret" } }],
    });
  });
  test("an address range that narrows is nothing, one that widens is something", () => {
    const from = (cidr: string): Json => allow("s:a", "*", { Condition: { IpAddress: { "aws:SourceIp": cidr } } });
    expect(newlyAllowed(statements(from("10.0.0.0/8")), statements(from("10.1.0.0/16")), small)).toEqual({
      kind: "nothing",
    });
    expect(newlyAllowed(statements(from("10.1.0.0/16")), statements(from("10.0.0.0/8")), small).kind).toBe("widened");
  });
  test("an expression that only one side has is not proved", () => {
    const mark = "\u{E000}";
    const compared = newlyAllowed(
      statements(allow("s:a", "x")),
      statements(allow("s:a", `${mark}var.arn${mark}`)),
      small,
    );
    expect(compared).toEqual({ kind: "unproved", reason: "what `var.arn` is" });
  });
});

/** A small universe: every request in it is judged by the words of the documentation alone. */
const texts = ["", "a", "b", "ab", "ba", "aa", "bb", "aba"];
const glob = fc.constantFrom("*", "a", "b", "a*", "*b", "a?", "?", "ab", "*a*");
const condition: fc.Arbitrary<Json> = fc.oneof(
  fc.constant({}),
  fc
    .tuple(
      fc.constantFrom("StringLike", "StringNotLike", "StringLikeIfExists", "StringNotLikeIfExists"),
      fc.array(glob, { minLength: 1, maxLength: 2 }),
    )
    .map(([operator, values]) => ({ Condition: { [operator]: { k: values } } })),
  fc.constantFrom("true", "false").map((absent) => ({ Condition: { Null: { k: absent } } })),
);
const one: fc.Arbitrary<Json> = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Deny"),
    action: fc.tuple(
      fc.constantFrom("Action", "NotAction"),
      fc.array(fc.constantFrom("s:a", "s:b", "s:*", "s:a*", "*"), { minLength: 1, maxLength: 2 }),
    ),
    resource: fc.tuple(fc.constantFrom("Resource", "NotResource"), fc.array(glob, { minLength: 1, maxLength: 2 })),
    more: condition,
  })
  .map(({ Effect, action, resource, more }) => ({
    Effect,
    [action[0]]: action[1],
    [resource[0]]: resource[1],
    ...(more as Record<string, Json>),
  }));

function like(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`, "u").test(text);
}

type Written = Readonly<Record<string, readonly string[]>>;

function isAllowed(policy: readonly Json[], action: string, resource: string, value: string | null): boolean {
  const applies = (statement: Json): boolean => {
    const of = statement as unknown as Written;
    const tests =
      (statement as { Condition?: Readonly<Record<string, { k: string | readonly string[] }>> }).Condition ?? {};
    const within = (only: string, except: string, text: string): boolean =>
      of[only]?.some((pattern) => like(pattern, text)) ?? of[except]?.some((pattern) => like(pattern, text)) === false;
    if (!within("Action", "NotAction", action) || !within("Resource", "NotResource", resource)) return false;
    return Object.entries(tests).every(([operator, { k }]) => {
      if (operator === "Null") return (value === null) === (String(k) === "true");
      if (value === null) return operator.endsWith("IfExists") || operator.startsWith("StringNot");
      return [k].flat().some((pattern) => like(pattern, value)) !== operator.startsWith("StringNot");
    });
  };
  const effects = policy.filter(applies).map((statement) => (statement as { Effect: string }).Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

test("agrees with every request of a small universe", () => {
  const policy = fc.array(one, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(policy, policy, (before, after) => {
      const compared = newlyAllowed(statements(...before), statements(...after), small);
      const wider = ["s:a", "s:b", "s:ab", "s:a~", "s:~", "~:~"].some((action) =>
        texts.some((resource) =>
          [null, ...texts].some(
            (value) => isAllowed(after, action, resource, value) && !isAllowed(before, action, resource, value),
          ),
        ),
      );
      // The universe is a part of what there is: what grows in it grows.
      expect(wider && compared.kind !== "widened").toBe(false);
      for (const { example } of compared.kind === "widened" ? compared.grants : []) {
        const [said] = example.circumstances;
        const value = said === undefined || said.endsWith("absent") ? null : said.slice("k = ".length);
        expect(isAllowed(after, example.action, example.resource, value)).toBe(true);
        expect(isAllowed(before, example.action, example.resource, value)).toBe(false);
      }
    }),
    runs(2000),
  );
});
