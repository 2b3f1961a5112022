import { describe, expect, test } from "vitest";
import type { DeploymentFacts, EnvironmentRecord } from "../../../src/core/deployments/deployments.ts";
import { arrivalsBefore, type Cause, causesOf } from "../../../src/core/rollback/cause.ts";
import { causeWords, revertCommands } from "../../../src/core/rollback/words.ts";
import { policyOf } from "../example-context.ts";

const policy = policyOf(
  `version: 1
environments: { production: { deployments: [production], deployed_by: ["app:argocd"] } }
rollback: { on: [deployment_failure, error_rate], threshold: 5%, measured: points, within: 60m }
`,
);
const repository = { id: 7, owner: "acme", name: "shop" };
const argo = { id: 1, login: "argocd[bot]", type: "Bot" } as const;
const person = { id: 2, login: "person-a", type: "User" } as const;
const minute = 60_000;
const sha = (digit: string) => digit.repeat(40);

type Said = readonly [state: "success" | "failure" | "inactive", minute: number, by?: typeof argo | typeof person];
function deployment(id: number, digit: string, ...said: readonly Said[]): DeploymentFacts {
  return {
    id,
    environment: "production",
    sha: sha(digit),
    creator: argo,
    createdAtMs: 0,
    statuses: said.map(([state, at, creator = argo]) => ({ state, createdAtMs: at * minute, creator })),
    carriedBy: null,
  };
}
function deployed(...deployments: readonly DeploymentFacts[]) {
  const record: EnvironmentRecord = { kind: "known", environment: "production", deployments, runs: [], sinceMs: null };
  return { environments: [record], branches: [] };
}
const rise: Cause = {
  id: "signal/a",
  kind: "error_rate",
  environment: "production",
  atMs: 100 * minute,
  sha: null,
  deploymentId: null,
  reading: { kind: "error_rate", before: "1", after: "7" },
  repositories: 1,
};
const arrivals = (cause: Cause, ...all: readonly DeploymentFacts[]) =>
  arrivalsBefore(cause, deployed(...all), policy, repository).map(({ fromSha, toSha }) => [
    fromSha?.[0] ?? null,
    toSha[0],
  ]);

describe("what came to an environment before something went wrong", () => {
  const [a, b, c] = [
    deployment(1, "a", ["success", 1]),
    deployment(2, "b", ["success", 50]),
    deployment(3, "c", ["success", 90]),
  ];

  test("is what went live within the window, each with what was live before it", () => {
    expect(arrivals(rise, a, b, c)).toEqual([
      ["a", "b"],
      ["b", "c"],
    ]);
  });

  test("is nothing at the end of the window, nor what came after", () => {
    expect(arrivals({ ...rise, atMs: 150 * minute }, a, b, c)).toEqual([]);
    expect(arrivals({ ...rise, atMs: 49 * minute }, a, b, c)).toEqual([[null, "a"]]);
  });

  test("is the commit or the deployment alone that the signal names", () => {
    expect(arrivals({ ...rise, sha: sha("b") }, a, b, c)).toEqual([["a", "b"]]);
    expect(arrivals({ ...rise, deploymentId: 3 }, a, b, c)).toEqual([["b", "c"]]);
    expect(arrivals({ ...rise, sha: sha("d") }, a, b, c)).toEqual([]);
  });

  test("is not what somebody without a say calls live", () => {
    expect(arrivals(rise, a, deployment(2, "b", ["success", 50, person]))).toEqual([]);
  });

  test("of two deployments in parallel is each with what the other left, whichever ends first", () => {
    const [slow, fast] = [deployment(2, "b", ["success", 80]), deployment(3, "c", ["success", 70])];
    expect(arrivals(rise, a, slow, fast)).toEqual([
      ["a", "c"],
      ["c", "b"],
    ]);
  });

  test("is the deployment that failed, also one that had been live, once", () => {
    const failed = { ...rise, kind: "deployment_failure", reading: null, sha: sha("c"), deploymentId: 3 } as const;
    expect(arrivals(failed, a, deployment(3, "c", ["failure", 100]))).toEqual([["a", "c"]]);
    expect(arrivals(failed, a, deployment(3, "c", ["success", 95], ["failure", 100]))).toEqual([["a", "c"]]);
  });
});

describe("what counts", () => {
  test("is a failure by whom the policy names, at its first, and no other", () => {
    const failing = deployment(3, "c", ["failure", 7, person], ["failure", 9], ["failure", 12]);
    const by = deployment(4, "d", ["failure", 8, person]);
    expect(causesOf(deployed(failing, by), [], policy, repository, 0)).toEqual([
      {
        ...rise,
        id: "failure/3",
        kind: "deployment_failure",
        atMs: 9 * minute,
        sha: sha("c"),
        deploymentId: 3,
        reading: null,
      },
    ]);
  });

  test("is nothing of before", () => {
    expect(causesOf(deployed(deployment(3, "c", ["failure", 9])), [], policy, repository, 10 * minute)).toEqual([]);
  });

  test("is nothing where what is deployed is not known", () => {
    const unknown = {
      environments: [{ kind: "unknown", environment: "production", because: "" } as const],
      branches: [],
    };
    expect(causesOf(unknown, [], policy, repository, 0)).toEqual([]);
  });
});

describe("the words for people", () => {
  const change = { number: 12, mergeSha: sha("a"), parents: 1, baseRef: "main" };

  test("say what was measured, with its numbers", () => {
    expect(causeWords(rise)).toBe("the error rate in `production` rose from 1 % to 7 %");
  });

  test("name the first parent for a merge commit alone", () => {
    expect(revertCommands("acme/shop", change)).toContain(`git revert --no-edit ${sha("a")}`);
    expect(revertCommands("acme/shop", { ...change, parents: 2 })).toContain(
      `git revert --no-edit --mainline 1 ${sha("a")}`,
    );
  });

  test.each(["$(id)", "a;b", "-x", "a b", "`id`"])("do not hand the branch %j to a shell", (baseRef) => {
    expect(revertCommands("acme/shop", { ...change, baseRef }).join("\n")).not.toContain(baseRef);
  });
});
