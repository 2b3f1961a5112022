import fc from "fast-check";
import { expect, test } from "vitest";
import type { ActionCatalogue } from "../../../src/core/iam/aws/catalogue.ts";
import { newlyAllowed } from "../../../src/core/iam/aws/compare.ts";
import type { Statement } from "../../../src/core/iam/aws/policy.ts";
import { readStatement } from "../../../src/core/iam/aws/read.ts";
import { runs } from "../../runs.ts";

/** Policies with principals and with conditions on several keys of several types, held against single requests. */
const small: ActionCatalogue = { services: ["s"], actions: (service) => (service === "s" ? ["s:a", "s:b"] : []) };

interface Request {
  readonly action: string;
  readonly account: string;
  readonly role: string;
  readonly tag: string | null;
  readonly size: number | null;
  readonly address: string | null;
}
/** One part of a statement: how it is written, and what it asks of a request. */
interface Part<T> {
  readonly written: T;
  readonly holds: (request: Request) => boolean;
}
interface Model {
  readonly allows: boolean;
  readonly statement: Statement;
  readonly holds: (request: Request) => boolean;
}

const accounts = ["111111111111", "222222222222"];
const principal: fc.Arbitrary<Part<unknown>> = fc.oneof(
  fc.constant({ written: "*", holds: () => true }),
  fc.constantFrom(...accounts).map((one) => ({
    written: { AWS: one },
    holds: ({ account }: Request) => account === one,
  })),
  fc.tuple(fc.constantFrom(...accounts), fc.constantFrom("a", "b")).map(([one, name]) => ({
    written: { AWS: `arn:aws:iam::${one}:role/${name}` },
    holds: ({ account, role }: Request) => account === one && role === name,
  })),
);

type Condition = Part<Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>>;
const tags = ["dev", "DEV", "prod"];
const onTag: fc.Arbitrary<Condition> = fc
  .record({
    name: fc.constantFrom("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike"),
    ifExists: fc.boolean(),
    values: fc.uniqueArray(fc.constantFrom(...tags), { minLength: 1, maxLength: 2 }),
  })
  .map(({ name, ifExists, values }) => ({
    written: { [`${name}${ifExists ? "IfExists" : ""}`]: { tag: values } },
    holds: ({ tag }) => {
      if (tag === null) return ifExists || name === "StringNotEquals";
      if (name === "StringEqualsIgnoreCase") return values.some((one) => one.toLowerCase() === tag.toLowerCase());
      return values.includes(tag) !== (name === "StringNotEquals");
    },
  }));
const relations: Readonly<Record<string, (size: number, bound: number) => boolean>> = {
  NumericEquals: (size, bound) => size === bound,
  NumericNotEquals: (size, bound) => size !== bound,
  NumericLessThan: (size, bound) => size < bound,
  NumericLessThanEquals: (size, bound) => size <= bound,
  NumericGreaterThan: (size, bound) => size > bound,
  NumericGreaterThanEquals: (size, bound) => size >= bound,
};
const onSize: fc.Arbitrary<Condition> = fc
  .tuple(fc.constantFrom(...Object.entries(relations)), fc.integer({ min: 1, max: 3 }))
  .map(([[name, holds], bound]) => ({
    written: { [name]: { size: String(bound) } },
    holds: ({ size }) => (size === null ? name === "NumericNotEquals" : holds(size, bound)),
  }));
/** Ranges with the beginnings of the addresses that lie in them. */
const ranges: Readonly<Record<string, readonly string[]>> = {
  "0.0.0.0/0": ["10.", "192."],
  "10.0.0.0/8": ["10."],
  "10.0.0.0/9": ["10.0.", "10.1."],
  "10.128.0.0/9": ["10.200."],
  "10.1.0.0/16": ["10.1."],
  "192.0.2.0/24": ["192.0.2."],
};
const onAddress: fc.Arbitrary<Condition> = fc
  .record({
    negated: fc.boolean(),
    values: fc.uniqueArray(fc.constantFrom(...Object.keys(ranges)), { minLength: 1, maxLength: 2 }),
  })
  .map(({ negated, values }) => ({
    written: { [negated ? "NotIpAddress" : "IpAddress"]: { from: values } },
    holds: ({ address }) => {
      if (address === null) return negated;
      const isIn = values.some((range) => ranges[range]?.some((start) => address.startsWith(start)));
      return isIn !== negated;
    },
  }));

const statement: fc.Arbitrary<Model> = fc
  .record({
    allows: fc.boolean(),
    action: fc.constantFrom("s:a", "s:b", "s:*"),
    who: principal,
    when: fc.array(fc.oneof(onTag, onSize, onAddress), { maxLength: 2 }),
  })
  .map(({ allows, action, who, when }) => {
    const distinct = [...new Map(when.map((one) => [Object.keys(one.written).join(), one])).values()];
    const read = readStatement({
      Effect: allows ? "Allow" : "Deny",
      Action: action,
      Principal: who.written as string,
      ...(distinct.length === 0
        ? {}
        : { Condition: Object.fromEntries(distinct.flatMap(({ written }) => Object.entries(written))) }),
    });
    if (typeof read === "string") throw new Error(read);
    return {
      allows,
      statement: read,
      holds: (request) =>
        (action === "s:*" || action === request.action) &&
        who.holds(request) &&
        distinct.every(({ holds }) => holds(request)),
    };
  });
const policy = fc.array(statement, { minLength: 1, maxLength: 3 });

const request: fc.Arbitrary<Request> = fc.record({
  action: fc.constantFrom("s:a", "s:b"),
  account: fc.constantFrom(...accounts, "333333333333"),
  role: fc.constantFrom("a", "b", "c"),
  tag: fc.constantFrom(...tags, "test", null),
  size: fc.constantFrom(0, 1, 2, 3, 4, null),
  address: fc.constantFrom("10.0.0.1", "10.1.2.3", "10.200.0.1", "192.0.2.1", "192.0.3.1", null),
});

function allowed(models: readonly Model[], one: Request): boolean {
  const applying = models.filter(({ holds }) => holds(one));
  return applying.some(({ allows }) => allows) && applying.every(({ allows }) => allows);
}
const statements = (models: readonly Model[]): readonly Statement[] => models.map((one) => one.statement);

test("a request that is newly allowed makes the policy wider", () => {
  fc.assert(
    fc.property(policy, policy, fc.array(request, { minLength: 20, maxLength: 40 }), (before, after, requests) => {
      const compared = newlyAllowed(statements(before), statements(after), small);
      const wider = requests.some((one) => allowed(after, one) && !allowed(before, one));
      expect(wider ? compared.kind : "widened").toBe("widened");
    }),
    runs(2000),
  );
});

test("what allows less, denies more or stands in another order allows nothing new", () => {
  fc.assert(
    fc.property(policy, policy, fc.nat(), (before, more, at) => {
      const fewer = before.filter(({ allows }, index) => !allows || index !== at % before.length);
      const after = [...more.filter(({ allows }) => !allows), ...fewer.toReversed()];
      expect(newlyAllowed(statements(before), statements(after), small)).toEqual({ kind: "nothing" });
    }),
    runs(2000),
  );
});

test("what is allowed step by step is allowed at once", () => {
  fc.assert(
    fc.property(policy, policy, policy, (a, b, c) => {
      const [first, second, both] = [
        [a, b],
        [b, c],
        [a, c],
      ].map(([from = [], to = []]) => newlyAllowed(statements(from), statements(to), small).kind);
      // Nothing new twice is nothing new.
      expect(first === "nothing" && second === "nothing" ? both : "nothing").toBe("nothing");
    }),
    runs(2000),
  );
});
