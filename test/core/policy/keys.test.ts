import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/core/policy/schema/key.ts";
import { root } from "../../../src/core/policy/schema/root.ts";
import { document, mistakes } from "./read.ts";

/** Every key that is enforced, in both files. */
const enforced = `
version: 1
timezone: Europe/Berlin
mode: enforce
gate: { "*": agents, production: everyone }
agents:
  also: ["acme-deployer[bot]"]
  automation: ["renovate[bot]"]
  machines: [release-bot]
  own_identity: review
  new: { autonomy: observe, for: 14d }
  autonomy:
    default: { "*": propose }
    "claude[bot]": { development: sandbox, staging: sandbox, production: execute }
  pre_approved:
    - { name: roll out an image, environments: [production], kinds: [image], services: [search], approvals: 2, bake: 24h }
layout:
  - "terraform/{environment}/**"
  - "k8s/{environment}/{service}/**"
  - "services/{service}/**"
libraries: ["modules/**"]
environments:
  development: { tier: development }
  staging:
    tier: staging
    aliases: [stage, stg]
    branches: [staging]
    deployments: [staging]
    deployed_by: ["workflow:acme/infra/.github/workflows/apply-staging.yml@refs/heads/main", "app:acme-argocd"]
    approvals: { low: 0, elevated: 1, high: 2, critical: 2 }
    limits: { replicas: 10, memory_per_pod: 1Gi }
  production:
    tier: production
    aliases: [prod, live]
    branches: [production]
    bake: { in: staging, for: 24h, expires: 14d, at: merge }
    canary: { required: true, first_weight: 10 }
    together_with_staging: review
    approvals: 2
    limits: { files: 10, services: 1 }
    forbids: [scale]
services:
  payment: { bake: 48h, risk: high, owners: "@acme/payments" }
  search: { owners: ["@acme/search", "@person-a"] }
forbidden: ["**/secrets/**", "**/credentials/**"]
areas:
  database: { kinds: [database, migration], paths: ["**/database.tf"], risk: high, approvals: { count: 2, from: ["@acme/dba"] } }
  perimeter: { kinds: [iam, network, ingress, auth], risk: high, approvals: 2 }
  destructive: { kinds: [delete, replace], risk: critical, approvals: 2, ticket: "CHG-[0-9]{6}" }
stateful: { acme_ledger: A, acme_cache: B }
approvals:
  by_risk: { low: 1, elevated: 1, high: 2, critical: 2 }
  from: [people, owners]
  request: true
  when_nobody_is_left: { by: admin, after: 12h }
  distinct_teams: false
  invalidate_on: push
  reading: { minimum: 2m, lines_per_minute: 30, at: [high, critical] }
auto_merge: { forbid: ["terraform/**"], armed_by: people }
invariants:
  permissions-do-not-increase: block
  network-does-not-widen: block
  nothing-stateful-is-deleted: block
  authentication-is-unchanged: { review: ["@acme/identity"] }
  production-is-unchanged: review
  no-secrets: block
  values-stay-in-bounds: observe
  guardrails-are-untouched: block
  migrations-are-safe: review
  supply-chain-is-intact: review
  within-declared-plan: review
  blast-radius-is-bounded: block
  scanners-find-nothing-new: block
  outside-allowlist-needs-opt-in: "off"
rules:
  runbook-privileged-command: review
  lockfile-without-manifest: { level: review, options: { refreshed: ["web/pnpm-lock.yaml"] } }
allowlist: ["services/**", "docs/**"]
declared_plan: required
evidence:
  plans:
    required: [terraform/production, ".", { root: "terraform/app", workspace: production }]
    from: ["acme/ci/.github/workflows/plan.yml@refs/heads/main", ".github/workflows/plan.yml@refs/tags/v1"]
  findings: { from: ["acme/ci/.github/workflows/scan.yml@0123456789012345678901234567890123456789"] }
limits:
  terraform: { deletes: 0, replaces: { review_above: 1, max: 2 }, changes: 25 }
  files: 30
  services: 1
  kubernetes:
    replicas: 10
    memory_per_pod: { review_above: 512Mi, max: 1Gi }
    memory_increase: { review_above: 50% }
    liveness_failure_threshold: 3
  values:
    - { keys: ["**.pool.max", DB_POOL], review_above: 100, max: 200, growth: { factor: 2, within: 30d } }
  names:
    - { names: [lane width], class: pool, under: [ledger], unlimited: ["0"], reason: "each lane is a connection" }
    - { names: [hold], class: timeout, unit: seconds }
budgets:
  changes_per_hour: { max: 5, per: [agent, repository] }
  open_pull_requests: { max: 10 }
  services_at_a_time: { max: 1, per: [agent] }
  open_per_shared_module: 1
  added_memory: { max: 8Gi, within: 24h, per: [agent] }
  added_replicas: { max: 20 }
  deletes: { max: 3, within: 7d, per: [] }
  pushes_per_finding: 4
capacity:
  - { name: general, environments: [staging], memory: 32Gi, cpu: 16, count: limits, headroom: 0% }
freezes:
  - { name: year end, from: 2026-12-18T17:00, to: 2027-01-04T08:00 UTC, environments: [production], applies_to: everyone, except: [restore] }
  - { name: nights, schedule: "weekdays 17:00-08:00" }
operations:
  - { type: load_test, schedule: "weekdays 14:00-16:00 UTC", services: [search], expected_cpu: "80-95%", action: do_not_scale }
restore: { within: 14d, skips: [bake, freezes, budgets], approvals: { count: 1, from: ["@acme/oncall"] } }
alarms: { issues: acme/incidents, on: [bypass_merge, direct_push, gate_not_required] }
override:
  by: ["@acme/sre", "@person-a", administrators]
  count: 1
  break_glass: { by: ["@acme/oncall"], count: 1, for: 4h, report_to: acme/incidents }
rollback: { on: [deployment_failure, error_rate, health], threshold: 5%, measured: points, within: 60m, do: open_revert }
halt: { by: ["@acme/oncall", "@person-b"], trip_on: [bypass_merge, rollback, guardrail_edit, { blocks_per_hour: 10 }] }
waivers:
  - { rule: k8s-liveness-too-eager, paths: ["k8s/staging/batch/**"], reason: it may restart, until: 2026-12-31, by: "@acme/sre" }
`;
const organisation = `
version: 1
mode: observe
overridable: [services, layout, capacity, limits.files, environments.staging.approvals, rules]
modules:
  - { source: "git::https://example.com/modules", repository: acme/modules }
`;

/** A value of the right shape for every key whose enforcement comes later. */
const later: Readonly<Record<string, unknown>> = {
  profiles: [{ name: "infra", repositories: { names: ["infra"] }, mode: "enforce", gate: "everyone" }],
  images: [{ name: "ghcr.io/acme/{service}", repository: "acme/{service}", tag: "sha-{sha}" }],
};

/** The dotted names of all keys of the schema; a name that the author chooses is `a`, an element of a list is `[]`. */
function names(entry: Entry, prefix: string, wanted: Entry["enforced"]): readonly string[] {
  if (entry.below === null) return entry.enforced === wanted ? [prefix] : [];
  const { kind, keys } = entry.below;
  const join = (name: string): string =>
    kind === "group"
      ? prefix === ""
        ? name
        : `${prefix}.${name}`
      : kind === "map"
        ? `${prefix}.a.${name}`
        : `${prefix}[].${name}`;
  return Object.entries(keys).flatMap(([name, below]) => names(below, join(name), wanted));
}

/** The key's own line in a file that is written in blocks, and that line's number. */
function block(name: string, value: unknown): { readonly text: string; readonly line: number } {
  const parts = name.split(".");
  const lines = parts.map(
    (part, depth) => `${"  ".repeat(depth)}${part}:${depth === parts.length - 1 ? ` ${JSON.stringify(value)}` : ""}`,
  );
  return { text: `version: 1\n${lines.join("\n")}\n`, line: parts.length + 1 };
}

describe("a policy file", () => {
  it("may state every key that is enforced", () => {
    expect(mistakes(enforced)).toEqual([]);
    expect(mistakes(organisation, "organisation")).toEqual([]);
  });

  it("states in these examples all that the schema enforces, so that none is untested", () => {
    const stated = new Set<string>();
    const collect = (value: unknown, entry: Entry, prefix: string): void => {
      if (entry.below === null) stated.add(prefix);
      if (entry.below === null || typeof value !== "object" || value === null) return;
      const { kind, keys } = entry.below;
      const inner = kind === "group" ? [value] : Object.values(value as Record<string, unknown>);
      for (const one of inner) {
        for (const [name, below] of Object.entries(keys)) {
          if (typeof one !== "object" || one === null || !Object.hasOwn(one, name)) continue;
          const path =
            kind === "group"
              ? prefix === ""
                ? name
                : `${prefix}.${name}`
              : kind === "map"
                ? `${prefix}.a.${name}`
                : `${prefix}[].${name}`;
          collect((one as Record<string, unknown>)[name], below, path);
        }
      }
    };
    collect(document(enforced).located.value, root.entry, "");
    collect(document(organisation, "organisation").located.value, root.entry, "");
    collect({ rules: { a: { level: "off", options: {} } } }, root.entry, "");
    expect(names(root.entry, "", true).filter((name) => !stated.has(name))).toEqual([]);
  });
});

describe("a key that is not enforced yet", () => {
  it("is in this list", () => {
    expect(names(root.entry, "", "later").filter((name) => !Object.hasOwn(later, name))).toEqual([]);
  });

  it.each(Object.entries(later))("is refused where it stands: %s", (name, value) => {
    const { text, line } = block(name, value);
    const column = 2 * (name.split(".").length - 1) + 1;
    expect(mistakes(text, "organisation")).toContainEqual(
      expect.stringMatching(
        new RegExp(`^${line}:${column}: not enforced yet: \`${name.replaceAll(".", "\\.")}\`; remove it`),
      ),
    );
  });

  it.each(Object.entries(later))("has a shape, and mistakes in it are told as well: %s", (name) => {
    const { text } = block(name, { nonsense: [{}] });
    const told = mistakes(text, "organisation");
    expect(told.filter((line) => line.includes("not enforced yet")).length).toBeGreaterThan(0);
    expect(told.filter((line) => !line.includes("not enforced yet")).length).toBeGreaterThan(0);
  });

  it("cannot be made overridable either", () => {
    expect(mistakes("version: 1\noverridable: [layout, images]\n", "organisation")).toEqual([
      "2:23: `images` cannot be loosened; remove it",
    ]);
  });
});

describe("overridable", () => {
  it.each([
    ["limit.files", '2:15: unknown key "limit.files"; did you mean "limits.files"?'],
    ["overridable", "2:15: `overridable` cannot be loosened; remove it"],
    ["approvals.by_risk.low", "2:15: `approvals.by_risk.low` is a part of a value; name the key that holds it"],
    ["capacity.general", "2:15: `capacity.general` is a part of a value; name the key that holds it"],
  ])("names a key of the schema: not %s", (name, message) => {
    expect(mistakes(`version: 1\noverridable: [${name}]\n`, "organisation")).toEqual([message]);
  });
});

describe("the schema", () => {
  const all = (entry: Entry): readonly Entry[] => [entry, ...Object.values(entry.below?.keys ?? {}).flatMap(all)];

  it("says one sentence about every key, and how it is joined", () => {
    for (const { says, type, joinName } of all(root.entry)) {
      expect(says).toMatch(/^[A-Z].*\.$/);
      expect(type).not.toBe("");
      expect(joinName).not.toBe("");
    }
  });
});
