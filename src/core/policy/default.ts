import { whole } from "../../lib/quantity.ts";
import { fold } from "./patterns.ts";
import type { Statement } from "./schema/root.ts";
import type { Tier } from "./schema.ts";

export interface ConventionalEnvironment {
  readonly name: string;
  readonly tier: Tier;
  /** Other names that people give it: as a segment of a path, the suffix of a file, a workspace or a branch. */
  readonly aliases: readonly string[];
}

/** Environments that are recognised by name, whether a policy declares them or not. */
export const conventionalEnvironments: readonly ConventionalEnvironment[] = [
  { name: "production", tier: "production", aliases: ["live", "prd", "prod"] },
  {
    name: "staging",
    tier: "staging",
    aliases: ["pre-prod", "pre-production", "preprod", "preproduction", "stage", "stg", "uat"],
  },
  {
    name: "development",
    tier: "development",
    aliases: ["dev", "develop", "qa", "sandbox", "test", "testing", "tst"],
  },
];

/** The tier that a name stands for by convention; null for a name that says nothing. */
export function conventionalTier(name: string): Tier | null {
  const folded = fold(name);
  return conventionalEnvironments.find((one) => one.name === folded || one.aliases.includes(folded))?.tier ?? null;
}

/**
 * What holds where no file says otherwise. Every key is stated whose absence would otherwise let a repository loosen what
 * its organisation left to the default.
 */
export const defaultStatement: Statement = {
  version: 1,
  timezone: "UTC",
  mode: "enforce",
  gate: { "*": "agents" },
  agents: { also: [], automation: [], machines: [], own_identity: "off", pre_approved: [] },
  layout: [],
  libraries: [],
  services: {},
  forbidden: [],
  areas: {},
  stateful: {},
  approvals: {
    by_risk: { low: 1, elevated: 1, high: 2, critical: 2 },
    from: [["people"]],
    distinct_teams: false,
    invalidate_on: "change",
    request: false,
    when_nobody_is_left: { by: "admin", after: 43_200_000 },
    reading: { minimum: 120_000, lines_per_minute: 30, at: ["high", "critical"] },
  },
  auto_merge: { forbid: [], armed_by: "people" },
  invariants: {
    "values-stay-in-bounds": { level: "block", from: [] },
    "production-is-unchanged": { level: "review", from: [] },
    "nothing-stateful-is-deleted": { level: "block", from: [] },
    "permissions-do-not-increase": { level: "block", from: [] },
    "network-does-not-widen": { level: "block", from: [] },
    "authentication-is-unchanged": { level: "review", from: [] },
    "no-secrets": { level: "block", from: [] },
    "guardrails-are-untouched": { level: "block", from: [] },
    "migrations-are-safe": { level: "review", from: [] },
    "supply-chain-is-intact": { level: "review", from: [] },
    "blast-radius-is-bounded": { level: "block", from: [] },
    "within-declared-plan": { level: "review", from: [] },
    "scanners-find-nothing-new": { level: "review", from: [] },
    "outside-allowlist-needs-opt-in": { level: "off", from: [] },
  },
  rules: {},
  declared_plan: "optional",
  // Nobody: what a trusted scanner found at the base already is no finding any more, and who that is must not be for a file further down.
  evidence: { findings: { from: [] } },
  limits: {
    kubernetes: { liveness_failure_threshold: 3 },
    values: [],
    names: [],
    terraform: {
      deletes: { review_above: whole(0) },
      replaces: { review_above: whole(0) },
      changes: { review_above: whole(25) },
    },
  },
  alarms: { issues: [], on: ["bypass_merge", "direct_push", "gate_not_required"] },
  // A list of nobody: a file further down joins its own to it, and lets nobody in.
  override: { by: [["administrators"]], count: 2, break_glass: { by: [[]], count: 1, for: 14_400_000 } },
  rollback: { on: [], within: 3_600_000, do: "report" },
  halt: { by: ["people"], trip_on: [] },
  capacity: {},
  freezes: [],
  operations: [],
  // Of no time at all: where the first file says nothing, one further down finds something that is tighter already.
  restore: { within: 0, skips: [], approvals: [{ count: 1, from: ["people"] }] },
  waivers: [],
};
