import { describe, expect, test } from "vitest";
import { type Asker, type HaltPolicies, refusedHalt, refusedResume } from "../../../src/core/decisions/rights.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import type { Halter } from "../../../src/core/policy/schema.ts";
import { claude, person } from "../facts.ts";

const asker: Asker = { account: person(1, "Person-A"), permission: "read", permissionAbove: "none", teams: [] };

function haltedBy(repository: readonly Halter[], organisation: readonly Halter[]): HaltPolicies {
  const policy = strictDefault();
  return {
    repository: { ...policy, halt: { ...policy.halt, by: repository } },
    organisation: { ...policy, halt: { ...policy.halt, by: organisation } },
  };
}
const silent = haltedBy(["people"], ["people"]);

describe("who may halt", () => {
  test.each(["repository", "installation", "agent"] as const)(
    "anyone with write permission where no policy says otherwise: %s",
    (scope) => {
      expect(refusedHalt({ ...asker, permission: "write" }, scope, silent)).toBeNull();
      expect(refusedHalt(asker, scope, silent)).toMatch(/`halt\.by` names: people$/u);
    },
  );

  test("whom the policy names, by login or team, without a permission", () => {
    const teams = [{ team: "@acme/oncall", members: [1] }];
    expect(refusedHalt({ ...asker, teams }, "repository", haltedBy(["@acme/oncall"], []))).toBeNull();
    expect(refusedHalt(asker, "repository", haltedBy(["@person-a"], []))).toBeNull();
    expect(refusedHalt({ ...asker, permission: "write" }, "repository", haltedBy(["@person-b"], []))).not.toBeNull();
  });

  test("nobody of a team that could not be read, and the answer says so", () => {
    const teams = [{ team: "@acme/oncall", members: null }];
    const refused = refusedHalt({ ...asker, teams }, "repository", haltedBy(["@acme/oncall"], []));
    expect(refused).toMatch(/who is in @acme\/oncall could not be read$/u);
  });

  test("of more than a repository only whom the organisation's policy names", () => {
    const policies = haltedBy(["@person-a"], ["@person-b"]);
    expect(refusedHalt(asker, "repository", policies)).toBeNull();
    expect(refusedHalt(asker, "installation", policies)).not.toBeNull();
    expect(refusedHalt(asker, "agent", policies)).not.toBeNull();
  });

  test("no agent, and no machine that either policy knows", () => {
    expect(refusedHalt({ ...asker, account: claude, permission: "admin" }, "repository", silent)).toMatch(
      /only people/u,
    );
    const agents = { also: [], automation: [], machines: ["person-a"] };
    const known = { ...silent, organisation: { ...silent.organisation, agents } };
    expect(refusedHalt({ ...asker, permission: "admin" }, "repository", known)).toMatch(/only people/u);
  });
});

describe("who may lift a halt", () => {
  test("an administrator of the repository, what holds in it alone", () => {
    const admin: Asker = { ...asker, permission: "admin" };
    expect(refusedResume(admin, "repository", silent)).toBeNull();
    expect(refusedResume(admin, "installation", silent)).not.toBeNull();
    expect(refusedResume(admin, "agent", silent)).not.toBeNull();
  });

  test("an administrator of the owner's .github, what holds further, and nothing else", () => {
    const above: Asker = { ...asker, permissionAbove: "admin" };
    expect(refusedResume(above, "installation", silent)).toBeNull();
    expect(refusedResume(above, "agent", silent)).toBeNull();
    expect(refusedResume(above, "repository", silent)).toMatch(/administrator of the repository/u);
  });

  test("nobody with write permission alone, not even who may halt", () => {
    const policies = haltedBy(["@person-a"], ["@person-a"]);
    expect(refusedResume({ ...asker, permission: "write" }, "repository", policies)).not.toBeNull();
  });

  test("no agent, whatever its permission", () => {
    const agent: Asker = { ...asker, account: claude, permission: "admin", permissionAbove: "admin" };
    expect(refusedResume(agent, "repository", silent)).toMatch(/only people/u);
  });
});
