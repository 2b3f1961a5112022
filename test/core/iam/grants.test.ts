import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coversCondition } from "../../../src/core/iam/google/conditions.ts";
import { googleJudging } from "../../../src/core/iam/google/judging.ts";
import type { GoogleGrant } from "../../../src/core/iam/google/bindings.ts";
import type { GoogleLevel } from "../../../src/core/iam/google/scopes.ts";
import { compareHeld, type HeldChange, type Term } from "../../../src/core/iam/grants/grant.ts";
import { runs } from "../../runs.ts";
import { scopeOfPath } from "../../../src/core/iam/azure/scopes.ts";
import { builtInRole } from "../../../src/core/iam/azure/roles.ts";

const term = (id: string): Term => ({ id, shown: id, literal: id, address: null });

/** A small universe: what each role allows, whom each member is, and what lies in each thing. */
const roles = {
  "roles/owner": 15,
  "roles/editor": 7,
  "roles/viewer": 3,
  "roles/logging.viewer": 1,
  "roles/iam.roleAdmin": 16,
};
const members = {
  allUsers: ["anonymous", "known", "a", "b"],
  allAuthenticatedUsers: ["known", "a", "b"],
  "domain:acme.example": ["a", "b"],
  "user:a@acme.example": ["a"],
  "user:b@acme.example": ["b"],
};
const scopes = {
  "folder:1": { within: [], things: ["other", "acme", "acme/bucket"] },
  "project:acme": { within: ["folder:1"], things: ["acme", "acme/bucket"] },
  "storage_bucket:reports": { within: ["project:acme", "folder:1"], things: ["acme/bucket"] },
};
const tests = ['a == "x"', 'b == "y"', 'c == "z"'] as const;

type Held = readonly [keyof typeof roles, keyof typeof members, keyof typeof scopes, readonly string[]];

const held: fc.Arbitrary<readonly Held[]> = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(roles) as (keyof typeof roles)[])),
    fc.constantFrom(...(Object.keys(members) as (keyof typeof members)[])),
    fc.constantFrom(...(Object.keys(scopes) as (keyof typeof scopes)[])),
    fc.subarray([...tests]),
  ),
  { maxLength: 4 },
);

function grantOf([role, member, scope, conditions]: Held): GoogleGrant {
  const level: GoogleLevel = scope.startsWith("folder")
    ? "folder"
    : scope.startsWith("project")
      ? "project"
      : "resource";
  return {
    role: { ...term(role), permissions: null, isUndecided: false },
    member: term(member),
    scope: { ...term(scope), level, within: scopes[scope].within, things: [] },
    condition: conditions.length === 0 ? null : term(conditions.join(" && ")),
    at: { path: "main.tf", side: "head", line: 1 },
    lines: { role: 1, member: 1, scope: 1, condition: 1 },
    owner: "main.tf x",
  };
}

function changeOf(before: readonly Held[], after: readonly Held[]): HeldChange<GoogleLevel> {
  const side = (all: readonly Held[]) => ({ grants: all.map(grantOf), unread: [], standing: new Set<string>() });
  return { root: null, paths: () => [], before: side(before), after: side(after) };
}

/** Everything that is allowed, one by one: who may do what where, while which tests hold. */
function allowed(all: readonly Held[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [role, member, scope, conditions] of all)
    for (const permission of [1, 2, 4, 8, 16].filter((one) => (roles[role] & one) !== 0))
      for (const person of members[member])
        for (const thing of scopes[scope].things)
          for (let state = 0; state < 8; state++)
            if (conditions.every((one) => (state & (1 << tests.findIndex((known) => known === one))) !== 0))
              found.add([permission, person, thing, state].join(" "));
  return found;
}

describe("who holds what", () => {
  test("nothing that is newly allowed is missed", () => {
    fc.assert(
      fc.property(held, held, (before, after) => {
        const was = allowed(before);
        const widened = [...allowed(after)].some((one) => !was.has(one));
        const { newly } = compareHeld(changeOf(before, after), googleJudging.order);
        expect(widened && newly.length === 0).toBe(false);
      }),
      runs(500),
    );
  });

  test("what one statement before allows is not newly held", () => {
    fc.assert(
      fc.property(held, held, (before, after) => {
        const { newly } = compareHeld(changeOf(before, after), googleJudging.order);
        for (const [index, one] of after.entries()) {
          const mine = allowed([one]);
          const isWithin = before.some((old) => mine.isSubsetOf(allowed([old])));
          const isNew = newly.some(({ grant }) => grant.owner === grantOf(one).owner && sameParts(grant, grantOf(one)));
          expect([index, isWithin && isNew]).toEqual([index, false]);
        }
      }),
      runs(500),
    );
  });
});

function sameParts(a: GoogleGrant, b: GoogleGrant): boolean {
  return (
    a.role.id === b.role.id &&
    a.member.id === b.member.id &&
    a.scope.id === b.scope.id &&
    a.condition?.id === b.condition?.id
  );
}

describe("conditions", () => {
  const covers = (wide: string, narrow: string): boolean => coversCondition(term(wide), term(narrow));

  test.each([
    ["a longer list takes in a shorter one", 'x in ["a","b"]', 'x in ["a"]', true],
    ["a shorter list does not take in a longer one", 'x in ["a"]', 'x in ["a","b"]', false],
    ["an alternative is no test of its own", 'x == "a"', 'x == "a" || y == "b"', false],
    ["a test in brackets is another text", 'x == "a"', '(x == "a" || true)', false],
    ["an operator in a text is a text", 'x == "a && y"', 'x == "a && z"', false],
    [
      "a later end is wider",
      'request.time < timestamp("2026-01-01T00:00:00Z")',
      'request.time < timestamp("2027-01-01T00:00:00Z")',
      false,
    ],
    ["the end of a prefix is its text", 'resource.name.startsWith("p/b")', 'resource.name == "p/b/c"', true],
    ["blanks in a text count", 'x == "a b"', 'x == "ab"', false],
  ])("%s", (_, wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });
});

describe("names of Azure", () => {
  test("a role is known by its name in any case, and by an identifier at the end of a path", () => {
    expect(builtInRole("owner")).toBe("Owner");
    expect(
      builtInRole(
        "/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-A8FF-443C-A75C-2FE8C4BCB635",
      ),
    ).toBe("Owner");
    expect(builtInRole("/subscriptions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635/resourceGroups/web")).toBeNull();
  });

  test("a scope lies in everything above it", () => {
    const { level, within } = scopeOfPath("/subscriptions/1/resourceGroups/Web/providers/Microsoft.Web/sites/shop");
    expect(level).toBe("resource");
    expect(within).toEqual(expect.arrayContaining(["/subscriptions/1/resourcegroups/web", "/subscriptions/1", "/"]));
  });
});
