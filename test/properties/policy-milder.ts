import { compare, type Rational } from "../../src/lib/quantity.ts";
import { riskTiers } from "../../src/core/evaluate/risk.ts";
import { invariantIds } from "../../src/core/invariants.ts";
import {
  type Area,
  type AutonomyPolicy,
  type Bound,
  type BreakGlass,
  type Budgets,
  type ByRisk,
  type EnvironmentLimits,
  gateScopes,
  identityLevels,
  invalidations,
  levels,
  modes,
  type Policy,
  tiers,
  togetherLevels,
  type Treatment,
} from "../../src/core/policy/schema.ts";
import { isOver } from "../../src/core/rollback/signal.ts";
import { rules } from "../core/policy/read.ts";

/** Error rates in percent, before and after, some of them just at a threshold. */
const risesAsked = [
  ["0", "1.9"],
  ["0", "5"],
  ["1", "6"],
  ["10", "14.9"],
  ["50", "51"],
  ["100", "100"],
] as const;

/**
 * In what `a` asks less than `b`, key by key; nothing when `a` is at least as strict everywhere. Written from what each key
 * does to a verdict, without the joins of the schema: it is their judge.
 */
export function milder(a: Policy, b: Policy): readonly string[] {
  const found: string[] = [];
  const ask = (holds: boolean, key: string): void => {
    if (!holds) found.push(key);
  };
  ask(rank(modes, a.mode) >= rank(modes, b.mode), "mode");
  for (const name of [...Object.keys(a.gate.byEnvironment), ...Object.keys(b.gate.byEnvironment), "other"]) {
    const scope = (policy: Policy) => rank(gateScopes, policy.gate.byEnvironment[name] ?? policy.gate.default);
    ask(scope(a) >= scope(b), `gate.${name}`);
  }
  ask(holdsAll(a.agents.also, b.agents.also), "agents.also");
  ask(holdsAll(a.agents.machines, b.agents.machines), "agents.machines");
  ask(holdsAll(b.agents.automation, a.agents.automation), "agents.automation");
  autonomy(a.autonomy, b.autonomy, ask);
  ask(holdsAll(a.layout, b.layout), "layout");
  ask(holdsAll(a.forbidden, b.forbidden), "forbidden");
  ask(atLeast(a.approvals.byRisk, b.approvals.byRisk), "approvals.by_risk");
  ask(holdsAll(a.approvals.from, asking(b.approvals.from)), "approvals.from");
  ask(
    rank(invalidations, a.approvals.invalidateOn) >= rank(invalidations, b.approvals.invalidateOn),
    "approvals.invalidate_on",
  );
  ask(holdsAll(a.autoMerge.forbid, b.autoMerge.forbid), "auto_merge.forbid");
  ask(a.approvals.distinctTeams || !b.approvals.distinctTeams, "approvals.distinct_teams");
  ask(a.approvals.request || !b.approvals.request, "approvals.request");
  ask(a.approvals.nobodyLeftAfterMs >= b.approvals.nobodyLeftAfterMs, "approvals.when_nobody_is_left.after");
  const [reading, theirs] = [a.approvals.reading, b.approvals.reading];
  ask(reading.minimumMs >= theirs.minimumMs, "approvals.reading.minimum");
  ask(reading.linesPerMinute <= theirs.linesPerMinute, "approvals.reading.lines_per_minute");
  ask(holdsAll(reading.at, theirs.at), "approvals.reading.at");
  ask(holdsAll(a.override.by, b.override.by) && a.override.count >= b.override.count, "override");
  ask(holdsAll(a.alarms.issues, b.alarms.issues), "alarms.issues");
  ask(holdsAll(a.alarms.on, b.alarms.on), "alarms.on");
  ask(breaksNoMore(a.override.breakGlass, b.override.breakGlass), "override.break_glass");
  ask(holdsAll(a.halt.by, b.halt.by), "halt.by");
  const [trips, tripped] = [a.halt.tripOn, b.halt.tripOn];
  ask(trips.bypassMerge || !tripped.bypassMerge, "halt.trip_on");
  ask(trips.rollback || !tripped.rollback, "halt.trip_on");
  ask(holdsAll(a.rollback.on, b.rollback.on), "rollback.on");
  ask(a.rollback.withinMs >= b.rollback.withinMs, "rollback.within");
  ask(a.rollback.do === "open_revert" || b.rollback.do === "report", "rollback.do");
  for (const [before, after] of risesAsked) {
    const counts = (policy: Policy) => isOver({ kind: "error_rate", before, after }, policy.rollback);
    ask(counts(a) || !counts(b), "rollback.threshold");
  }
  ask(trips.guardrailEdit || !tripped.guardrailEdit, "halt.trip_on");
  ask((trips.blocksPerHour ?? Infinity) <= (tripped.blocksPerHour ?? Infinity), "halt.trip_on");
  environments(a, b, ask);
  areas(a, b, ask);
  for (const [name, { risk, owners, bakeMs }] of Object.entries(b.services)) {
    const own = a.services[name];
    ask(own !== undefined && riskRank(own.risk) >= riskRank(risk), `services.${name}.risk`);
    ask((own?.bakeMs ?? 0) >= (bakeMs ?? 0), `services.${name}.bake`);
    ask(owners.length === 0 || same(own?.owners, owners), `services.${name}.owners`);
  }
  for (const id of invariantIds) ask(asStrict(a.invariants[id], b.invariants[id]), `invariants.${id}`);
  for (const { id, invariant } of rules) {
    const treatment = (policy: Policy) => policy.rules[id]?.treatment ?? policy.invariants[invariant];
    ask(asStrict(treatment(a), treatment(b)), `rules.${id}.level`);
    ask(same(a.rules[id]?.options ?? {}, b.rules[id]?.options ?? {}), `rules.${id}.options`);
  }
  ask(holdsAll(a.allowlist, b.allowlist), "allowlist");
  limits(a, b, ask);
  budgets(a.budgets, b.budgets, ask);
  for (const pool of b.capacity) {
    const own = a.capacity.find(({ name }) => name === pool.name);
    ask(own !== undefined && holdsAll(own.environments, pool.environments), `capacity.${pool.name}.environments`);
    ask(own !== undefined && noMore(own.memory, pool.memory), `capacity.${pool.name}.memory`);
    ask(own !== undefined && noMore(own.cpu, pool.cpu), `capacity.${pool.name}.cpu`);
    ask(own !== undefined && compare(own.headroom, pool.headroom) >= 0, `capacity.${pool.name}.headroom`);
  }
  ask(holdsAll(a.freezes, b.freezes), "freezes");
  ask(holdsAll(a.operations, b.operations), "operations");
  restores(a, b, ask);
  ask(holdsAll(b.waivers, a.waivers), "waivers");
  return found;
}

type Ask = (holds: boolean, key: string) => void;

const form = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner));
const same = (a: unknown, b: unknown): boolean => form(a) === form(b);
const rank = <T>(words: readonly T[], word: T): number => words.indexOf(word);
const riskRank = (risk: (typeof riskTiers)[number] | null): number => (risk === null ? -1 : riskTiers.indexOf(risk));
const holdsAll = (whole: readonly unknown[], part: readonly unknown[]): boolean =>
  part.every((value) => whole.some((other) => same(value, other)));
const asking = <T>(lists: readonly (readonly T[])[]) =>
  lists.filter((list) => !(list as readonly unknown[]).includes("people"));
const atLeast = (a: ByRisk, b: ByRisk): boolean => riskTiers.every((risk) => a[risk] >= b[risk]);
const noMore = (a: Rational | null, b: Rational | null): boolean => b === null || (a !== null && compare(a, b) <= 0);
const within = (a: Bound<Rational>, b: Bound<Rational>): boolean =>
  noMore(a.reviewAbove, b.reviewAbove) && noMore(a.max, b.max);

function asStrict(a: Treatment, b: Treatment): boolean {
  if (a.level !== b.level) return rank(levels, a.level) > rank(levels, b.level);
  return a.level !== "review" || holdsAll(a.from, b.from);
}

/** Where it is reported matters too: who moves the report elsewhere hides it. */
function breaksNoMore(a: BreakGlass | null, b: BreakGlass | null): boolean {
  if (a === null) return true;
  if (b === null) return false;
  return holdsAll(a.reportTo, b.reportTo) && holdsAll(a.by, b.by) && a.count >= b.count && a.forMs <= b.forMs;
}

function budgets(a: Budgets, b: Budgets, ask: Ask): void {
  const counts: readonly (keyof Budgets & ("changesPerHour" | "openPullRequests" | "servicesAtATime"))[] = [
    "changesPerHour",
    "openPullRequests",
    "servicesAtATime",
  ];
  for (const key of counts) {
    const [own, theirs] = [a[key], b[key]];
    if (theirs === null) continue;
    ask(own !== null && own.max <= theirs.max && holdsAll(theirs.per, own.per), `budgets.${key}`);
  }
  const sums: readonly (keyof Budgets & ("addedMemory" | "addedReplicas" | "deletes"))[] = [
    "addedMemory",
    "addedReplicas",
    "deletes",
  ];
  for (const key of sums) {
    const [own, theirs] = [a[key], b[key]];
    if (theirs === null) continue;
    const holds = own !== null && noMore(own.max, theirs.max) && own.withinMs >= theirs.withinMs;
    ask(holds && holdsAll(theirs.per, own.per), `budgets.${key}`);
  }
  const [few, many] = [a.openPerSharedModule ?? Infinity, b.openPerSharedModule ?? Infinity];
  ask(few <= many, "budgets.openPerSharedModule");
  ask((a.pushesPerFinding ?? Infinity) <= (b.pushesPerFinding ?? Infinity), "budgets.pushesPerFinding");
}

function restores(a: Policy, b: Policy, ask: Ask): void {
  if (a.restore === null) return;
  const theirs = b.restore;
  ask(theirs !== null && a.restore.withinMs <= theirs.withinMs, "restore.within");
  ask(holdsAll(theirs?.skips ?? [], a.restore.skips), "restore.skips");
  for (const demand of theirs?.approvals ?? []) {
    const met = a.restore.approvals.some((own) => same(own.from, demand.from) && own.count >= demand.count);
    ask(met, "restore.approvals");
  }
  for (const [name, own] of Object.entries(a.environments)) {
    const there = b.environments[name];
    ask(holdsAll(there?.deployedBy ?? [], own.deployedBy), `environments.${name}.deployed_by`);
    ask(holdsAll(there?.deployments ?? [], own.deployments), `environments.${name}.deployments`);
  }
}

function environments(a: Policy, b: Policy, ask: Ask): void {
  for (const [name, theirs] of Object.entries(b.environments)) {
    const own = a.environments[name];
    ask(own !== undefined, `environments.${name}`);
    if (own === undefined) continue;
    ask(rank(tiers, own.tier) >= rank(tiers, theirs.tier), `environments.${name}.tier`);
    ask(own.staging || !theirs.staging, `environments.${name}.staging`);
    ask(holdsAll(own.forbids, theirs.forbids), `environments.${name}.forbids`);
    for (const bake of theirs.bakes) {
      const mine = own.bakes.find((one) => one.in === bake.in && one.at === bake.at);
      ask(
        mine !== undefined && mine.forMs >= bake.forMs && mine.expiresMs <= bake.expiresMs,
        `environments.${name}.bake`,
      );
      const [here, there] = [a.environments[bake.in], b.environments[bake.in]];
      ask(holdsAll(there?.deployedBy ?? [], here?.deployedBy ?? []), `environments.${bake.in}.deployed_by`);
      ask(holdsAll(there?.deployments ?? [], here?.deployments ?? []), `environments.${bake.in}.deployments`);
    }
    ask(holdsAll(own.aliases, theirs.aliases), `environments.${name}.aliases`);
    ask(holdsAll(own.branches, theirs.branches), `environments.${name}.branches`);
    ask(atLeast(own.approvals, theirs.approvals), `environments.${name}.approvals`);
    ask(
      rank(togetherLevels, own.togetherWithStaging) >= rank(togetherLevels, theirs.togetherWithStaging),
      `environments.${name}.together_with_staging`,
    );
    const keys = ["replicas", "memoryPerPod", "files", "services"] as const;
    for (const key of keys) ask(within(own.limits[key], theirs.limits[key]), `environments.${name}.limits.${key}`);
    const [canary, milder] = [own.limits.canary, theirs.limits.canary];
    ask(canary.required || !milder.required, `environments.${name}.canary.required`);
    const [first, most] = [canary.firstWeight, milder.firstWeight];
    ask(most === null || (first !== null && first <= most), `environments.${name}.canary.first_weight`);
  }
  // Where `b` knows no such environment its approvals by risk hold there.
  for (const [name, own] of Object.entries(a.environments)) {
    if (b.environments[name] === undefined)
      ask(atLeast(own.approvals, b.approvals.byRisk), `environments.${name}.approvals`);
  }
}

/** From what an agent may do least to what it may do most: `execute` is `sandbox` for what is pre-approved, and else `propose`. */
const freedoms = ["observe", "propose", "execute", "sandbox"] as const;

function autonomy(a: AutonomyPolicy, b: AutonomyPolicy, ask: Ask): void {
  ask(a.matrix !== null || b.matrix === null, "agents.autonomy");
  const names = [a, b].flatMap(({ matrix }) => Object.keys(matrix ?? {}));
  const environments = [a, b].flatMap(({ matrix }) => Object.values(matrix ?? {}).flatMap((row) => Object.keys(row)));
  for (const agent of [...names, "another"])
    for (const environment of [...environments, "another"]) {
      const freedom = ({ matrix }: AutonomyPolicy): number => {
        const [own, others] = [matrix?.[agent], matrix?.["default"]];
        const level = own?.[environment] ?? own?.["*"] ?? others?.[environment] ?? others?.["*"];
        return rank(freedoms, level ?? "propose");
      };
      ask(freedom(a) <= freedom(b), `agents.autonomy.${agent}.${environment}`);
    }
  const cap = ({ newcomers }: AutonomyPolicy): number => (newcomers === null ? 4 : rank(freedoms, newcomers.autonomy));
  ask(cap(a) <= cap(b) && (a.newcomers?.forMs ?? 0) >= (b.newcomers?.forMs ?? 0), "agents.new");
  ask(holdsAll(b.preApproved, a.preApproved), "agents.pre_approved");
  ask(rank(identityLevels, a.ownIdentity) >= rank(identityLevels, b.ownIdentity), "agents.own_identity");
}

function areas(a: Policy, b: Policy, ask: Ask): void {
  const demanded = (area: Area | undefined, theirs: Area): boolean =>
    theirs.approvals.every(
      (demand) => area?.approvals.some((own) => same(own.from, demand.from) && own.count >= demand.count) === true,
    );
  for (const [name, theirs] of Object.entries(b.areas)) {
    const own = a.areas[name];
    ask(own !== undefined && holdsAll(own.kinds, theirs.kinds) && holdsAll(own.paths, theirs.paths), `areas.${name}`);
    ask(riskRank(own?.risk ?? null) >= riskRank(theirs.risk), `areas.${name}.risk`);
    ask(demanded(own, theirs), `areas.${name}.approvals`);
    ask(own !== undefined && holdsAll(own.tickets, theirs.tickets), `areas.${name}.ticket`);
  }
}

function limits(a: Policy, b: Policy, ask: Ask): void {
  const [own, theirs] = [a.limits, b.limits];
  ask(within(own.files, theirs.files), "limits.files");
  ask(within(own.services, theirs.services), "limits.services");
  ask(within(own.kubernetes.replicas, theirs.kubernetes.replicas), "limits.kubernetes.replicas");
  ask(within(own.kubernetes.memoryPerPod, theirs.kubernetes.memoryPerPod), "limits.kubernetes.memory_per_pod");
  ask(within(own.kubernetes.memoryIncrease, theirs.kubernetes.memoryIncrease), "limits.kubernetes.memory_increase");
  const threshold = (policy: Policy) => policy.limits.kubernetes.livenessFailureThreshold ?? 0;
  ask(threshold(a) >= threshold(b), "limits.kubernetes.liveness_failure_threshold");
  ask(holdsAll(own.values, theirs.values), "limits.values");
}
