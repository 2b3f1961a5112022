import { alarmKey, type AftermathAlarm } from "../core/alarms/alarm.ts";
import type { AftermathCase, Entry } from "../core/ledger/entry.ts";
import type { Policy } from "../core/policy/schema.ts";
import { causeWords, type LandedChange } from "../core/rollback/words.ts";
import type { AftermathSubject, PullRequestSubject } from "../core/subject.ts";
import { tellOfTrips, tripOverRollback } from "./breakers.ts";
import { aside, bounded, type Done, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";
import type { InQuestion } from "./ports.ts";

const dayMs = 86_400_000;
/** How long a case is kept, and what it had in question followed. */
const followedMs = 14 * dayMs;
/** What monitoring says is looked at again for so long: GitHub may tell of the deployment later. */
const signalsMs = 2 * dayMs;
const entriesRead = 1_000;
const publicationsRead = 500;

type Change = LandedChange & { readonly isAgent: boolean };

/**
 * Looks at what went wrong since changes went live, and does about it what the policy says: once for each cause. What fails is tried
 * again, and finds what was done before: a revert by its marker, an alarm by its key, a strike by its id.
 */
export async function lookAfter(
  held: Held,
  subject: AftermathSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Done> {
  const nowMs = ports.clock.now();
  const known = (await lastCases(subject, ports)).filter(({ atMs }) => atMs > nowMs - followedMs);
  const signals = await ports.signals.of(subject.repository.id, nowMs - signalsMs);
  const collected = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.aftermath.collect(subject, signals, known, signal)),
  );
  const cases = known.map((one): AftermathCase => {
    if (collected.kind === "unwatched") return one;
    const back = collected.returned.filter(({ causeId }) => causeId === one.causeId);
    return { ...one, rolledBack: [...one.rolledBack, ...back.map(({ number, by }) => ({ number, by }))] };
  });
  let failure: unknown;
  if (collected.kind === "aftermath")
    for (const question of collected.questions) {
      if (cases.some(({ causeId }) => causeId === question.cause.id)) continue;
      try {
        const found = await deal(held, subject, question, { policy: collected.policy, cases }, ports, limits);
        if (found !== null) cases.push(found);
      } catch (error) {
        ports.log.error(
          { error, cause: question.cause.id },
          "what went wrong after a change went live could not be dealt with; it is tried again",
        );
        failure ??= error;
      }
    }
  const endMs = ports.clock.now();
  const entry: Entry = { kind: "aftermath", atMs: endMs, repositoryId: subject.repository.id, cases };
  // The webhook of a status may be lost, or come before GitHub lists its deployment: then nothing else says that it is there.
  return { entry, nextLookMs: collected.kind === "unwatched" ? null : endMs + limits.resyncMs, failure };
}

async function lastCases(subject: AftermathSubject, { ledger }: LoopPorts): Promise<readonly AftermathCase[]> {
  const entries: readonly Entry[] = (await ledger.bySubject(subject, entriesRead)).map(({ entry }) => entry);
  return entries.find((entry) => entry.kind === "aftermath")?.cases ?? [];
}

/** Null: no change of an agent is in question. */
async function deal(
  held: Held,
  subject: AftermathSubject,
  { cause, changes: landed, complete }: InQuestion,
  { policy, cases }: { readonly policy: Policy; readonly cases: readonly AftermathCase[] },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<AftermathCase | null> {
  const { id: causeId, kind, environment, atMs } = cause;
  const changes = await inQuestion(subject, landed, cases, ports);
  if (!changes.some(({ isAgent }) => isAgent)) return null;
  const kept = {
    causeId,
    cause: kind,
    environment,
    atMs,
    changes: changes.map(({ number, mergeSha, isAgent }) => ({ number, mergeSha, isAgent })),
    rolledBack: [],
  };
  if (policy.mode === "observe") return { ...kept, did: "observed", revert: null };
  const agents = changes.filter(({ isAgent }) => isAgent);
  for (const { number, baseRef: branch } of agents) {
    const pull = pullOf(subject, number);
    await tripOverRollback(pull, cause, policy.halt.tripOn, ports);
    const told = { subject: pull, branch, number, reportTo: policy.alarms.issues };
    if (!(await tellOfTrips(held, told, ports, limits))) throw new Error("A trip could not be told of.");
  }
  const before = dealtWith(agents, cases);
  if (before !== null) return { ...kept, did: before.did, revert: before.revert };
  const because = whyNotReverted({ cause, changes, complete }, policy);
  const [only] = agents;
  if (because === null && only !== undefined) {
    const reverted = await revert(held, subject, { change: only, cause }, ports, limits);
    if (reverted.kind === "opened") return { ...kept, did: "reverted", revert: reverted.number };
    const reason = reverted.kind === "absent" ? "the enforcer is not installed here" : reverted.because;
    await tell(held, subject, { cause, changes, because: reason }, policy, ports, limits);
  } else await tell(held, subject, { cause, changes, because: because ?? "" }, policy, ports, limits);
  return { ...kept, did: "told", revert: null };
}

/** What is not rolled back yet. A change is an agent's if a report of ours ever showed marks of one; a revert of ours is nobody's. */
async function inQuestion(
  subject: AftermathSubject,
  landed: readonly LandedChange[],
  cases: readonly AftermathCase[],
  { ledger }: LoopPorts,
): Promise<readonly Change[]> {
  const back = new Set(cases.flatMap(({ rolledBack }) => rolledBack.map(({ number }) => number)));
  const reverts = new Set(cases.flatMap((one) => one.revert ?? []));
  const changes: Change[] = [];
  for (const change of landed.filter(({ number }) => !back.has(number))) {
    const reports = await ledger.publications(pullOf(subject, change.number), publicationsRead);
    const isAgent = !reverts.has(change.number) && reports.some(({ agents }) => agents.length > 0);
    changes.push({ ...change, isAgent });
  }
  return changes;
}

/** What was done about these changes over an earlier cause holds for a later one as well. */
function dealtWith(agents: readonly Change[], cases: readonly AftermathCase[]): AftermathCase | null {
  return (
    cases.findLast(
      ({ did, changes }) =>
        did !== "observed" && agents.every(({ number }) => changes.some((one) => one.isAgent && one.number === number)),
    ) ?? null
  );
}

/** As a clause; null: a revert is to be opened. */
function whyNotReverted(
  { cause, changes, complete }: Omit<InQuestion, "changes"> & { readonly changes: readonly Change[] },
  { rollback }: Policy,
): string | null {
  if (rollback.do === "report") return "the policy asks for a report alone (`rollback.do`)";
  if (cause.repositories > 1) return "the signal names no repository, and several have this environment";
  if (changes.length > 1) return "several changes are in question, and which of them it was is for people to say";
  return complete ? null : "not everything that went live with it is known";
}

async function revert(
  held: Held,
  subject: AftermathSubject,
  { change, cause }: { readonly change: Change; readonly cause: InQuestion["cause"] },
  ports: LoopPorts,
  limits: LoopLimits,
) {
  const { number } = change;
  const marker = `<!-- sallyport-revert ${subject.repository.id}/${number}/${encodeURIComponent(cause.id)} -->`;
  const words = {
    title: `Revert pull request ${number}: ${cause.environment} went wrong after it`,
    body: [
      `Takes back #${number}: ${causeWords(cause)} after it went live.`,
      "",
      "It is not merged by itself: people look at it as at every change.",
      "",
      marker,
    ].join("\n"),
    marker,
  };
  return await ports.locks.withLock(
    `revert/${subject.repository.id}/${number}`,
    limits.leaseMs,
    AbortSignal.timeout(limits.publishMs),
    async () =>
      await aside(held, ports, limits, (signal) => ports.enforcer.revert(pullOf(subject, number), words, signal)),
  );
}

async function tell(
  held: Held,
  { installationId, repository }: AftermathSubject,
  { cause, changes, because }: Pick<AftermathAlarm, "cause" | "changes" | "because">,
  { alarms }: Policy,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  const branch = changes[0]?.baseRef ?? "";
  const alarm: AftermathAlarm = { kind: "went_wrong", repository, branch, cause, changes, because };
  const issues = alarms.issues.map((one) => ({ kind: "issue" as const, repository: one }));
  const comments = changes.flatMap(({ number, isAgent }) => (isAgent ? [{ kind: "comment" as const, number }] : []));
  for (const place of issues.length > 0 ? issues : comments) {
    ports.log.warn({ alarm: alarmKey(alarm), place }, "something went wrong after a change of an agent went live");
    await aside(held, ports, limits, (signal) => ports.alarms.raise(installationId, alarm, place, signal));
  }
}

function pullOf({ installationId, repository }: AftermathSubject, number: number): PullRequestSubject {
  return { kind: "pull_request", installationId, repository, number };
}
