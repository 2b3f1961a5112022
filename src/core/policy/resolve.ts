import { canonicalJson } from "../../lib/canonical-json.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Rational } from "../../lib/quantity.ts";
import { riskTiers } from "../evaluate/risk.ts";
import { type InvariantId, invariantIds } from "../invariants.ts";
import type { Schedule, StatedMoment } from "../windows/read.ts";
import type { WallMoment, Window } from "../windows/window.ts";
import { defaultTogether, tierOf } from "./environments.ts";
import { spelledOut } from "./schema/autonomy.ts";
import type { StatedFreeze, StatedOperation } from "./schema/freezes.ts";
import type { Statement } from "./schema/root.ts";
import type { StatedBound, StatedByRisk, Tripper } from "./schema/values.ts";
import type {
  Approver,
  Area,
  AutonomyPolicy,
  Bound,
  BreakGlass,
  Budget,
  SumBudget,
  ByRisk,
  Environment,
  EnvironmentLimits,
  Freeze,
  Limits,
  Operation,
  Policy,
  Restore,
  Rollback,
  RulePolicy,
  ServicePolicy,
  Treatment,
  TripOn,
} from "./schema.ts";

function sorted<T>(values: readonly T[]): readonly T[] {
  const byForm = new Map(values.map((value) => [canonicalJson(value), value]));
  return [...byForm].toSorted(([a], [b]) => byCodeUnits(a, b)).map(([, value]) => value);
}

function mapEntries<T, U>(record: Readonly<Record<string, T>>, to: (value: T, name: string) => U): Record<string, U> {
  const names = Object.keys(record).toSorted(byCodeUnits);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = record[name];
      return value === undefined ? [] : [[name, to(value, name)]];
    }),
  );
}

/** Where a default is missing the key was dropped on the way: that is a defect of the program, and must not pass. */
function required<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new Error(`Cannot build the policy: nothing states \`${key}\`, not even the default`);
  return value;
}

function boundOf(stated: StatedBound<Rational> | undefined): Bound<Rational> {
  return { reviewAbove: stated?.review_above ?? null, max: stated?.max ?? null };
}

/** A list with `people` asks for nothing that a person does not meet; such lists say nothing beside others. */
function lists(given: readonly (readonly Approver[])[]): readonly (readonly Approver[])[] {
  return sorted(given.filter((list) => !list.includes("people")).map((list) => sorted(list)));
}

function treatmentOf({ level, from }: Treatment): Treatment {
  return { level, from: lists(from) };
}

function byRiskOf(stated: StatedByRisk | undefined, otherwise: StatedByRisk | undefined): ByRisk {
  const at = (risk: (typeof riskTiers)[number]): number =>
    required(stated?.[risk] ?? otherwise?.[risk], `approvals.by_risk.${risk}`);
  return { low: at("low"), elevated: at("elevated"), high: at("high"), critical: at("critical") };
}

/** What every list has. */
function inEvery(given: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = given;
  return sorted(first.filter((name) => others.every((list) => list.includes(name))));
}

type StatedEnvironment = NonNullable<Statement["environments"]>[string];

function environmentLimits({ limits, canary }: Pick<StatedEnvironment, "limits" | "canary">): EnvironmentLimits {
  return {
    replicas: boundOf(limits?.replicas),
    memoryPerPod: boundOf(limits?.memory_per_pod),
    files: boundOf(limits?.files),
    services: boundOf(limits?.services),
    canary: { required: canary?.required ?? false, firstWeight: canary?.first_weight ?? null },
  };
}

function limitsOf(limits: Statement["limits"]): Limits {
  const kubernetes = limits?.kubernetes;
  return {
    files: boundOf(limits?.files),
    services: boundOf(limits?.services),
    kubernetes: {
      replicas: boundOf(kubernetes?.replicas),
      memoryPerPod: boundOf(kubernetes?.memory_per_pod),
      memoryIncrease: boundOf(kubernetes?.memory_increase),
      livenessFailureThreshold: kubernetes?.liveness_failure_threshold ?? null,
    },
    canary: { required: false, firstWeight: null },
    values: sorted(limits?.values ?? []),
    names: sorted(limits?.names ?? []),
    terraform: {
      deletes: boundOf(limits?.terraform?.deletes),
      replaces: boundOf(limits?.terraform?.replaces),
      changes: boundOf(limits?.terraform?.changes),
    },
  };
}

function invariantsOf(stated: Statement["invariants"]): Readonly<Record<InvariantId, Treatment>> {
  const entries = invariantIds.map((id) => [id, treatmentOf(required(stated?.[id], `invariants.${id}`))] as const);
  return Object.fromEntries(entries) as Record<InvariantId, Treatment>;
}

function breakGlassOf(stated: NonNullable<Statement["override"]>["break_glass"]): BreakGlass | null {
  const by = sorted(required(stated?.by, "override.break_glass.by").map((list) => sorted(list)));
  if (by.some((list) => list.length === 0)) return null;
  return {
    by,
    count: required(stated?.count, "override.break_glass.count"),
    forMs: required(stated?.for, "override.break_glass.for"),
    reportTo: sorted(stated?.report_to ?? []),
  };
}

function weekly({ zone, ...schedule }: Schedule, otherwise: string): Window {
  return { kind: "weekly", ...schedule, zone: zone ?? otherwise };
}

/** `otherwise` is the zone of a window that names none. */
export function windowOf({ schedule, from, to, name }: StatedFreeze, otherwise: string): Window {
  if (schedule !== null) return weekly(schedule, otherwise);
  if (from === null || to === null) throw new Error(`Cannot build the policy: the freeze "${name}" has no window`);
  const there = ({ wallMs, zone }: StatedMoment): WallMoment => ({ wallMs, zone: zone ?? otherwise });
  return { kind: "once", from: there(from), to: there(to) };
}

function freezeOf(stated: StatedFreeze, otherwise: string): Freeze {
  return {
    name: stated.name,
    window: windowOf(stated, otherwise),
    environments: sorted(stated.environments),
    appliesTo: stated.applies_to,
    exceptRestore: stated.except.includes("restore"),
  };
}

function restoreOf(stated: Statement["restore"]): Restore | null {
  const withinMs = required(stated?.within, "restore.within");
  const approvals = required(stated?.approvals, "restore.approvals");
  if (withinMs === 0) return null;
  return { withinMs, skips: sorted(stated?.skips ?? []), approvals };
}

/** `otherwise` is the zone of a window that names none. */
export function operationOf(stated: StatedOperation, otherwise: string): Operation {
  return {
    type: stated.type,
    window: weekly(stated.schedule, otherwise),
    services: sorted(stated.services),
    expectedCpu: stated.expected_cpu,
    action: stated.action,
  };
}

function budgetOf(stated: Budget | undefined): Budget | null {
  return stated === undefined ? null : { max: stated.max, per: sorted([...new Set(stated.per)]) };
}

function sumBudgetOf(stated: SumBudget | undefined): SumBudget | null {
  return stated === undefined ? null : { ...stated, per: sorted([...new Set(stated.per)]) };
}

function autonomyOf(agents: Statement["agents"]): AutonomyPolicy {
  const { new: newcomers, autonomy: matrix } = agents ?? {};
  return {
    matrix: matrix === undefined ? null : mapEntries(spelledOut(matrix), (row) => mapEntries(row, (level) => level)),
    newcomers: newcomers === undefined ? null : { autonomy: newcomers.autonomy, forMs: newcomers.for },
    preApproved: sorted(required(agents?.pre_approved, "agents.pre_approved")),
    ownIdentity: required(agents?.own_identity, "agents.own_identity"),
  };
}

function tripOnOf(stated: readonly Tripper[]): TripOn {
  const limits = stated.flatMap((one) => (typeof one === "string" ? [] : [one.blocks_per_hour]));
  return {
    bypassMerge: stated.includes("bypass_merge"),
    rollback: stated.includes("rollback"),
    guardrailEdit: stated.includes("guardrail_edit"),
    blocksPerHour: limits.length === 0 ? null : Math.min(...limits),
  };
}

function rollbackOf(stated: Statement["rollback"]): Rollback {
  return {
    on: sorted(required(stated?.on, "rollback.on")),
    threshold: stated?.threshold ?? null,
    measured: stated?.measured ?? null,
    withinMs: required(stated?.within, "rollback.within"),
    do: required(stated?.do, "rollback.do"),
  };
}

/** Turns a statement that leaves nothing open into the policy: names of the program, every default resolved, lists in order. */
export function resolve(statement: Statement): Policy {
  const approvals = statement.approvals;
  const gate = required(statement.gate, "gate");
  const from = lists(required(approvals?.from, "approvals.from"));
  const zone = required(statement.timezone, "timezone");
  return {
    timezone: zone,
    mode: required(statement.mode, "mode"),
    gate: {
      default: required(gate["*"], 'gate."*"'),
      byEnvironment: Object.fromEntries(
        Object.entries(gate)
          .filter(([name, scope]) => name !== "*" && scope !== gate["*"])
          .toSorted(([a], [b]) => byCodeUnits(a, b)),
      ),
    },
    agents: {
      also: sorted(statement.agents?.also ?? []),
      automation: sorted(statement.agents?.automation ?? []),
      machines: sorted(statement.agents?.machines ?? []),
    },
    autonomy: autonomyOf(statement.agents),
    layout: sorted(statement.layout ?? []),
    libraries: sorted(statement.libraries ?? []),
    environments: mapEntries(
      statement.environments ?? {},
      (stated, name): Environment => ({
        name,
        tier: tierOf(name, stated),
        staging: tierOf(name, stated) === "staging",
        aliases: sorted((stated.aliases ?? []).filter((alias) => alias !== name)),
        branches: sorted(stated.branches ?? []),
        approvals: byRiskOf(stated.approvals, approvals?.by_risk),
        limits: environmentLimits(stated),
        togetherWithStaging: stated.together_with_staging ?? defaultTogether,
        forbids: sorted(stated.forbids ?? []),
        deployments: inEvery(stated.deployments ?? []),
        deployedBy: sorted(stated.deployed_by ?? []),
        bakes: sorted(stated.bake ?? []),
      }),
    ),
    services: mapEntries(
      statement.services ?? {},
      (stated, name): ServicePolicy => ({
        name,
        owners: sorted(stated.owners ?? []),
        risk: stated.risk ?? null,
        bakeMs: stated.bake ?? null,
      }),
    ),
    forbidden: sorted(statement.forbidden ?? []),
    areas: mapEntries(
      statement.areas ?? {},
      (stated, name): Area => ({
        name,
        kinds: sorted(stated.kinds ?? []),
        paths: sorted(stated.paths ?? []),
        risk: stated.risk ?? null,
        approvals: stated.approvals ?? [],
        tickets: sorted(stated.ticket ?? []),
      }),
    ),
    stateful: mapEntries(statement.stateful ?? {}, (tier) => tier),
    approvals: {
      byRisk: byRiskOf(approvals?.by_risk, undefined),
      from: from.length === 0 ? [["people"]] : from,
      invalidateOn: required(approvals?.invalidate_on, "approvals.invalidate_on"),
      distinctTeams: required(approvals?.distinct_teams, "approvals.distinct_teams"),
      request: required(approvals?.request, "approvals.request"),
      nobodyLeftAfterMs: required(approvals?.when_nobody_is_left?.after, "approvals.when_nobody_is_left.after"),
      reading: {
        minimumMs: required(approvals?.reading?.minimum, "approvals.reading.minimum"),
        linesPerMinute: required(approvals?.reading?.lines_per_minute, "approvals.reading.lines_per_minute"),
        at: sorted(required(approvals?.reading?.at, "approvals.reading.at")),
      },
    },
    autoMerge: { forbid: sorted(required(statement.auto_merge?.forbid, "auto_merge.forbid")) },
    invariants: invariantsOf(statement.invariants),
    rules: mapEntries(
      statement.rules ?? {},
      (stated): RulePolicy => ({
        treatment: stated.level === undefined ? null : treatmentOf(stated.level),
        options: stated.options ?? {},
      }),
    ),
    allowlist: sorted((statement.allowlist ?? []).map((list) => sorted(list))),
    declaredPlan: required(statement.declared_plan, "declared_plan"),
    evidence: {
      plans: {
        required: sorted(statement.evidence?.plans?.required ?? []),
        from: sorted(statement.evidence?.plans?.from ?? []),
      },
      findings: { from: sorted(statement.evidence?.findings?.from ?? []) },
    },
    limits: limitsOf(statement.limits),
    budgets: {
      changesPerHour: budgetOf(statement.budgets?.changes_per_hour),
      openPullRequests: budgetOf(statement.budgets?.open_pull_requests),
      servicesAtATime: budgetOf(statement.budgets?.services_at_a_time),
      openPerSharedModule: statement.budgets?.open_per_shared_module ?? null,
      addedMemory: sumBudgetOf(statement.budgets?.added_memory),
      addedReplicas: sumBudgetOf(statement.budgets?.added_replicas),
      deletes: sumBudgetOf(statement.budgets?.deletes),
      pushesPerFinding: statement.budgets?.pushes_per_finding ?? null,
    },
    override: {
      by: sorted(required(statement.override?.by, "override.by").map((list) => sorted(list))),
      count: required(statement.override?.count, "override.count"),
      breakGlass: breakGlassOf(statement.override?.break_glass),
    },
    alarms: {
      issues: sorted(required(statement.alarms?.issues, "alarms.issues")),
      on: sorted(required(statement.alarms?.on, "alarms.on")),
    },
    rollback: rollbackOf(statement.rollback),
    halt: {
      by: sorted(required(statement.halt?.by, "halt.by")),
      tripOn: tripOnOf(required(statement.halt?.trip_on, "halt.trip_on")),
    },
    capacity: Object.values(
      mapEntries(statement.capacity ?? {}, (pool) => ({ ...pool, environments: sorted(pool.environments) })),
    ),
    freezes: sorted((statement.freezes ?? []).map((stated) => freezeOf(stated, zone))),
    operations: sorted((statement.operations ?? []).map((stated) => operationOf(stated, zone))),
    restore: restoreOf(statement.restore),
    waivers: sorted(statement.waivers ?? []),
    modules: sorted(statement.modules ?? []),
  };
}
