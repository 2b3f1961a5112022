import { nothingWritten } from "../../src/core/facts-written.ts";
import { nothingDecided } from "../../src/core/decisions/decision.ts";
import { pastNotAsked } from "../../src/core/past/past.ts";
import type { ChangedFile, ChangeSet, Status } from "../../src/core/change/change-set.ts";
import type {
  Account,
  CommitFacts,
  Facts,
  PublishedReport,
  PullRequestFacts,
  ReviewFacts,
} from "../../src/core/facts.ts";

export const headSha = "a".repeat(40);
export const baseSha = "b".repeat(40);

export function person(id: number, login = `person-${id}`): Account {
  return { id, login, type: "User" };
}

export const claude: Account = { id: 209825114, login: "claude[bot]", type: "Bot" };

/** One file of a change; null stands for a side that does not exist. */
export function file(path: string, before: string | null, after: string | null): ChangedFile {
  const status: Status =
    before === null ? "added" : after === null ? "removed" : before === after ? "unchanged" : "modified";
  const version = (text: string | null, side: string): ChangedFile["before"] =>
    text === null ? null : { mode: "100644", sha: `${side}:${path}:${text.length}`, content: { kind: "text", text } };
  return { path, status, before: version(before, "before"), after: version(after, "after") };
}

export function changeOf(...files: readonly ChangedFile[]): ChangeSet {
  return { files };
}

export function commit(overrides: Partial<CommitFacts> = {}): CommitFacts {
  const signature = { name: "claude[bot]", email: "209825114+claude[bot]@users.noreply.github.com", account: claude };
  return {
    sha: headSha,
    parents: [baseSha],
    author: signature,
    committer: signature,
    message: "Change something\n",
    verified: false,
    signatureKey: null,
    ...overrides,
  };
}

let reviews = 0;
export function review(account: Account | null, overrides: Partial<ReviewFacts> = {}): ReviewFacts {
  reviews += 1;
  return {
    id: reviews,
    account,
    state: "APPROVED",
    commitSha: headSha,
    submittedAtMs: reviews * 1000,
    dismissal: null,
    ...overrides,
  };
}

/** A report on the head that found nothing, long before anybody reviewed. */
export function report(overrides: Partial<PublishedReport> = {}): PublishedReport {
  return {
    headSha,
    baseRef: "main",
    findings: [],
    gaps: [],
    budgets: [],
    bakes: [],
    agents: [],
    invokers: [],
    patch: "the patch",
    plan: null,
    publishedAtMs: -86_400_000,
    ...overrides,
  };
}

export function writers(...accounts: readonly Account[]): Facts["people"] {
  return accounts.map((account) => ({ account, permission: "write" as const }));
}

export function pullRequest(overrides: Partial<PullRequestFacts> = {}): PullRequestFacts {
  return {
    title: "Change something",
    body: "",
    author: claude,
    draft: false,
    open: true,
    headRef: "claude/change",
    labels: [],
    assigneesAtOpening: [],
    workStartedBy: [],
    prompts: [],
    workflowActs: [],
    lastPusher: claude,
    autoMergeArmedBy: null,
    openedAtMs: 0,
    retargetedAtMs: null,
    ...overrides,
  };
}

/** Facts of an agent's pull request that changes nothing; every part can be replaced. */
export function factsOf(overrides: Partial<Facts> = {}): Facts {
  return {
    subject: {
      kind: "pull_request",
      installationId: 1,
      repository: { id: 10, owner: "acme", name: "infra" },
      number: 7,
    },
    base: { ref: "main", sha: baseSha, isDefault: true },
    head: { sha: headSha, fromFork: false },
    mergeBaseSha: baseSha,
    change: changeOf(),
    landing: null,
    past: pastNotAsked,
    pullRequest: pullRequest(),
    commits: [commit()],
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
    unknowable: [],
    posture: null,
    ...overrides,
  };
}
