import { describe, expect, test } from "vitest";
import type { ReceivedEvidence, Witnessed } from "../../../src/core/evidence/evidence.ts";
import { isOfBase, type Judged, trustIn } from "../../../src/core/evidence/trust.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { PinnedWorkflow } from "../../../src/core/policy/schema.ts";

const head = "a".repeat(40);
const mergeBase = "b".repeat(40);
const pinned: readonly PinnedWorkflow[] = [
  { repository: "acme/ci", path: ".github/workflows/plan.yml", ref: "refs/heads/main" },
  { repository: null, path: ".github/workflows/own.yml", ref: "refs/heads/main" },
  { repository: null, path: ".github/workflows/own.yml", ref: "refs/heads/other" },
  { repository: null, path: ".github/workflows/own.yml", ref: "refs/tags/v1" },
  { repository: null, path: ".github/workflows/own.yml", ref: "c".repeat(40) },
];
const { change } = parseExample(`
  M main.tf
  - a
  + b`);
const judged: Judged = {
  subject: { kind: "pull_request", installationId: 1, repository: { id: 7, owner: "Acme", name: "shop" }, number: 1 },
  base: { ref: "main", sha: mergeBase, isDefault: true },
  head: { sha: head, fromFork: false },
  change,
  landing: null,
};
const source: Witnessed = {
  kind: "workflow",
  repositoryId: 7,
  runId: 88,
  runAttempt: 1,
  event: "pull_request",
  workflowRef: "acme/shop/.github/workflows/ci.yml@refs/pull/1/merge",
  jobWorkflowRef: "acme/ci/.github/workflows/plan.yml@refs/heads/main",
  baseRef: "main",
  actorId: 5,
};
function evidence(over: Partial<Witnessed> = {}, of: Partial<ReceivedEvidence> = {}): ReceivedEvidence {
  return {
    id: "e",
    headSha: head,
    receivedAtMs: 1,
    source: { ...source, ...over },
    root: "",
    workspace: "",
    state: { lineage: null, serial: null, backend: null },
    sha256: "d".repeat(64),
    brought: { kind: "findings", report: { tools: [], results: [], unplaced: 0 } },
    ...of,
  };
}
const own = (ref: string): Partial<Witnessed> => ({ jobWorkflowRef: `acme/shop/.github/workflows/own.yml@${ref}` });
const editing = (path: string, status: "A" | "M" = "A"): Judged => ({
  ...judged,
  change: parseExample(`
    ${status} ${path}
    + a`).change,
});

describe("evidence is the word of a pinned workflow", () => {
  test.each([
    ["of another repository, for a pull request onto the same base", {}],
    ["for a push", { event: "push", baseRef: null, workflowRef: "acme/shop/.github/workflows/ci.yml@refs/heads/x" }],
    ["of the repository itself, as the base has it", own("refs/heads/main")],
    ["of the repository itself, at a commit that the policy names", own("c".repeat(40))],
    [
      "whatever the case of the repository's name",
      { jobWorkflowRef: "ACME/CI/.github/workflows/plan.yml@refs/heads/main" },
    ],
  ] as const)("%s", (_, over) => {
    expect(trustIn(evidence(over), pinned, judged)).toEqual({ kind: "trusted" });
  });

  test.each<readonly [string, Partial<Witnessed>, string]>([
    ["of another workflow", { jobWorkflowRef: "acme/ci/.github/workflows/else.yml@refs/heads/main" }, "does not name"],
    [
      "of a name in another case",
      { jobWorkflowRef: "acme/ci/.github/workflows/Plan.yml@refs/heads/main" },
      "does not name",
    ],
    ["on another branch", { jobWorkflowRef: "acme/ci/.github/workflows/plan.yml@refs/heads/evil" }, "does not name"],
    ["of a fork of it", { jobWorkflowRef: "evil/ci/.github/workflows/plan.yml@refs/heads/main" }, "does not name"],
    ["that has no name", { jobWorkflowRef: "plan.yml" }, "does not name its workflow"],
    ["of the merge of the pull request", own("refs/pull/1/merge"), "does not name"],
    ["of another branch of the repository, though it is named", own("refs/heads/other"), "where it would land"],
    ["of a tag of the repository, which anybody may move", own("refs/tags/v1"), "where it would land"],
    ["of a run in another repository", { repositoryId: 8 }, "another repository"],
    [
      "called from another repository",
      { workflowRef: "evil/shop/.github/workflows/ci.yml@refs/heads/main" },
      "another repository",
    ],
    ["onto a base of that moment that was another one", { baseRef: "decoy" }, "another base"],
    ["started by hand", { event: "workflow_dispatch" }, "whoever starts it"],
    ["started through the API", { event: "repository_dispatch" }, "whoever starts it"],
    ["for an event that is not known", { event: "new_event" }, "whoever starts it"],
  ])("but not %s", (_, over, because) => {
    expect(trustIn(evidence(over), pinned, judged)).toEqual({
      kind: "untrusted",
      because: expect.stringContaining(because) as string,
    });
  });

  test.each([
    ".github/workflows/ci.yml",
    ".github/workflows/between.yaml",
    ".github/actions/plan/action.yml",
    ".GitHub/Workflows/ci.yml",
  ])("but not where the change edits %s, which may have decided what was planned", (path) => {
    expect(trustIn(evidence(), pinned, editing(path)).kind).toBe("untrusted");
    expect(trustIn(evidence(), pinned, { ...judged, landing: editing(path).change }).kind).toBe("untrusted");
  });

  test("but not for another commit, and not where nobody is named", () => {
    expect(trustIn(evidence({}, { headSha: mergeBase }), pinned, judged).kind).toBe("untrusted");
    expect(trustIn(evidence(), [], judged).kind).toBe("untrusted");
  });
});

describe("a report is about what the base had", () => {
  const ofBase = { ...judged, mergeBaseSha: mergeBase };
  const push: Partial<Witnessed> = {
    event: "push",
    baseRef: null,
    workflowRef: "acme/shop/.github/workflows/ci.yml@refs/heads/main",
  };
  test("where a pinned workflow made it for a push of that commit to the base", () => {
    expect(isOfBase(evidence(push, { headSha: mergeBase }), pinned, ofBase)).toBe(true);
    expect(isOfBase(evidence({ ...push, ...own("refs/heads/main") }, { headSha: mergeBase }), pinned, ofBase)).toBe(
      true,
    );
  });

  test.each<readonly [string, Partial<Witnessed>]>([
    ["a workflow that nobody names", { jobWorkflowRef: "acme/shop/.github/workflows/ci.yml@refs/heads/main" }],
    ["another branch at the same commit", { workflowRef: "acme/shop/.github/workflows/ci.yml@refs/heads/evil" }],
    ["another event", { event: "workflow_dispatch" }],
    ["another branch's workflow", own("refs/heads/other")],
    ["another repository", { repositoryId: 8 }],
  ])("but not of %s", (_, over) => {
    expect(isOfBase(evidence({ ...push, ...over }, { headSha: mergeBase }), pinned, ofBase)).toBe(false);
  });

  test("and not of another commit", () => {
    expect(isOfBase(evidence(push), pinned, ofBase)).toBe(false);
  });
});
