import {
  notAsked,
  type Evaluation,
  type Finding,
  type InvariantResult,
  type JudgedGap,
  type Overriding,
  type Requirement,
} from "../../../src/core/evaluate/evaluation.ts";
import { type InvariantId, invariantIds } from "../../../src/core/invariants.ts";
import type { Provenance } from "../../../src/core/provenance/provenance.ts";
import { hostilePlan, reviewed } from "./terraform-plans.ts";

export const site = "https://github.com";
const headSha = "9f1c2ab0d4f6b8a1c3e5f7092b4d6f8a1c3e5b7c";
const baseSha = "41d07be5b0c7d1e4a9f2c6d8e1f3a5b7c9d0e2f4";

export const byClaude: Provenance = {
  author: "agent",
  agents: ["claude-code-action"],
  signals: [{ agent: "claude-code-action", kind: "opener", trust: "attested", evidence: "claude[bot] (id 209825114)" }],
  invokers: [{ login: "person-a", id: 1001, trust: "claimed", evidence: "co-author trailer of 9f1c2ab" }],
  invokerKnown: false,
};

export const unmarked: Provenance = { author: "unmarked", agents: [], signals: [], invokers: [], invokerKnown: false };

export function results(
  given: Partial<Record<InvariantId, Omit<InvariantResult, "invariant">>>,
): readonly InvariantResult[] {
  return invariantIds.map((invariant) => {
    const off = invariant === "outside-allowlist-needs-opt-in";
    return given[invariant] === undefined
      ? { invariant, level: off ? "off" : "block", result: off ? "off" : "pass", findings: [] }
      : { invariant, ...given[invariant] };
  });
}

export function finding(given: Partial<Finding> = {}): Finding {
  return {
    id: "k8s-memory-over-capacity:3b9a6c",
    rule: "k8s-memory-over-capacity",
    invariant: "values-stay-in-bounds",
    level: "block",
    severity: "high",
    confidence: "high",
    message: "Memory of `search` 512Mi → 2Gi on 8 pods: pool `general` would be at 37 of 32Gi",
    why: "A memory limit is a promise made once per pod. When the promises exceed the pool and are used, the kubelet evicts pods of other services.",
    remedy: "Set 768Mi now and find what grows, or ask for capacity in a pull request of a person.",
    place: {
      path: "k8s/staging/search/deployment.yaml",
      side: "head",
      line: 38,
      column: 21,
      endLine: 38,
      endColumn: 24,
    },
    object: "Deployment/search/search",
    pointer: "/spec/template/spec/containers/0/resources/limits/memory",
    before: "512Mi",
    after: "2Gi",
    bounds: null,
    workings: null,
    boundsFrom: [],
    passes: null,
    fix: null,
    clearedBy: "author",
    reviewers: [],
    waived: null,
    overridden: null,
    ...given,
  };
}

export function approvals(given: Partial<Requirement> = {}): Requirement {
  return {
    id: "approvals:high",
    kind: "approvals",
    what: "2 approvals (high risk)",
    from: "anyone with write access",
    now: "0 of 2",
    actor: "people",
    state: { kind: "missing" },
    need: 2,
    have: 0,
    counted: [],
    excluded: [{ login: "person-a", because: "started the agent", countsFromMs: null }],
    ...notAsked,
    ...given,
  };
}

export function gap(given: Partial<JudgedGap> = {}): JudgedGap {
  return {
    id: "unreadable:k8s/api.yaml",
    level: "hold",
    path: "k8s/api.yaml",
    side: "head",
    line: null,
    reason: "what `k8s/api.yaml` holds: a line of 10 MB",
    remedy: "Commit the file in a form that can be read.",
    overridden: null,
    ...given,
  };
}

/** An allowed change of an agent; the other evaluations say what differs. */
export function evaluation(given: Partial<Evaluation> = {}): Evaluation {
  return {
    subject: {
      kind: "pull_request",
      installationId: 1,
      repository: { id: 7, owner: "acme", name: "infra" },
      number: 412,
    },
    baseRef: "main",
    baseIsDefault: true,
    baseSha,
    headSha,
    mergeBaseSha: baseSha,
    evaluatedAtMs: 1_770_806_527_000,
    policy: {
      sources: [`acme/infra@${baseSha}:.github/sallyport.yml`],
      digest: "sha256:5e1f09c2",
      mode: "enforce",
      standIns: [],
    },
    policyChange: null,
    verdict: "allow",
    risk: { tier: "elevated", because: ["environment staging"] },
    provenance: byClaude,
    appeared: [],
    reach: [
      {
        path: "k8s/staging/search/deployment.yaml",
        targets: [
          {
            environment: "staging",
            service: "search",
            chain: [{ path: "k8s/staging/search/deployment.yaml", line: null, note: "" }],
          },
        ],
        services: ["search"],
        unresolved: false,
      },
    ],
    kinds: [],
    areas: [],
    plan: { declared: { kind: "none" }, before: null, template: null },
    terraformPlans: [],
    plansAccepted: [],
    invariants: results({}),
    findings: [],
    gaps: [],
    bakes: [],
    overriding: [],
    brokenGlass: [],
    requirements: [],
    shortages: [],
    restore: null,
    spending: null,
    next: { actor: "nobody", action: "merge", do: "Nothing is missing.", atMs: null },
    nextLookMs: null,
    patch: "0".repeat(64),
    readings: [],
    files: { changed: 1, additions: 1, deletions: 1 },
    title: "Give search more memory",
    timezone: "Europe/Berlin",
    unknowable: [],
    conduct: null,
    signposts: null,
    posture: null,
    version: "0.1.0",
    zoneData: "2026a",
    ...given,
  };
}

/** Memory beyond three bounds, with the largest value that passes. */
const memory = finding({
  bounds: {
    title: "Bounds",
    columns: ["Bound", "Before", "After", "Allowed", ""],
    rows: [
      ["Growth of the limit", "512Mi", "2Gi (+300 %)", "+50 % = 768Mi", "asks people"],
      ["Limit of one pod", "512Mi", "2Gi", "1Gi", "blocks, 1Gi over"],
      ["All pods of `search`", "8 × 512Mi = 4Gi", "8 × 2Gi = 16Gi", "", "+12Gi"],
      ["Node pool `general`", "25Gi", "37Gi", "32Gi", "blocks, 5Gi over"],
    ],
  },
  workings: {
    title: "How the pool figure comes about: 14 workloads, 25Gi → 37Gi",
    columns: ["Workload", "Replicas", "Limit", "Sum"],
    rows: [
      ["`search` (this change)", "8", "512Mi → 2Gi", "4Gi → 16Gi"],
      ["`payment`", "6", "1Gi", "6Gi"],
      ["`notifications`", "6", "512Mi", "3Gi"],
      ["11 others", "24", "", "12Gi"],
    ],
  },
  boundsFrom: [
    { key: "limits.kubernetes.memory_per_pod", value: "1Gi" },
    { key: "capacity.general.memory", value: "32Gi" },
  ],
  passes: {
    clean: "768Mi",
    withApprovals: "1Gi",
    because: "512Mi + 50 % = 768Mi; one pod may have 1Gi",
  },
  fix: {
    edits: [
      {
        path: "k8s/staging/search/deployment.yaml",
        start: { line: 38, column: 21 },
        end: { line: 38, column: 24 },
        text: "768Mi",
      },
    ],
    patch: [
      "--- a/k8s/staging/search/deployment.yaml",
      "+++ b/k8s/staging/search/deployment.yaml",
      "@@ -38 +38 @@",
      "-            memory: 2Gi",
      "+            memory: 768Mi",
      "",
    ].join("\n"),
    after: { verdict: "hold", clears: ["k8s-memory-over-capacity:3b9a6c"], adds: [] },
  },
});

const pushPatch = { actor: "agent", action: "push", atMs: null } as const;

/** A value that does not fit, with a patch. */
export const i03 = evaluation({
  verdict: "block",
  risk: { tier: "high", because: ["finding k8s-memory-over-capacity"] },
  findings: [memory],
  invariants: results({ "values-stay-in-bounds": { level: "block", result: "fail", findings: [memory.id] } }),
  requirements: [approvals()],
  next: { ...pushPatch, do: "Apply the patch of k8s-memory-over-capacity:3b9a6c and push to the same branch." },
});

const together = finding({
  id: "reaches-production-with-staging:91d2e0",
  rule: "reaches-production-with-staging",
  invariant: "production-is-unchanged",
  level: "review",
  severity: "medium",
  message: "`terraform/modules/shared` is used by staging and production: one merge reaches both",
  why: "Whoever applies after this merge applies to both. A staging run cannot catch what production gets at the same moment.",
  remedy:
    "Give the module a switch and turn it on in staging only; production follows in a second pull request, after 24 h.",
  place: { path: "terraform/modules/shared/database.tf", side: "head", line: 41, endLine: 51 },
  object: "aws_dynamodb_table.users",
  pointer: null,
  before: undefined,
  after: undefined,
  reviewers: ["@acme/dba"],
});

const database = { path: "terraform/modules/shared/database.tf", line: 41, note: "aws_dynamodb_table.users" };
const call = (environment: string, line: number) => ({
  environment,
  service: null,
  chain: [
    database,
    { path: `terraform/${environment}/main.tf`, line, note: 'module "shared" { source = "../modules/shared" }' },
  ],
});

/** Production reached through a shared module: people decide, a gap stands beside it. */
export const i05 = evaluation({
  verdict: "hold",
  risk: { tier: "high", because: ["area database", "environment production"] },
  findings: [together],
  gaps: [
    gap({
      id: "plan-missing:terraform/production",
      path: "terraform/production/main.tf",
      line: 14,
      reason: "what Terraform would do in `terraform/production`: no plan for this head",
      remedy: "Let the plan workflow run; an approval of the area's team accepts the gap.",
    }),
  ],
  areas: [{ area: "database", because: ["resource type `aws_dynamodb_table`", "path `**/database.tf`"] }],
  kinds: [
    {
      kind: "database",
      path: database.path,
      side: "head",
      line: 41,
      because: "adds an index to `aws_dynamodb_table.users`",
    },
  ],
  reach: [
    { path: database.path, targets: [call("production", 14), call("staging", 12)], services: [], unresolved: false },
  ],
  invariants: results({ "production-is-unchanged": { level: "review", result: "asks", findings: [together.id] } }),
  requirements: [
    approvals({
      id: "approvals:area:database",
      what: "2 approvals for the database",
      from: "@acme/dba",
      excluded: [
        { login: "person-a", because: "started the agent", countsFromMs: null },
        { login: "claude[bot]", because: "an agent", countsFromMs: null },
      ],
    }),
  ],
  next: { ...pushPatch, do: "Give the module a switch and turn it on in staging only. Or people approve it as it is." },
  title: "Add index to improve query performance on users table",
  nextLookMs: 1_771_855_620_000,
});

const eager = finding({
  id: "k8s-liveness-too-eager:7c1e52",
  rule: "k8s-liveness-too-eager",
  message: "A liveness probe that kills after 1 failure in 5 s: one lost packet restarts every pod at once",
  why: "All pods share the network. A blip fails every probe in the same 5 seconds, so all pods restart together.",
  remedy: "Let the probe fail at least 3 times over at least 30 s before it kills.",
  place: {
    path: "k8s/base/notifications/deployment.yaml",
    side: "head",
    line: 52,
    column: 13,
    endLine: 58,
    endColumn: 31,
  },
  object: "Deployment/notifications/notifications",
  pointer: "/spec/template/spec/containers/0/livenessProbe",
  before: null,
  after: 1,
  passes: {
    clean: 3,
    withApprovals: null,
    because: "limits.kubernetes.liveness_failure_threshold",
    atLeast: true,
  },
});

const kustomized = (environment: string) => ({
  environment,
  service: "notifications",
  chain: [
    { path: "k8s/base/notifications/deployment.yaml", line: 52, note: "Deployment/notifications" },
    { path: `k8s/${environment}/notifications/kustomization.yaml`, line: 3, note: "../../base/notifications" },
  ],
});

/** Two findings on one file that staging and production share. */
export const i04 = evaluation({
  verdict: "block",
  risk: { tier: "high", because: ["environment production", "finding k8s-liveness-too-eager"] },
  findings: [{ ...together, id: "reaches-production-with-staging:c90a11", place: eager.place, object: null }, eager],
  reach: [
    {
      path: "k8s/base/notifications/deployment.yaml",
      targets: [kustomized("production"), kustomized("staging")],
      services: ["notifications"],
      unresolved: false,
    },
  ],
  invariants: results({
    "values-stay-in-bounds": { level: "block", result: "fail", findings: [eager.id] },
    "production-is-unchanged": {
      level: "review",
      result: "asks",
      findings: ["reaches-production-with-staging:c90a11"],
    },
  }),
  requirements: [approvals()],
  next: { ...pushPatch, do: eager.remedy },
});

const widened = finding({
  id: "k8s-rbac-widened:7d20e1",
  rule: "k8s-rbac-widened",
  invariant: "permissions-do-not-increase",
  message:
    "newly allowed to `ServiceAccount shop/shop`: `get, list` on `secrets` in namespace `shop` (may read secrets)",
  why: "Whoever runs a pod under the account has its permissions. Some of them, such as reading secrets or running programs in other pods, lead to all the others.",
  remedy: "Name the verbs, the resources and the names that are needed, in one namespace, for an account of its own.",
  place: { path: "k8s/production/shop/rbac.yaml", side: "head", line: 6, column: 5, endLine: 8, endColumn: 23 },
  object: "Role/shop/shop",
  pointer: "/rules/0",
  before: null,
  after: null,
});

/** A role that comes to read secrets. */
export const permitted = evaluation({
  verdict: "block",
  risk: { tier: "high", because: ["finding k8s-rbac-widened"] },
  findings: [widened],
  reach: [
    {
      path: "k8s/production/shop/rbac.yaml",
      targets: [],
      services: ["shop"],
      unresolved: false,
    },
  ],
  invariants: results({ "permissions-do-not-increase": { level: "block", result: "fail", findings: [widened.id] } }),
  requirements: [approvals()],
  next: { ...pushPatch, do: widened.remedy },
});

const widenedIam = finding({
  id: "iam-permission-added:5d20f1",
  rule: "iam-permission-added",
  invariant: "permissions-do-not-increase",
  message:
    "role `aws_iam_role.ci` newly allowed: `sts:AssumeRoleWithWebIdentity` (write) for `arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com`, " +
    "as where `token.actions.githubusercontent.com:sub is absent`; no condition on `sub`: every repository of GitHub can take it",
  why: "Whoever takes over what holds a permission has it too, and nobody takes back permissions that are never used.",
  remedy:
    "Name the actions and resources that are needed, and the principals; let somebody who owns the account confirm them.",
  place: { path: "terraform/production/ci.tf", side: "head", line: 12 },
  object: null,
  pointer: null,
  before: null,
  after: null,
  passes: null,
});

/** A role of a pipeline that loses the condition on who may take it. */
export const widenedRole = evaluation({
  verdict: "block",
  risk: { tier: "high", because: ["finding iam-permission-added"] },
  findings: [widenedIam],
  reach: [{ path: "terraform/production/ci.tf", targets: [], services: [], unresolved: false }],
  invariants: results({ "permissions-do-not-increase": { level: "block", result: "fail", findings: [widenedIam.id] } }),
  requirements: [approvals()],
  next: { ...pushPatch, do: widenedIam.remedy },
});

/** A change without marks that nothing speaks against. */
export const allowed = evaluation({
  provenance: unmarked,
  risk: { tier: "low", because: [] },
  reach: [{ path: "docs/runbook.md", targets: [], services: [], unresolved: false }],
  title: "Correct the runbook",
});

/** The policy on the base branch cannot be read. */
export const unreadablePolicy = evaluation({
  verdict: "block",
  requirements: [
    {
      id: "policy",
      kind: "policy",
      what: "A policy that can be read",
      from: "whoever may edit it on its branch",
      now: '.github/sallyport.yml:12:3: unknown invariant "no-secret"; did you mean "no-secrets"?',
      actor: "operator",
      state: { kind: "failed" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
  ],
  next: {
    actor: "operator",
    action: "repair_policy",
    do: "Repair the policy file on its branch; see the errors.",
    atMs: null,
  },
});

export const nasty =
  "`@acme/everyone` [click](https://evil.example) <img src=x onerror=1> ![x](//e) | ``` </details> #1 GH-2 www.evil.example $x$ :tada: \u{202E}txt\u{200B}\u{1b}[31m\r\n# heading\n- @person-b";

/** What may be said about lifting a finding: nobody has, unless it is given. */
export function overriding(given: Partial<Overriding> = {}): Overriding {
  return {
    id: "k8s-memory-over-capacity:3b9a6c",
    name: "k8s-memory-over-capacity:3b9a6c",
    from: "acme/sre",
    need: 2,
    counted: [],
    glass: { from: "acme/oncall", need: 1, forMs: 14_400_000, counted: [] },
    excluded: [],
    ...given,
  };
}

const liveness = finding({
  id: "k8s-liveness-too-eager:07aa31",
  rule: "k8s-liveness-too-eager",
  message: "One strike",
});
const unreadable = "unreadable:k8s/a file, with blanks.yaml";
const glassUntilMs = 1_770_820_927_000;

/** One finding lifted by two people, one of which the second person is still missing, and a gap that a broken glass lifts. */
export const overridden = evaluation({
  verdict: "block",
  risk: { tier: "high", because: ["finding k8s-liveness-too-eager", "finding k8s-memory-over-capacity"] },
  findings: [
    {
      ...memory,
      overridden: { by: ["person-b", "person-c"], reasons: ["the pool grows tonight"], glassUntilMs: null },
    },
    liveness,
  ],
  gaps: [
    gap({
      id: unreadable,
      path: "k8s/a file, with blanks.yaml",
      overridden: { by: ["person-d"], reasons: ["search is down"], glassUntilMs },
    }),
  ],
  overriding: [
    overriding({ counted: ["person-b", "person-c"] }),
    overriding({
      id: liveness.id,
      name: liveness.id,
      counted: ["person-b"],
      excluded: [{ login: "person-a", because: "started the agent", countsFromMs: null }],
    }),
    overriding({
      id: unreadable,
      name: "gap:0123456789ab",
      glass: { from: "acme/oncall", need: 1, forMs: 14_400_000, counted: ["person-d"] },
    }),
  ],
  brokenGlass: [
    {
      decisionId: "comment/7/1",
      login: "person-d",
      accountId: 1004,
      atMs: glassUntilMs - 14_400_000,
      untilMs: glassUntilMs,
      lifts: [unreadable],
      reportTo: ["acme/incidents"],
    },
  ],
  invariants: results({
    "values-stay-in-bounds": { level: "block", result: "fail", findings: [memory.id, liveness.id] },
  }),
  requirements: [approvals()],
  next: { ...pushPatch, do: liveness.remedy },
  nextLookMs: glassUntilMs,
});

/** A plan of Terraform that was brought, and what its reader finds in the check run. */
export const planned = evaluation({ verdict: "hold", terraformPlans: [reviewed] });

/** Text of an attacker wherever an author can put some. */
export function hostile(text: string): Evaluation {
  const bad = finding({
    id: `k8s-memory-over-capacity:${text}`,
    message: `Memory of \`${text}\` is over`,
    why: text,
    remedy: text,
    place: { path: `k8s/${text}`, side: "head", line: 3 },
    object: text,
    pointer: text,
    after: text,
    bounds: { title: text, columns: [text, "b"], rows: [[text, text]] },
    workings: { title: text, columns: [text], rows: [[text]] },
    boundsFrom: [{ key: text, value: text }],
    passes: { clean: text, withApprovals: text, because: text },
    fix: {
      edits: [],
      patch: `--- a/x\n+++ b/x\n@@ -1 +1 @@\n-${text}\n+${text}\n`,
      after: { verdict: "hold", clears: [text], adds: [text] },
    },
    reviewers: [text],
    waived: null,
  });
  return evaluation({
    verdict: "block",
    baseRef: text,
    policy: {
      sources: [text],
      digest: text,
      mode: "enforce",
      standIns: [
        { file: text, by: text, because: null },
        { file: text, by: null, because: text },
      ],
    },
    policyChange: {
      paths: [text],
      alone: false,
      onlyPlans: false,
      mistakes: [],
      outdated: [],
      loosens: [{ key: text, before: text, after: text }],
      effects: { kind: "untold", because: text },
    },
    risk: { tier: "high", because: [text] },
    provenance: {
      author: "agent",
      agents: [text],
      signals: [{ agent: text, kind: "label", trust: "claimed", evidence: text }],
      invokers: [{ login: text, id: null, trust: "claimed", evidence: text }],
      invokerKnown: false,
    },
    reach: [
      {
        path: text,
        targets: [
          {
            environment: text,
            service: text,
            chain: [
              { path: text, line: 1, note: text },
              { path: text, line: 2, note: text },
            ],
          },
        ],
        services: [text],
        unresolved: false,
      },
    ],
    kinds: [{ kind: text, path: text, side: "head", line: 1, because: text }],
    areas: [{ area: text, because: [text] }],
    plan: {
      declared: {
        kind: "declared",
        plan: { paths: [text], environments: [text], services: null, kinds: null },
        marks: { digest: "0".repeat(64), paths: [], environments: [], services: null, kinds: null },
        summary: text,
      },
      before: { digest: "1".repeat(64), added: [{ part: "paths", entry: text }], unbounded: ["kinds"], gone: 2 },
      template: text,
    },
    terraformPlans: [hostilePlan(text)],
    findings: [
      bad,
      { ...bad, id: "other", waived: { reason: text, by: text, until: text } },
      { ...bad, id: "third", overridden: { by: [text], reasons: [text], glassUntilMs: null } },
    ],
    gaps: [
      gap({ id: text, path: text, line: 1, reason: text, remedy: text }),
      gap({ id: `${text}!`, reason: text, overridden: { by: [text], reasons: [text], glassUntilMs: 0 } }),
    ],
    overriding: [bad.id, text].map((id) =>
      overriding({
        id,
        name: text,
        from: text,
        counted: [text],
        excluded: [{ login: text, because: text, countsFromMs: null }],
      }),
    ),
    brokenGlass: [
      { decisionId: text, login: text, accountId: 1, atMs: 0, untilMs: 0, lifts: [text], reportTo: [text] },
    ],
    requirements: [
      approvals({
        id: text,
        what: text,
        from: text,
        now: text,
        counted: [text],
        excluded: [{ login: text, because: text, countsFromMs: null }],
      }),
    ],
    next: { actor: "agent", action: "push", do: text, atMs: null },
    title: text,
    unknowable: [text],
    version: text,
  });
}
