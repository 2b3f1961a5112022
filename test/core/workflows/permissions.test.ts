import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Access, Grant } from "../../../src/core/workflows/grant.ts";
import { accessIn, scopes, scopesOf, widens } from "../../../src/core/workflows/permissions.ts";
import { valueOf } from "../../../src/core/views/value.ts";
import { runs } from "../../runs.ts";

const value = valueOf(
  { kind: "scalar", value: "read", style: "plain", span: { line: 1, column: 1, endLine: 1, endColumn: 5 } },
  ".github/workflows/ci.yml",
  "head",
);

const names = ["contents", "id-token", "models", "of-tomorrow"];
const access = fc.constantFrom<Access>("none", "read", "write");
const grant: fc.Arbitrary<Grant> = fc.oneof(
  fc.constant<Grant>({ kind: "default" }),
  fc.constantFrom<Access>("read", "write").map((one): Grant => ({ kind: "all", access: one })),
  fc.dictionary(fc.constantFrom(...names), access).map(
    (given): Grant => ({
      kind: "scopes",
      scopes: new Map(Object.entries(given).map(([scope, one]) => [scope, { access: one, value }])),
    }),
  ),
);

/** Whether a request goes through, as the documentation of the token says it. */
function lets(given: Grant, scope: string, verb: "read" | "write"): boolean {
  if (given.kind === "default") return scope !== "id-token";
  const own = given.kind === "all" ? given.access : (given.scopes.get(scope)?.access ?? "none");
  // Of tokens for OIDC there is nothing to read.
  if (scope === "id-token" && given.kind === "all" && own === "read") return false;
  return own === "write" || own === verb;
}
const verbs = ["read", "write"] as const;

describe("the permissions of a job's token", () => {
  test("grow exactly if a request goes through that did not, scope by scope", () => {
    fc.assert(
      fc.property(grant, grant, (before, after) => {
        for (const scope of names) {
          const grows = verbs.some((verb) => lets(after, scope, verb) && !lets(before, scope, verb));
          expect(widens(accessIn(before, scope), accessIn(after, scope))).toBe(grows);
        }
      }),
      runs(300),
    );
  });

  test("are compared in every scope that is known or named", () => {
    fc.assert(
      fc.property(grant, grant, (before, after) => {
        const compared = scopesOf(before, after);
        for (const one of [before, after]) {
          const own = one.kind === "scopes" ? [...one.scopes.keys()] : [];
          expect([...scopes, ...own].filter((scope) => !compared.includes(scope))).toEqual([]);
        }
        expect(new Set(compared).size).toBe(compared.length);
      }),
      runs(100),
    );
  });
});
