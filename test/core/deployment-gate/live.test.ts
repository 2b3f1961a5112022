import { expect, test } from "vitest";
import { liveIn } from "../../../src/core/deployment-gate/live.ts";
import type { DeploymentFacts, DeploymentRecord } from "../../../src/core/deployments/deployments.ts";
import { readPolicies } from "../../../src/core/policy/reading.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { person, sha } from "./facts.ts";

const text = "version: 1\nenvironments: { production: { deployments: [production], deployed_by: [app:acme-cd] } }\n";
const at = `acme/shop@${sha("1")}:.github/sallyport.yml`;
const reading = readPolicies([{ scope: "repository", at, content: { kind: "text", text }, former: null }], rules);
const environments = Object.values(reading.policy.environments).filter(({ name }) => name === "production");
const repository = { id: 7, owner: "acme", name: "shop" };
const app = { id: 900, login: "acme-cd[bot]", type: "Bot" } as const;

/** States with the moment that each was said at. */
function deployed(
  id: number,
  digit: string,
  states: readonly (readonly [DeploymentFacts["statuses"][number]["state"], number])[],
  by: DeploymentFacts["creator"] = app,
): DeploymentFacts {
  const statuses = states.map(([state, createdAtMs]) => ({ id: createdAtMs, state, createdAtMs, creator: by }));
  return { id, environment: "production", sha: sha(digit), creator: by, createdAtMs: id, statuses, carriedBy: null };
}
const live = (...deployments: readonly DeploymentFacts[]) => {
  const known = { kind: "known", environment: "production", deployments, runs: [], sinceMs: null } as const;
  const record: DeploymentRecord = {
    environments: [known],
    branches: [],
    paths: [],
    versions: [],
    arrivals: [],
    tips: [],
    contents: {},
  };
  return liveIn(environments, record, repository);
};

test("what was proved to succeed last is live", () => {
  expect(live(deployed(1, "a", [["success", 10]]), deployed(2, "b", [["success", 20]]))).toEqual({
    live: { sha: sha("b"), deploymentId: 2 },
  });
});

test("what failed afterwards is not, and the one before it is compared with", () => {
  const before = deployed(1, "a", [
    ["success", 10],
    ["inactive", 20],
  ]);
  expect(
    live(
      before,
      deployed(2, "b", [
        ["success", 20],
        ["failure", 30],
      ]),
    ).live?.sha,
  ).toBe(sha("a"));
  expect(live(before, deployed(2, "b", [["failure", 30]])).live?.sha).toBe(sha("a"));
});

test("a success in the words of somebody who is not named is none, and the reason is told", () => {
  const forged = deployed(2, "b", [["success", 20]], person);
  expect(live(deployed(1, "a", [["success", 10]]), forged).live?.sha).toBe(sha("a"));
  expect(live(forged)).toMatchObject({
    live: null,
    because: expect.stringContaining("deployment 2 proves nothing") as string,
  });
});

test("nothing is live where nothing is known, whatever is said", () => {
  const unknown = { kind: "unknown", environment: "production", because: "GitHub does not say" } as const;
  const record = {
    environments: [unknown],
    branches: [],
    paths: [],
    versions: [],
    tips: [],
    arrivals: [],
    contents: {},
  };
  expect(liveIn(environments, record, repository)).toEqual({ live: null, because: "GitHub does not say" });
  expect(live().live).toBeNull();
});
