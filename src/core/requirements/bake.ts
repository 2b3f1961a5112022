import { unreachable } from "../../lib/assert.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Bake } from "../bake/bake.ts";
import { type Baked, bakeClock, type Undoing } from "../bake/clock.ts";
import { broughtBy, stoodBefore } from "../bake/arrival.ts";
import { withHealth } from "../bake/health.ts";
import { type BoundPath, boundPaths } from "../bake/twins.ts";
import { sought, type Sought } from "../bake/versions.ts";
import { type ChangeSet, changed, type Gap } from "../change/change-set.ts";
import type { DeploymentRecord, EnvironmentRecord } from "../deployments/deployments.ts";
import { type Evidence, evidenceOf } from "../deployments/evidence.ts";
import type { Overridden, Requirement } from "../evaluate/evaluation.ts";
import { notAsked } from "../evaluate/evaluation.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import { moment, nextMinute } from "../moments.ts";
import type { Policy } from "../policy/schema.ts";
import type { ReachMap } from "../reach/reach.ts";
import type { Tools } from "../syntax.ts";
import type { Ask } from "./approvals.ts";

/** What bakes rest on. */
export interface Grounds {
  readonly facts: Facts;
  /** What would land. */
  readonly landing: ChangeSet;
  readonly reach: ReachMap;
  readonly scope: Scope;
  readonly policy: Policy;
  readonly tools: Tools;
  readonly nowMs: number;
}

const ticksShown = 12;

/**
 * One bake for each environment that asks for one and each service that the change reaches there. Only paths that name the environment,
 * or are merged into its branch, bind at merge. Where nothing is known of deployments, nothing has run.
 */
export function bakesOf({ facts, landing, reach, scope, policy, tools, nowMs }: Grounds): readonly Bake[] {
  if (scope !== "full") return [];
  const files = new Map(changed(landing).map((file) => [file.path, file]));
  const servicesOf = new Map(reach.files.map(({ path, services }) => [path, services]));
  const bound = boundPaths([...files.keys()], policy, facts.base.ref);
  const groups = Map.groupBy(bound, ({ path, environment, bake }) => {
    return JSON.stringify([environment, bake.in, servicesOf.get(path)?.[0] ?? null]);
  });
  return [...groups]
    .toSorted(([a], [b]) => byCodeUnits(a, b))
    .flatMap(([, members]) => {
      const [first] = members;
      if (first === undefined) return [];
      const services = [...new Set(members.flatMap(({ path }) => servicesOf.get(path) ?? []))];
      const forMs = Math.max(first.bake.forMs, ...services.map((name) => policy.services[name]?.bakeMs ?? 0));
      const service = servicesOf.get(first.path)?.[0] ?? null;
      const matched = members.flatMap(({ path, twins }) => {
        const file = files.get(path);
        return file === undefined ? [] : [{ file, twins }];
      });
      const record = facts.deployments ?? noRecord;
      const change = sought(matched, record, tools);
      return change === null ? [] : [bakeOf({ first, members, service, forMs, change, record, facts, policy, nowMs })];
    });
}

const noRecord: DeploymentRecord = {
  environments: [],
  branches: [],
  paths: [],
  versions: [],
  tips: [],
  arrivals: [],
  contents: {},
};

interface Group {
  readonly first: BoundPath;
  readonly members: readonly BoundPath[];
  readonly service: string | null;
  readonly forMs: number;
  readonly change: Sought;
  readonly record: DeploymentRecord;
  readonly facts: Facts;
  readonly policy: Policy;
  readonly nowMs: number;
}

function bakeOf({ first, members, service, forMs, change, record, facts, policy, nowMs }: Group): Bake {
  const { environment, bake } = first;
  const known = record.environments.find((one) => one.environment === bake.in);
  const served = record.tips.filter((tip) => tip.environment === bake.in).map(({ sha }) => sha);
  const told = {
    id: `bake:${environment}:${bake.in}${service === null ? "" : `:${service}`}`,
    environment,
    where: bake.in,
    service,
    forMs,
    paths: [...new Set(members.map(({ path }) => path))].toSorted(byCodeUnits),
    twins: change.twinsAt(facts.base.sha),
    merged: [facts.base.sha, ...served].some((sha) => change.at(sha)?.same === true),
  };
  const unknown = unknownBecause(known);
  const where = policy.environments[bake.in];
  if (unknown !== null || known?.kind !== "known" || where === undefined)
    return {
      ...told,
      baked: null,
      because: unknown ?? "nothing is known of it",
      broughtBy: null,
      ticks: [],
      unproved: null,
    };
  const evidence = evidenceOf(known, where, record.branches, facts.subject.repository);
  const { baked, ticks } = bakeClock(
    {
      happenings: withHealth(evidence, known, facts.signals, policy),
      versionOf: change.at,
      before: change.before,
      isOlder: (sha, than) => stoodBefore(sha, than, record),
      forMs,
      expiresMs: bake.expiresMs,
    },
    nowMs,
  );
  return {
    ...told,
    baked,
    because: null,
    broughtBy: broughtBy(baked, change, record),
    ticks: ticks.slice(-ticksShown),
    unproved: newestUnproved(evidence, change),
  };
}

function unknownBecause(record: EnvironmentRecord | undefined): string | null {
  if (record === undefined) return "nobody could ask GitHub for its deployments";
  return record.kind === "unknown" ? record.because : null;
}

function newestUnproved({ unproved }: Evidence, change: Sought): Bake["unproved"] {
  const last = unproved.findLast(({ sha }) => change.at(sha)?.same === true);
  return last === undefined ? null : { id: last.id, because: last.because };
}

/** That nothing shows a change to have run where it must have: people can take it without, once they have been told. */
export function bakeGaps(bakes: readonly Bake[]): readonly Gap[] {
  return bakes.filter(isWithout).map(({ id, where, paths, because, unproved }): Gap => {
    const seen = unproved === null ? "" : `; deployment ${unproved.id} does not count, for ${unproved.because}`;
    const reason =
      because === null
        ? `whether this change has run in \`${where}\`: nothing there has the same values${seen}`
        : `whether this change has run in \`${where}\`: ${because}`;
    return {
      id: `no-${id}`,
      level: "hold",
      path: paths[0] ?? null,
      side: "head",
      line: null,
      reason,
      remedy: `Bring the same change to \`${where}\` first and let it be deployed there, or ask people to take it without.`,
    };
  });
}

/** Who has to agree where nothing has run: as many as at critical risk. */
export function bakeAsks(bakes: readonly Bake[], lifted: ReadonlySet<string>, policy: Policy): readonly Ask[] {
  const open = bakes.filter((bake) => isWithout(bake) && !lifted.has(`no-${bake.id}`));
  return [...Map.groupBy(open, ({ environment }) => environment)].map(([environment, ofIt]) => ({
    id: `bake:${environment}`,
    count: (policy.environments[environment]?.approvals ?? policy.approvals.byRisk).critical,
    from: [],
    because: `\`${environment}\` without a run in ${[...new Set(ofIt.map(({ where }) => `\`${where}\``))].join(", ")}`,
  }));
}

/** Neither has it run, nor is it on its way there. */
function isWithout({ baked, merged }: Bake): boolean {
  if (baked === null) return true;
  if (merged) return false;
  return baked.kind === "never" || (baked.kind === "undone" && baked.because === "expired");
}

/** Ids of the bakes that a command may lift, as the report names them. */
export function unmet(bakes: readonly Bake[]): readonly string[] {
  return bakes.flatMap((bake) => (isWithout(bake) || bake.baked?.kind === "complete" ? [] : [bake.id]));
}

/** One requirement for each bake that time or a deployment can meet; `lifted` are those that people lift by command. */
export function bakeRequirements(
  bakes: readonly Bake[],
  lifted: ReadonlyMap<string, Overridden>,
  timezone: string,
): readonly Requirement[] {
  return bakes
    .filter((bake) => !isWithout(bake))
    .map((bake): Requirement => {
      const { id, where, service, forMs, baked } = bake;
      const by = lifted.get(id);
      const { now, from, state, laterMs } = answer(baked ?? { kind: "never" }, bake, timezone);
      return {
        id,
        kind: "bake",
        what: `Bake: ${hours(forMs)} in \`${where}\`${service === null ? "" : ` (\`${service}\`)`}`,
        from,
        now: by === undefined ? now : `lifted by ${by.by.map((login) => `\`${login}\``).join(", ")}: ${now}`,
        actor: "time",
        state: by === undefined ? state : { kind: "met" },
        need: null,
        have: null,
        counted: by === undefined ? [] : by.by,
        excluded: [],
        ...notAsked,
        laterMs,
      };
    });
}

function answer(
  baked: Baked,
  { where, environment, unproved }: Bake,
  timezone: string,
): Pick<Requirement, "now" | "from" | "state" | "laterMs"> {
  const at = (ms: number): string => moment(ms, timezone);
  const deployment = `a deployment to \`${where}\``;
  const ignored = unproved === null ? "" : `; deployment ${unproved.id} does not count, for ${unproved.because}`;
  switch (baked.kind) {
    case "complete":
      return {
        now: `done: it has run there since ${at(baked.since.atMs)}, and that counts until ${at(baked.expiresMs)}`,
        from: "time",
        state: { kind: "met" },
        laterMs: baked.expiresMs,
      };
    case "running":
      return {
        now: `ready ${at(nextMinute(baked.readyMs))}, by itself; it has run since ${at(baked.since.atMs)} (deployment ${baked.since.id}, ${baked.since.by}), and starts over if \`${where}\` fails, is rolled back or gets another version`,
        from: "time",
        state: { kind: "waiting", untilMs: baked.readyMs },
        laterMs: baked.readyMs,
      };
    case "undone":
      return {
        now: `${undoings[baked.because]} ${at(baked.atMs)}; the clock starts anew with the next success of this change in \`${where}\`${ignored}`,
        from: deployment,
        state: { kind: "waiting", untilMs: null },
        laterMs: null,
      };
    case "never":
      return {
        now: `merged, and not deployed to \`${where}\` yet${ignored}; \`${environment}\` waits without an end`,
        from: deployment,
        state: { kind: "waiting", untilMs: null },
        laterMs: null,
      };
    default:
      return unreachable(baked);
  }
}

const undoings: Readonly<Record<Undoing, string>> = {
  failed: "it failed there",
  unhealthy: "monitoring called what ran there unhealthy",
  rolled_back: "it was rolled back there",
  replaced: "another version took its place there",
  ended: "it is not live there any more since",
  expired: "the proof expired",
};

/** "24 h". */
function hours(ms: number): string {
  return ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${Math.ceil(ms / 60_000)} min`;
}

/**
 * While a bake is under way nothing can merge, and there is time to switch auto-merge off: the check turns to `hold` for it when the bake
 * is over, and never to green.
 */
export function armedMeanwhile(armed: readonly Requirement[], bakes: readonly Requirement[]): readonly Requirement[] {
  const waiting = bakes.flatMap(({ state }) => (state.kind === "waiting" ? [state.untilMs] : []));
  if (waiting.length === 0) return armed;
  const ends = waiting.includes(null) ? null : Math.max(...waiting.map((ms) => ms ?? 0));
  return armed.map((requirement) =>
    requirement.state.kind === "missing"
      ? {
          ...requirement,
          now: `${requirement.now}. It cannot merge now; when the bake is over this check turns to hold, not to green, while it is on`,
          state: { kind: "waiting", untilMs: ends },
        }
      : requirement,
  );
}
