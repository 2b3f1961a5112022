import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  BranchRecord,
  DeploymentFacts,
  DeploymentState,
  WorkflowRunFacts,
} from "../../../src/core/deployments/deployments.ts";
import { evidenceOf } from "../../../src/core/deployments/evidence.ts";
import type { Account } from "../../../src/core/facts.ts";
import type { Witness } from "../../../src/core/policy/schema.ts";

const repository = { id: 10, owner: "acme", name: "shop" };
const actions: Account = { id: 41898282, login: "github-actions[bot]", type: "Bot" };
const argo: Account = { id: 7, login: "acme-argocd[bot]", type: "Bot" };
const path = ".github/workflows/deploy.yml";
const workflow: Witness = { kind: "workflow", repository: null, path, ref: "refs/heads/main" };
const app: Witness = { kind: "app", slug: "acme-argocd" };
const main: BranchRecord = { ref: "refs/heads/main", isProtected: true, stood: ["aa"] };
const run: WorkflowRunFacts = {
  id: 8812,
  path,
  branch: "main",
  sha: "aa",
  event: "push",
  own: true,
  conclusion: "success",
  completedAtMs: 5,
};

const status = (state: DeploymentState, createdAtMs: number, creator: Account | null = actions) => ({
  state,
  createdAtMs,
  creator,
});
const deployment = (overrides: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  id: 1,
  environment: "staging",
  sha: "aa",
  creator: actions,
  createdAtMs: 1,
  statuses: [status("in_progress", 2), status("success", 4)],
  carriedBy: run,
  ...overrides,
});

function evidence(
  deployments: readonly DeploymentFacts[],
  more: {
    runs?: readonly WorkflowRunFacts[];
    branch?: Partial<BranchRecord>;
    deployedBy?: readonly Witness[];
    names?: readonly string[];
  } = {},
) {
  const environment = { deployments: more.names ?? ["staging"], deployedBy: more.deployedBy ?? [workflow, app] };
  return evidenceOf({ deployments, runs: more.runs ?? [] }, environment, [{ ...main, ...more.branch }], repository);
}
const proved = (...given: Parameters<typeof evidence>) => evidence(...given).happenings.filter((one) => one.proved);

describe("a deployment", () => {
  it("is proved by the job of a named workflow that carries it, from the moment the job is over", () => {
    expect(proved([deployment()])).toEqual([
      {
        kind: "went_live",
        atMs: 4,
        provedMs: 5,
        sha: "aa",
        id: 1,
        proved: true,
        by: "run 8812 of `deploy.yml` on `main`",
      },
    ]);
  });

  it.each<[string, Partial<DeploymentFacts>]>([
    ["no job carries it, though Actions made it", { carriedBy: null }],
    ["the job has another conclusion", { carriedBy: { ...run, conclusion: "failure" } }],
    ["the job goes on", { carriedBy: { ...run, conclusion: null, completedAtMs: null } }],
    ["the run is of another workflow", { carriedBy: { ...run, path: ".github/workflows/other.yml" } }],
    ["the run was on another branch", { carriedBy: { ...run, branch: "feature" } }],
    ["the run was on none", { carriedBy: { ...run, branch: null } }],
    ["the run was on a fork's commit", { carriedBy: { ...run, own: false } }],
    ["the run was for a pull request", { carriedBy: { ...run, event: "pull_request_target" } }],
    ["the run was on another commit", { carriedBy: { ...run, sha: "bb" } }],
    ["its commit never stood on the branch", { sha: "bb", carriedBy: { ...run, sha: "bb" } }],
    ["it has another environment", { environment: "Staging" }],
    ["a status has moved it there", { environment: null }],
    ["there is no success", { statuses: [status("in_progress", 2)] }],
    [
      "a person said that it succeeded",
      { statuses: [status("success", 4, { id: 1, login: "person-a", type: "User" })] },
    ],
    ["nobody known said so", { statuses: [status("success", 4, null)] }],
  ])("is not proved where %s", (_, overrides) => {
    expect(proved([deployment(overrides)])).toEqual([]);
  });

  it("is not proved where the branch has no rules, or they cannot be read, or nobody is named", () => {
    for (const isProtected of [false, null]) expect(proved([deployment()], { branch: { isProtected } })).toEqual([]);
    expect(proved([deployment()], { deployedBy: [] })).toEqual([]);
    expect(proved([deployment()], { deployedBy: [{ ...workflow, repository: "acme/infra" }] })).toEqual([]);
    expect(proved([deployment()], { deployedBy: [{ ...workflow, repository: "acme/shop" }] })).toHaveLength(1);
  });

  it("is proved by every success of a named app, and by nobody's in its place", () => {
    const byApp = { creator: argo, carriedBy: null };
    const twice = [status("success", 4, argo), status("inactive", 5, argo), status("success", 6, argo)];
    expect(proved([deployment({ ...byApp, statuses: twice })]).map(({ atMs }) => atMs)).toEqual([4, 6]);
    for (const creator of [actions, null, { ...argo, type: "User" as const }, { ...argo, login: "acme-argocd" }])
      expect(proved([deployment({ ...byApp, statuses: [status("success", 4, creator)] })])).toEqual([]);
  });

  it("counts no second success of a job, which any workflow can post in the name of Actions", () => {
    const again = deployment({ statuses: [status("success", 4), status("inactive", 6), status("success", 9)] });
    expect(proved([again]).map(({ atMs }) => atMs)).toEqual([4]);
    const told = evidence([again]).happenings.map(({ kind, atMs, proved: counts }) => [kind, atMs, counts]);
    expect(told).toEqual([
      ["went_live", 4, true],
      ["ended", 6, false],
      ["went_live", 9, false],
    ]);
  });

  it("needs no proof to speak against a change, nor a word that is known", () => {
    const person: Account = { id: 1, login: "person-a", type: "User" };
    for (const state of ["failure", "error", "unknown"] as const)
      expect(
        evidence([deployment({ carriedBy: null, statuses: [status(state, 4, person)] })]).happenings,
      ).toMatchObject([{ kind: "failed", proved: false }]);
  });
});

describe("a run without a deployment", () => {
  it("is a proof where there is no deployment at all, and its failure is one of what it deploys", () => {
    expect(proved([], { runs: [run] })).toMatchObject([{ kind: "went_live", id: 8812, atMs: 5 }]);
    expect(evidence([], { runs: [{ ...run, conclusion: "failure" }] }).happenings).toMatchObject([{ kind: "failed" }]);
    expect(proved([deployment({ carriedBy: null })], { runs: [run] })).toEqual([]);
    for (const other of [{ event: "pull_request" }, { own: false }, { branch: "feature" }, { sha: "bb" }])
      expect(proved([], { runs: [{ ...run, ...other }] })).toEqual([]);
  });
});

it("property: the order in which GitHub gives deployments and statuses says nothing", () => {
  const states = fc.constantFrom<DeploymentState>("success", "failure", "inactive", "in_progress", "unknown");
  const some = fc
    .array(fc.tuple(states, fc.nat({ max: 9 }), fc.constantFrom(actions, argo, null)), { maxLength: 5 })
    .map((all) => all.map(([state, atMs, by]) => status(state, atMs, by)));
  const made = fc
    .uniqueArray(fc.tuple(fc.nat({ max: 9 }), some, fc.boolean()), { maxLength: 4, selector: ([id]) => id })
    .map((all) => all.map(([id, statuses, carried]) => deployment({ id, statuses, carriedBy: carried ? run : null })));
  const shuffled = made.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.boolean()),
  );
  fc.assert(
    fc.property(shuffled, ([all, other, turned]) => {
      const turn = other.map((one) => (turned ? { ...one, statuses: one.statuses.toReversed() } : one));
      expect(evidence(turn).happenings).toEqual(evidence(all).happenings);
    }),
  );
});
