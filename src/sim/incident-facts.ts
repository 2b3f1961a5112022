import { nothingWritten } from "../core/facts-written.ts";
import { type Halt, nothingDecided } from "../core/decisions/decision.ts";
import { createHash } from "node:crypto";
import { changeSet, differences, type Tree, type TreeEntry } from "../core/change/build.ts";
import type { Content } from "../core/change/change-set.ts";
import { pastNotAsked } from "../core/past/past.ts";
import type { ReceivedEvidence } from "../core/evidence/evidence.ts";
import { readEvidence } from "../core/evidence/read.ts";
import type { Account, Facts, ReviewFacts } from "../core/facts.ts";
import { ofBranch, policyPaths } from "../core/policy/places.ts";
import { type PolicySource, readPolicies } from "../core/policy/reading.ts";
import { contextPaths, contextRead } from "../core/reach/context.ts";
import { deploymentsWanted } from "../core/deployments/wanted.ts";
import { rules } from "../core/rules/index.ts";
import { deploymentsOf, stagingRuns } from "./incident-deployments.ts";
import type { Incident, Incidents } from "./incidents.ts";

const headSha = "a".repeat(40);
const baseSha = "b".repeat(40);
const formerSha = "c".repeat(40);
const policySha = "5".repeat(40);

/** Long enough for whatever bakes: staging has run what the incidents begin with for so long. */
const settledMs = 3 * 86_400_000;

const openers: Readonly<Record<Incident["agent"], Account>> = {
  claude: { id: 209825114, login: "claude[bot]", type: "Bot" },
  copilot: { id: 198982749, login: "Copilot", type: "Bot" },
  codex: { id: 51, login: "person-a", type: "User" },
};

/** What the server would collect about the pull request of an incident, without a GitHub: for golden files and measurements. */
export function factsOfIncident(
  incident: Incident,
  base: Incidents["base"],
  number = 7,
): { readonly facts: Facts; readonly policies: readonly PolicySource[] } {
  const onMain = new Map([...base, ...incident.twin]);
  const head = new Map([...onMain, ...incident.files]);
  for (const path of incident.removed) head.delete(path);
  const [former, before, after] = [treeOf(base), treeOf(onMain), treeOf(head)];
  const policies = ofBranch.map((scope): PolicySource => {
    const text = onMain.get(policyPaths[scope]) ?? "";
    const at = `acme/infra@${policySha}:${policyPaths[scope]}`;
    return { scope, at, content: { kind: "text", text }, former: null };
  });
  const paths = differences(before.tree, after.tree).map(({ path }) => path);
  const { policy } = readPolicies(policies, rules);
  const context = contextPaths(after.tree, paths, policy);
  const contentOf = ({ sha }: TreeEntry): Content => ({
    kind: "text",
    text: before.texts.get(sha) ?? after.texts.get(sha) ?? former.texts.get(sha) ?? "",
  });
  const deployedAtMs = incident.deployed_at === null ? null : Date.parse(incident.deployed_at);
  const live = stagingRuns(
    { sha: formerSha, tree: former.tree, deployedAtMs: Date.parse(incident.at) - settledMs },
    { sha: baseSha, tree: before.tree, deployedAtMs },
  );
  const change = changeSet(
    before.tree,
    after.tree,
    contextRead(context, { base: before.tree, head: after.tree }, contentOf),
    contentOf,
  );
  const facts: Facts = {
    subject: {
      kind: "pull_request",
      installationId: 1,
      repository: { id: 10, owner: "acme", name: "infra" },
      number,
    },
    base: { ref: "main", sha: baseSha, isDefault: true },
    head: { sha: headSha, fromFork: false },
    mergeBaseSha: baseSha,
    change,
    landing: null,
    past: pastNotAsked,
    ...opened(incident),
    reviews: incident.approved_by.map((login, index) => approval(accountOf(login), index)),
    people: incident.approved_by.map((login) => ({ account: accountOf(login), permission: "write" })),
    teams: [],
    administrators: null,
    writers: null,
    gaps: context.gaps,
    posture: null,
    publications: [],
    readings: [],
    appearances: [],
    signals: [],
    evidence: evidenceOf(incident),
    plansBefore: [],
    decided: { ...nothingDecided, halts: haltsOf(incident) },
    written: nothingWritten,
    updateMerges: [],
    codeOwners: { kind: "absent" },
    deployments: deploymentsOf(live, deploymentsWanted(paths, policy, "main"), contentOf),
    unknowable: [],
  };
  return { facts, policies };
}

/** As a run of the workflow that the policy of the incidents pins brings it. */
function evidenceOf({ id, plan, planJson }: Incident): readonly ReceivedEvidence[] {
  if (plan === null && planJson === null) return [];
  if (plan === null || planJson === null)
    throw new Error(`${id} has a plan without saying of what, or says of what and has none`);
  const read = readEvidence("plan", planJson);
  if (read.kind === "unreadable") throw new Error(`The plan of ${id} cannot be read: ${read.because}`);
  const workflow = "acme/infra/.github/workflows/plan.yml@refs/heads/main";
  const source = {
    kind: "workflow",
    repositoryId: 10,
    runId: 1,
    runAttempt: 1,
    event: "pull_request",
    workflowRef: workflow,
    jobWorkflowRef: workflow,
    baseRef: "main",
    actorId: 51,
  } as const;
  return [
    {
      id: "plan",
      headSha,
      receivedAtMs: Date.parse(plan.at),
      source,
      root: plan.root,
      workspace: plan.workspace,
      state: { lineage: null, serial: null, backend: null },
      sha256: createHash("sha256").update(planJson).digest("hex"),
      brought: read.brought,
    },
  ];
}

function accountOf(login: string): Account {
  return { id: 51 + login.charCodeAt(login.length - 1) - "a".charCodeAt(0), login, type: "User" };
}

/** After the one report that is taken to have been published at the beginning. */
function approval(account: Account, index: number): ReviewFacts {
  return { id: index + 1, account, state: "APPROVED", commitSha: headSha, submittedAtMs: 3_600_000, dismissal: null };
}

function haltsOf({ halted, at }: Incident): readonly Halt[] {
  if (halted === null) return [];
  const by = { kind: "operator", name: "person-d" } as const;
  const scope = { kind: "installation", installationId: 1 } as const;
  return [{ kind: "halt", id: "halt-1", by, atMs: Date.parse(at) - 60_000, reason: halted, scope, stops: "agents" }];
}

function opened(incident: Incident): Pick<Facts, "pullRequest" | "commits"> {
  const author = openers[incident.agent];
  const email = `${author.id}+${author.login}@users.noreply.github.com`;
  const signature = { name: author.login, email, account: author };
  return {
    pullRequest: {
      title: incident.title,
      body: incident.body,
      author,
      draft: false,
      open: true,
      headRef: incident.agent === "codex" ? "codex/pool" : `${incident.agent}/change`,
      labels: [],
      assigneesAtOpening: [],
      workStartedBy: [],
      prompts: [],
      workflowActs: [],
      lastPusher: author,
      autoMergeArmedBy: incident.armed ? author : null,
      openedAtMs: 0,
      retargetedAtMs: null,
    },
    commits: [
      {
        sha: headSha,
        parents: [baseSha],
        author: signature,
        committer: signature,
        message: `${incident.title}\n\nCo-authored-by: person-a <51+person-a@users.noreply.github.com>\n`,
        verified: false,
        signatureKey: null,
      },
    ],
  };
}

function treeOf(files: ReadonlyMap<string, string>): {
  readonly tree: Tree;
  readonly texts: ReadonlyMap<string, string>;
} {
  const texts = new Map<string, string>();
  const tree = new Map<string, TreeEntry>();
  for (const [path, text] of files) {
    const sha = createHash("sha1")
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest("hex");
    texts.set(sha, text);
    tree.set(path, { mode: "100644", sha });
  }
  return { tree, texts };
}
