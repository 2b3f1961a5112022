import { agentOf } from "../core/provenance/catalogue.ts";
import {
  type BreakerName,
  type Conduct,
  countedMs,
  type Strike,
  tightest,
  type Trip,
  trips,
} from "../core/breakers/breakers.ts";
import type { TripAlarm } from "../core/alarms/alarm.ts";
import { alarmKey } from "../core/alarms/alarm.ts";
import type { Around, BranchFacts } from "../core/around/around.ts";
import type { Halt } from "../core/decisions/decision.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import type { Entry } from "../core/ledger/entry.ts";
import type { TripOn } from "../core/policy/schema.ts";
import { type BranchSubject, type PullRequestSubject, subjectId } from "../core/subject.ts";
import { aside, type Held, type LoopLimits, type LoopPorts } from "./held.ts";

/** The last look that ended with a verdict is among these, or so old that it tells nothing. */
const entriesRead = 100;

/**
 * Notes what a pull request has its agents count for, and halts those over whom a breaker trips. Called once the verdict is published:
 * what counts is red already, and a crash in between leaves the look to be done again. The pull request is then due again, so that its
 * report names the halt.
 */
export async function tripBreakers({ subject, conduct }: Evaluation, ports: LoopPorts): Promise<void> {
  if (conduct === null || conduct.strikes.length === 0) return;
  const tripped = await trip(subject, conduct, `${at(subject)}#${subject.number}`, ports);
  if (tripped) await ports.queue.mark([subject], ports.clock.now());
}

/** The same for what reached a branch past the gate: over who merged it, and over who wrote it. */
export async function tripOverBypass(
  subject: BranchSubject,
  { movements, policies }: BranchFacts,
  ways: readonly Around[],
  ports: LoopPorts,
): Promise<void> {
  const tripOn = tightest(policies);
  if (!tripOn.bypassMerge) return;
  for (const way of ways.filter((one) => one.way === "merge")) {
    const actor = movements.find(({ id }) => id === way.activityId)?.actor ?? null;
    const merger = way.byAgent && actor !== null ? [agentOf(actor)?.key ?? actor.login.toLowerCase()] : [];
    const authors = way.number === null ? [] : await accountableFor({ ...subject, number: way.number }, ports);
    const agents = [...new Set([...merger, ...authors])];
    const strikes = agents.map(
      (agent): Strike => ({
        id: `bypass_merge/${subject.repository.id}/${way.activityId}/${way.number ?? "none"}/${agent}`,
        installationId: subject.installationId,
        agent,
        breaker: "bypass_merge",
        atMs: way.atMs,
      }),
    );
    const over = way.number === null ? `${at(subject)}, branch ${subject.branch}` : `${at(subject)}#${way.number}`;
    if (agents.length > 0) await trip(subject, { agents, strikes, tripOn }, over, ports);
  }
}

/** The same for a change that something went wrong after: over the agents that are held to account for it, once for each cause. */
export async function tripOverRollback(
  subject: PullRequestSubject,
  cause: { readonly id: string; readonly atMs: number },
  tripOn: TripOn,
  ports: LoopPorts,
): Promise<void> {
  if (!tripOn.rollback) return;
  const agents = await accountableFor(subject, ports);
  const strikes = agents.map(
    (agent): Strike => ({
      id: `rollback/${subjectId(subject)}/${cause.id}/${agent}`,
      installationId: subject.installationId,
      agent,
      breaker: "rollback",
      atMs: cause.atMs,
    }),
  );
  if (agents.length > 0) await trip(subject, { agents, strikes, tripOn }, `${at(subject)}#${subject.number}`, ports);
}

/** Whoever is told finds the alarm that stands, so that telling again changes nothing. False: it failed, and is to be tried again. */
export async function tellOfTrips(
  held: Held,
  from: {
    readonly subject: PullRequestSubject | BranchSubject;
    readonly branch: string;
    readonly number: number | null;
    readonly reportTo: readonly string[];
  },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<boolean> {
  const { subject, branch, number, reportTo } = from;
  const { installationId, repository } = subject;
  const own = (await ports.decisions.halts(installationId)).filter(
    ({ by }) => by.kind === "breaker" && by.subjectId === subjectId(subject),
  );
  let complete = true;
  for (const halt of own) {
    const alarm: TripAlarm = { kind: "tripped", repository, branch, number, halt };
    const issues = reportTo.map((one) => ({ kind: "issue" as const, repository: one }));
    const places = issues.length > 0 || number === null ? issues : [{ kind: "comment" as const, number }];
    for (const place of places) {
      try {
        await aside(held, ports, limits, (signal) => ports.alarms.raise(installationId, alarm, place, signal));
      } catch (error) {
        complete = false;
        ports.log.error({ error, alarm: alarmKey(alarm), place }, "an alarm could not be raised; it is tried again");
      }
    }
  }
  return complete;
}

/** Whether anybody was halted who was not before. */
async function trip(
  subject: PullRequestSubject | BranchSubject,
  { agents, strikes, tripOn }: Pick<Conduct, "agents" | "strikes"> & { readonly tripOn: TripOn },
  over: string,
  { strikes: noted, decisions, clock, log }: LoopPorts,
): Promise<boolean> {
  const { installationId } = subject;
  const nowMs = clock.now();
  const all = await noted.note(strikes, { installationId, agents, sinceMs: nowMs - countedMs });
  const lifted = await decisions.lifted(installationId);
  let isNew = false;
  for (const agent of agents) {
    const last = (breaker: BreakerName): number | null =>
      lifted.findLast(({ halt }) => isOwn(halt, agent, breaker))?.liftedMs ?? null;
    const own = all.filter((strike) => strike.agent === agent);
    for (const one of trips(own, tripOn, last, nowMs)) {
      const halt = haltOver(subject, agent, one, over, nowMs);
      if (!(await decisions.record(halt))) continue;
      isNew = true;
      log.error({ halt: halt.id, agent, breaker: one.breaker, over }, "a breaker has halted an agent");
    }
  }
  return isNew;
}

/** Once for all that was done since somebody lifted the one before: its id says since when. */
function haltOver(
  subject: PullRequestSubject | BranchSubject,
  agent: string,
  { breaker, sinceMs, because }: Trip,
  over: string,
  nowMs: number,
): Halt {
  const { installationId } = subject;
  return {
    kind: "halt",
    id: `breaker/${installationId}/${agent}/${breaker}/${sinceMs}`,
    by: { kind: "breaker", trippedBy: breaker, subjectId: subjectId(subject) },
    atMs: nowMs,
    reason: `${because}, ${over} the last`,
    scope: { kind: "agent", installationId, agent },
    stops: "agents",
  };
}

function isOwn({ by, scope }: Halt, agent: string, breaker: BreakerName): boolean {
  return by.kind === "breaker" && by.trippedBy === breaker && scope.kind === "agent" && scope.agent === agent;
}

async function accountableFor(
  subject: Pick<PullRequestSubject, "installationId" | "repository" | "number">,
  { ledger }: LoopPorts,
): Promise<readonly string[]> {
  const { installationId, repository, number } = subject;
  const pull = { kind: "pull_request", installationId, repository, number } as const;
  const entries: readonly Entry[] = (await ledger.bySubject(pull, entriesRead)).map(({ entry }) => entry);
  return entries.find((entry) => entry.kind === "evaluated")?.accountable ?? [];
}

function at({ repository: { owner, name } }: PullRequestSubject | BranchSubject): string {
  return `${owner}/${name}`;
}
