import { nothingWritten } from "../../../src/core/facts-written.ts";
import { nothingDecided } from "../../../src/core/decisions/decision.ts";
import type { Account, CommitFacts, Facts, PullRequestFacts, Signature } from "../../../src/core/facts.ts";
import type { Policy } from "../../../src/core/policy/schema.ts";

export const personA: Account = { id: 1001, login: "person-a", type: "User" };
export const personB: Account = { id: 1002, login: "person-b", type: "User" };
export const claudeApp: Account = { id: 209825114, login: "claude[bot]", type: "Bot" };
export const renovate: Account = { id: 29139614, login: "renovate[bot]", type: "Bot" };
export const github: Signature = {
  name: "GitHub",
  email: "noreply@github.com",
  account: { id: 19864447, login: "web-flow", type: "User" },
};

export const noLists: Pick<Policy, "agents"> = { agents: { also: [], automation: [], machines: [] } };

export function lists(given: Partial<Policy["agents"]>): Pick<Policy, "agents"> {
  return { agents: { ...noLists.agents, ...given } };
}

/** A signature as GitHub's noreply mailboxes write it. */
export function signed(account: Account, name = account.login): Signature {
  return { name, email: `${account.id}+${account.login}@users.noreply.github.com`, account };
}

export function commit(given: Partial<CommitFacts> = {}): CommitFacts {
  return {
    sha: "9f1c2ab000000000000000000000000000000000",
    parents: ["41d07be000000000000000000000000000000000"],
    author: signed(personA),
    committer: signed(personA),
    message: "Give search more memory",
    verified: false,
    signatureKey: null,
    ...given,
  };
}

export function facts(
  given: {
    readonly pullRequest?: Partial<PullRequestFacts>;
    readonly commits?: readonly CommitFacts[];
    readonly unknowable?: readonly string[];
  } = {},
): Facts {
  return {
    subject: {
      kind: "pull_request",
      installationId: 1,
      repository: { id: 7, owner: "acme", name: "infra" },
      number: 412,
    },
    base: { ref: "main", sha: "41d07be000000000000000000000000000000000", isDefault: true },
    head: { sha: "9f1c2ab000000000000000000000000000000000", fromFork: false },
    mergeBaseSha: "41d07be000000000000000000000000000000000",
    change: { files: [] },
    landing: null,
    past: { kind: "not_asked" },
    pullRequest: {
      title: "Give search more memory",
      body: "",
      author: personA,
      draft: false,
      open: true,
      headRef: "more-memory",
      labels: [],
      assigneesAtOpening: [],
      workStartedBy: [],
      prompts: [],
      workflowActs: [],
      lastPusher: personA,
      autoMergeArmedBy: null,
      openedAtMs: 0,
      retargetedAtMs: null,
      ...given.pullRequest,
    },
    commits: given.commits ?? [commit()],
    reviews: [],
    people: [],
    teams: [],
    administrators: null,
    writers: null,
    deployments: null,
    gaps: [],
    publications: [],
    readings: [],
    appearances: [],
    signals: [],
    evidence: [],
    plansBefore: [],
    decided: nothingDecided,
    written: nothingWritten,
    updateMerges: [],
    codeOwners: { kind: "absent" },
    unknowable: given.unknowable ?? [],
    posture: null,
  };
}
