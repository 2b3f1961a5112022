import { expect, test } from "vitest";
import { suggestedRuleset } from "../../../src/core/posture/ruleset.ts";

test("the ruleset that is offered requires the check of this app, and lets nobody around", () => {
  const offered = suggestedRuleset(12, "repository");
  expect(offered).toMatchObject({
    enforcement: "active",
    bypass_actors: [],
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"] } },
  });
  expect(JSON.stringify(offered)).toContain('"required_status_checks":[{"context":"sallyport","integration_id":12}]');
  expect(offered).not.toHaveProperty("conditions.repository_name");
});

test("that of an organisation is for all of its repositories", () => {
  expect(suggestedRuleset(12, "organisation")).toHaveProperty("conditions.repository_name.include", ["~ALL"]);
});
