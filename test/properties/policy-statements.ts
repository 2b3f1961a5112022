import fc from "fast-check";
import { invariantIds } from "../../src/core/invariants.ts";
import { rules } from "../core/policy/read.ts";
import { runs } from "../runs.ts";

/** Policy files as plain values, over small vocabularies so that two of them meet in their keys. */
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: values.length });
const someOf = <T>(...values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const record = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record(Object.fromEntries(Object.entries(model).map(([key, value]) => [key, optional(value)])));
const named = (names: readonly string[], value: fc.Arbitrary<unknown>) =>
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 });

const approvers = someOf("people", "@acme/a", "@acme/b");
const overriders = someOf("administrators", "@acme/a", "@person-a");
const count = fc.integer({ min: 0, max: 4 });
const byRisk = fc.oneof(count, record({ low: count, elevated: count, high: count, critical: count }));
const bounded = (values: readonly (string | number)[]) =>
  fc.oneof(
    fc.constantFrom(...values),
    fc
      .tuple(fc.nat({ max: values.length - 1 }), fc.nat({ max: values.length - 1 }))
      .map(([a, b]) => ({ review_above: values[Math.min(a, b)], max: values[Math.max(a, b)] })),
  );
const counts = bounded([0, 1, 10, 50]);
const bytes = bounded(["512Mi", "1Gi", "1.5Gi"]);
const treatment = fc.oneof(
  fc.constantFrom("off", "observe", "review", "block"),
  approvers.map((review) => ({ review })),
);
const risk = fc.constantFrom("low", "elevated", "high", "critical");
const environmentNames = ["production", "staging", "blue"];

const environment = record({
  tier: fc.constantFrom("development", "staging", "production"),
  branches: some("release", "main"),
  approvals: byRisk,
  limits: record({ replicas: counts, memory_per_pod: bytes, files: counts, services: counts }),
  together_with_staging: fc.constantFrom("off", "review", "block"),
  forbids: some("scale", "ingress"),
  deployments: someOf("staging", "stage"),
  deployed_by: someOf("app:argo", "workflow:.github/workflows/deploy.yml@refs/heads/main"),
});
const bake = fc.record(
  {
    in: fc.constant("blue"),
    for: fc.constantFrom("1h", "24h"),
    expires: fc.constantFrom("2d", "14d"),
    at: fc.constantFrom("merge", "deployment"),
  },
  { requiredKeys: ["in", "for"] },
);
const baked = fc.tuple(environment, optional(bake)).map(([rest, bakes]) => ({ ...rest, bake: bakes }));
const area = fc
  .tuple(
    record({
      paths: some("a/**", "b/**"),
      risk,
      ticket: fc.constantFrom("CHG-[0-9]{6}", "OPS-[0-9]+"),
      approvals: fc.oneof(count, fc.record({ count, from: approvers })),
    }),
    someOf("iam", "scale"),
  )
  .map(([rest, kinds]) => ({ ...rest, kinds }));
const preApproved = fc.record({
  name: fc.constantFrom("a", "b"),
  environments: someOf("production", "staging"),
  kinds: someOf("image", "scale"),
  services: fc.constant(["search"]),
  approvals: fc.constantFrom(2, 3),
});
const invariantLevels = fc.dictionary(
  fc.constantFrom(...invariantIds.filter((id) => id !== "outside-allowlist-needs-opt-in")),
  treatment,
  { maxKeys: 4 },
);
const ruleEntry = fc.oneof(treatment, record({ level: treatment, options: fc.constant({}) }));
const pool = fc.record({
  name: fc.constantFrom("p", "q"),
  environments: someOf("production", "staging"),
  memory: fc.constantFrom("16Gi", "32Gi"),
  headroom: fc.constantFrom("0%", "10%"),
});
const waiver = fc.record({
  rule: fc.constantFrom(...rules.map(({ id }) => id)),
  paths: fc.constant(["k8s/**"]),
  reason: fc.constant("it may"),
  until: fc.constantFrom("2026-12-31", "2027-06-30"),
  by: fc.constant("@acme/sre"),
});
const schedule = fc.constantFrom("weekdays 17:00-08:00", "daily 14:00-16:00 UTC");
const freeze = fc.record(
  {
    name: fc.constantFrom("a", "b"),
    schedule,
    environments: someOf("production", "staging"),
    applies_to: fc.constantFrom("agents", "everyone"),
    except: fc.constant(["restore"]),
  },
  { requiredKeys: ["name", "schedule"] },
);
const operation = fc.record({
  type: fc.constant("load_test"),
  schedule,
  services: someOf("search", "payment"),
  action: fc.constantFrom("do_not_scale", "do_not_touch"),
});

const per = some("agent", "repository");
const budget = fc.record({ max: fc.integer({ min: 1, max: 4 }), per }, { requiredKeys: ["max"] });
const sum = (max: fc.Arbitrary<unknown>) =>
  fc.record({ max, within: fc.constantFrom("1h", "7d"), per }, { requiredKeys: ["max"] });

const model = {
  timezone: fc.constantFrom("UTC", "Europe/Berlin"),
  mode: fc.constantFrom("observe", "enforce"),
  gate: fc.oneof(
    fc.constantFrom("agents", "everyone"),
    named(["*", "production", "staging"], fc.constantFrom("agents", "everyone")),
  ),
  agents: record({
    also: some("a[bot]", "b[bot]"),
    automation: some("r[bot]", "s[bot]"),
    machines: some("m", "n"),
    own_identity: fc.constantFrom("off", "observe", "review", "block"),
    new: fc.record({ autonomy: fc.constantFrom("observe", "propose"), for: fc.constantFrom("1d", "14d") }),
    autonomy: named(
      ["default", "codex", "devin"],
      record({
        "*": fc.constantFrom("observe", "propose", "execute"),
        development: fc.constantFrom("observe", "propose", "sandbox"),
        production: fc.constantFrom("observe", "propose", "execute"),
      }),
    ),
    pre_approved: fc.uniqueArray(preApproved, { maxLength: 2, selector: ({ name }) => name }),
  }),
  environments: fc
    .tuple(named(environmentNames, environment), optional(baked))
    .map(([some, production]) => (production === undefined ? some : { blue: {}, ...some, production })),
  services: named(
    ["search", "payment"],
    record({ owners: someOf("@acme/a", "@acme/b"), risk, bake: fc.constantFrom("1h", "36h") }),
  ),
  forbidden: some("x/**", "y/**"),
  areas: named(["db", "perimeter"], area),
  approvals: record({
    by_risk: byRisk,
    from: approvers,
    distinct_teams: fc.boolean(),
    invalidate_on: fc.constantFrom("change", "push"),
    request: fc.boolean(),
    when_nobody_is_left: record({ by: fc.constant("admin"), after: fc.constantFrom("1h", "1d") }),
    reading: record({
      minimum: fc.constantFrom("1m", "5m"),
      lines_per_minute: fc.constantFrom(10, 50),
      at: some("low", "high"),
    }),
  }),
  auto_merge: record({ forbid: some("x/**", "y/**"), armed_by: fc.constant("people") }),
  alarms: record({
    issues: someOf("acme/incidents", "acme/other"),
    on: some("bypass_merge", "direct_push", "gate_not_required"),
  }),
  override: record({
    by: overriders,
    count: fc.integer({ min: 1, max: 3 }),
    break_glass: record({
      by: overriders,
      count: fc.integer({ min: 1, max: 3 }),
      for: fc.constantFrom("1h", "4h", "1d"),
      report_to: fc.constantFrom("acme/a", "acme/b"),
    }),
  }),
  rollback: fc.constantFrom(
    { on: ["deployment_failure"] },
    { on: ["error_rate"], threshold: "5%", measured: "points", within: "30m", do: "open_revert" },
    { on: ["health", "error_rate"], threshold: "2%", measured: "percent", within: "2h", do: "report" },
  ),
  halt: record({
    by: someOf("people", "administrators", "@acme/a", "@person-a"),
    trip_on: fc.subarray(["bypass_merge", "guardrail_edit", { blocks_per_hour: 3 }, { blocks_per_hour: 10 }]),
  }),
  invariants: invariantLevels,
  rules: fc.dictionary(fc.constantFrom(...rules.map(({ id }) => id)), ruleEntry, { maxKeys: 3 }),
  allowlist: some("s/**", "t/**"),
  limits: record({
    files: counts,
    services: counts,
    kubernetes: record({
      replicas: counts,
      memory_per_pod: bytes,
      memory_increase: bounded(["10%", "50%"]),
      liveness_failure_threshold: fc.integer({ min: 0, max: 5 }),
    }),
    values: fc.array(fc.record({ keys: someOf("a", "b"), max: fc.constantFrom<string | number>(1, "1Gi") }), {
      maxLength: 2,
    }),
  }),
  budgets: record({
    changes_per_hour: budget,
    open_pull_requests: budget,
    services_at_a_time: budget,
    open_per_shared_module: fc.integer({ min: 1, max: 3 }),
    added_memory: sum(fc.constantFrom("1Gi", "1.5Gi", "8Gi")),
    added_replicas: sum(fc.integer({ min: 1, max: 9 })),
    deletes: sum(fc.integer({ min: 1, max: 9 })),
    pushes_per_finding: fc.integer({ min: 1, max: 4 }),
  }),
  capacity: fc.uniqueArray(pool, { selector: ({ name }) => name, maxLength: 2 }),
  freezes: fc.uniqueArray(freeze, { selector: ({ name }) => name, maxLength: 2 }),
  operations: fc.array(operation, { maxLength: 2 }),
  restore: record({
    within: fc.constantFrom("1d", "14d"),
    skips: some("bake", "freezes", "budgets"),
    approvals: fc.record({ count: fc.integer({ min: 1, max: 3 }), from: approvers }),
  }),
  waivers: fc.array(waiver, { maxLength: 2 }),
};

const freshText: fc.Arbitrary<string> = record(model).map((file) =>
  JSON.stringify({ version: 1, layout: ["k8s/{environment}/**"], ...file }),
);

const fewCases = 1_000;
/** To parse a text takes most of the time of a case. So many of them make more pairs than anybody has the time to try. */
const shelf = 800;

/**
 * The text of a policy file. Its `layout` lets every environment be reached. Where very many cases are asked for, they are pairs and
 * triples of texts that are drawn (and, by the cache of `document`, parsed) once.
 */
export const policyText: fc.Arbitrary<string> =
  runs(1).numRuns <= fewCases ? freshText : fc.constantFrom(...fc.sample(freshText, shelf));
