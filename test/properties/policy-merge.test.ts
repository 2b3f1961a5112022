import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultStatement } from "../../src/core/policy/default.ts";
import { strictDefault } from "../../src/core/policy/merge.ts";
import { invariantIds } from "../../src/core/invariants.ts";
import { resolve } from "../../src/core/policy/resolve.ts";
import { root, type Statement } from "../../src/core/policy/schema/root.ts";
import type { Policy } from "../../src/core/policy/schema.ts";
import { document, effective } from "../core/policy/read.ts";
import { milder } from "./policy-milder.ts";
import { policyText } from "./policy-statements.ts";
import { runs } from "../runs.ts";

const settings = runs(100);
const withKeys = (text: string, keys: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(text) as Record<string, unknown>), ...keys });

describe("the join of policy files", () => {
  it("is never milder than the organisation's file alone", () => {
    fc.assert(
      fc.property(policyText, policyText, policyText, (organisation, own, base) => {
        expect(milder(effective({ organisation, own, base }), effective({ organisation }))).toEqual([]);
      }),
      settings,
    );
  });

  it("is never milder than the default branch's file alone, whatever another base branch says", () => {
    fc.assert(
      fc.property(policyText, policyText, (own, base) => {
        expect(milder(effective({ own, base }), effective({ own }))).toEqual([]);
        expect(milder(effective({ base }), strictDefault())).toEqual([]);
      }),
      settings,
    );
  });

  it("is milder than the organisation's file in nothing but what that made overridable", () => {
    const files = fc.constantFrom(
      "limits.files",
      "mode",
      "invariants",
      "forbidden",
      "waivers",
      "approvals.from",
      "capacity",
    );
    fc.assert(
      fc.property(policyText, policyText, files, (text, own, key) => {
        const organisation = withKeys(text, { overridable: [key] });
        const found = milder(effective({ organisation, own }), effective({ organisation }));
        expect(
          found.filter((name) => !name.startsWith(key) && !(key === "invariants" && name.startsWith("rules."))),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it("heeds the repository's file: below an organisation that asks for nothing, all that it asks holds", () => {
    fc.assert(
      fc.property(policyText, (own) => {
        const alone = effective({ own: over(lax, own) });
        // What the organisation calls production is none of the repository's stagings.
        const found = milder(effective({ organisation: lax, own }), alone);
        expect(
          found.filter((key) => !/^rules\..*\.options$|^waivers$|^agents\.automation$|\.staging$/.test(key)),
        ).toEqual([]);
      }),
      settings,
    );
  });

  it("is the same when a file is joined twice", () => {
    fc.assert(
      fc.property(policyText, policyText, (organisation, own) => {
        expect(effective({ organisation, own, base: own })).toEqual(effective({ organisation, own }));
        expect(effective({ own, base: own })).toEqual(effective({ own }));
        expect(effective({ organisation, own: organisation })).toEqual(effective({ organisation }));
      }),
      settings,
    );
  });

  it("does not depend on the order of two files below the organisation's, but for owners, whom the first names", () => {
    const withoutOwners = (policy: Policy) => ({
      ...policy,
      services: Object.values(policy.services).map(({ name, risk }) => ({ name, risk })),
    });
    fc.assert(
      fc.property(policyText, policyText, policyText, (organisation, own, base) => {
        const [one, other] = [
          effective({ organisation, own, base }),
          effective({ organisation, own: base, base: own }),
        ];
        expect(withoutOwners(one)).toEqual(withoutOwners(other));
      }),
      settings,
    );
  });

  it("does not depend on which two of three statements are joined first", () => {
    const join = (a: Statement, b: Statement): Statement => root.join.combine(a, b);
    const resolved = (statement: Statement): Policy => resolve(root.join.override(defaultStatement, statement));
    fc.assert(
      fc.property(policyText, policyText, policyText, (x, y, z) => {
        const [a, b, c] = [document(x).statement, document(y).statement, document(z).statement];
        expect(resolved(join(join(a, b), c))).toEqual(resolved(join(a, join(b, c))));
      }),
      settings,
    );
  });
});

const each = <T>(names: readonly string[], value: T) => Object.fromEntries(names.map((name) => [name, value]));
/** An organisation's file that states every key at its mildest. */
const lax = JSON.stringify({
  version: 1,
  mode: "observe",
  gate: { "*": "agents" },
  approvals: { by_risk: each(["low", "elevated", "high", "critical"], 0) },
  environments: each(["production", "staging", "development"], { together_with_staging: "off" }),
  invariants: each(invariantIds, "off"),
  limits: { kubernetes: { liveness_failure_threshold: 0 } },
});

/** One file's keys over another's, at every depth. */
function over(lower: string, upper: string): string {
  const join = (a: unknown, b: unknown): unknown => {
    const [x, y] = [a, b].map((side) =>
      typeof side === "object" && side !== null && !Array.isArray(side) ? side : null,
    );
    if (x === null || y === null || x === undefined || y === undefined) return b ?? a;
    const [below, above] = [x as Record<string, unknown>, y as Record<string, unknown>];
    const names = [...new Set([...Object.keys(below), ...Object.keys(above)])];
    return Object.fromEntries(names.map((name) => [name, join(below[name], above[name])]));
  };
  return JSON.stringify(join(JSON.parse(lower), JSON.parse(upper)));
}
