import type { Halt } from "../core/decisions/decision.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { type Shared, share, type Sibling } from "../core/evaluate/siblings.ts";
import { asHalted, haltsOn, whoWrote, type Wrote } from "../core/requirements/halt.ts";
import { type DeploymentSubject, type MergeGroupSubject, type PullRequestSubject, subjectId } from "../core/subject.ts";
import { bounded, during, type Held, leftMs, type LoopLimits, type LoopPorts } from "./held.ts";
import { ownRunReference } from "./own-run.ts";
import type { Judgement, Statement, Target } from "./ports.ts";

/** The lease ended, or too little of it is left to send anything under it. */
export class LeaseShort extends Error {
  override readonly name = "LeaseShort";
}

/** Somebody halted while this was judged: what was found before says nothing any more. */
class HaltedSince extends Error {
  override readonly name = "HaltedSince";
}

export interface Published {
  readonly shared: Shared;
  readonly runId: number | null;
  readonly wrote: boolean;
}

/**
 * Records what the subject was judged on its target, and publishes the worst verdict of all that share it. The record comes first,
 * and both happen under the lock of the head: a sibling that reads under the same lock never misses a verdict that was sent, and a
 * target that a crash leaves behind is known. Who is judged there counts, listed or not: it may have been opened since the facts were
 * collected; if it has moved on, its own next look takes it away. Halts are read once more after the record: one that is recorded
 * later finds this judgement and withdraws it, so none is missed in between.
 */
export async function publishEvaluation(
  held: Held,
  at: {
    readonly target: Target;
    readonly evaluation: Evaluation;
    readonly siblings: readonly PullRequestSubject[];
    readonly knownHalts: readonly Halt[];
    readonly isArmed: boolean;
  },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Published> {
  const { target, evaluation, isArmed } = at;
  const { subject, verdict, policy } = evaluation;
  const wrote = whoWrote(evaluation.provenance, evaluation.gaps);
  return await underLock(held, target, ports, limits, async () => {
    await record(held, { subject, target, verdict, mode: policy.mode, wrote, isArmed }, ports);
    const halts = await ports.decisions.halts(subject.installationId);
    refuseIfHaltedSince(subject, wrote, at.knownHalts, halts);
    // A sibling's own look may have found a halt and sent nothing: what it had recorded until then must not be sent by this one.
    const others = (await ports.judgements.at(target))
      .filter((judgement) => !isOf(subject, judgement))
      .map((judgement) => asHalted(judgement, halts));
    const unjudged = at.siblings.filter((sibling) => !others.some((judgement) => isOf(sibling, judgement)));
    await ports.queue.mark(unjudged, ports.clock.now());
    const shared = share(verdict, [
      ...others,
      ...unjudged.map((sibling): Sibling => ({ subject: sibling, verdict: null })),
    ]);
    // A sibling that is halted stops everyone here, also those whose policy only observes.
    const enforced = others.some((judgement) => judgement.mode === "enforce");
    const shown: Evaluation = enforced ? { ...evaluation, policy: { ...policy, mode: "enforce" } } : evaluation;
    const sent = await send(held, subject, target, { kind: "evaluated", evaluation: shown, shared }, ports, limits);
    return { shared, ...sent };
  });
}

/** Throws where a halt holds on the subject that was not known when it was judged. */
function refuseIfHaltedSince(
  subject: PullRequestSubject,
  wrote: Wrote | null,
  known: readonly Halt[],
  halts: readonly Halt[],
): void {
  const ids = new Set(known.map(({ id }) => id));
  const since = halts.filter(({ id }) => !ids.has(id));
  refuseIfHalted(since, subject, wrote);
}

/** Throws where one of the halts, all of which came while the subject was judged, holds on it. */
export function refuseIfHalted(
  since: readonly Halt[],
  subject: PullRequestSubject | DeploymentSubject,
  wrote: Wrote | null,
): void {
  if (haltsOn(since, subject, wrote).length > 0) {
    throw new HaltedSince("Nothing is sent: a halt was recorded while this was judged. It is judged again.");
  }
}

/**
 * Withdraws a green that is halted. It is sent before it is recorded: as long as it is not known to be red it counts as green, and is
 * withdrawn again.
 */
export async function publishHalted(
  held: Held,
  { subject, target, wrote, isArmed }: Judgement,
  halts: readonly Halt[],
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  await underLock(held, target, ports, limits, async () => {
    await send(held, subject, target, { kind: "halted", halts }, ports, limits);
    await record(held, { subject, target, verdict: "block", mode: "enforce", wrote, isArmed }, ports);
  });
}

/**
 * Withdraws what stands for a subject that could not be evaluated time and again: nobody can vouch for it any more. Returns the heads.
 */
export async function withdrawJudgements(
  held: Held,
  judgements: readonly Judgement[],
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<readonly string[]> {
  for (const { subject, target, mode: judgedIn, wrote, isArmed } of judgements) {
    const halts = haltsOn(await ports.decisions.halts(subject.installationId), subject, wrote);
    const mode = halts.length > 0 ? "enforce" : judgedIn;
    await underLock(held, target, ports, limits, async () => {
      await record(held, { subject, target, verdict: null, mode, wrote, isArmed }, ports);
      const others = (await ports.judgements.at(target)).filter((judgement) => !isOf(subject, judgement));
      const { attempts } = held.claim;
      const statement: Statement = { kind: "not_evaluated", shared: share(null, others), mode, attempts };
      await send(held, subject, target, statement, ports, limits);
    });
  }
  return judgements.map(({ target }) => target.headSha);
}

/**
 * Leaves a target where the subject is no longer the head of an open pull request onto that base. Where others stand on it, they are
 * marked and publish without it; where none does, what stands there is superseded, unless it is to be kept (the head of a merge).
 * Forgotten last, so that a crash on the way leaves a reason to come back.
 */
export async function leaveTarget(
  held: Held,
  from: { readonly subject: PullRequestSubject; readonly target: Target; readonly keepRun: boolean },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  const { subject, target } = from;
  await underLock(held, target, ports, limits, async () => {
    const standing = await ports.judgements.at(target);
    if (standing.some((judgement) => isOf(subject, judgement) && judgement.lease > held.claim.lease)) {
      throw new LeaseShort("A later look has judged the subject on the head that this one wanted to leave.");
    }
    const others = standing.filter((judgement) => !isOf(subject, judgement));
    // Only where it counted so far: without that, two that leave and stay by turns could mark each other for ever.
    if (others.length < standing.length) {
      await ports.queue.mark(
        others.map((judgement) => judgement.subject),
        ports.clock.now(),
      );
    }
    if (others.length === 0 && !from.keepRun) await send(held, subject, target, { kind: "superseded" }, ports, limits);
    await ports.judgements.retire(held.claim, subject, target);
  });
}

/** Says something on the commit of a merge group. Nobody shares it, so nothing is recorded. */
export async function publishOnGroup(
  held: Held,
  at: {
    readonly subject: MergeGroupSubject;
    readonly target: Target;
    readonly statement: Statement;
    /** Null: it lets nothing pass, whoever halts. */
    readonly judged: { readonly evaluations: readonly Evaluation[]; readonly knownHalts: readonly Halt[] } | null;
  },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<{ readonly runId: number | null; readonly wrote: boolean }> {
  const { subject, target, statement, judged } = at;
  return await underLock(held, target, ports, limits, async () => {
    const halts = judged === null ? [] : await ports.decisions.halts(subject.installationId);
    for (const { subject: member, provenance, gaps } of judged?.evaluations ?? []) {
      refuseIfHaltedSince(member, whoWrote(provenance, gaps), judged?.knownHalts ?? [], halts);
    }
    return await send(held, subject, target, statement, ports, limits);
  });
}

/** Opens the folded sections of the report that stands on a target. The lock keeps a look from publishing in between. */
export async function unfoldReport(
  held: Held,
  at: { readonly installationId: number; readonly target: Target },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  await underLock(held, at.target, ports, limits, async () => {
    enoughLeft(held, ports, limits);
    await bounded([], limits.publishMs, (signal) => ports.publisher.unfold(at.installationId, at.target, signal));
  });
}

function isOf(subject: PullRequestSubject, judgement: Judgement): boolean {
  return subjectId(judgement.subject) === subjectId(subject);
}

/** All targets of one head share a lock. It holds at least as long as the claim: a look that lost the lock cannot settle either. */
async function underLock<T>(
  held: Held,
  target: Target,
  ports: LoopPorts,
  limits: LoopLimits,
  work: () => Promise<T>,
): Promise<T> {
  const key = `head/${target.repository.id}/${target.headSha}`;
  return await during("publish", async () => {
    const waitMs = Math.max(0, leftMs(held, ports, limits) - limits.publishMs);
    return await ports.locks.withLock(key, limits.leaseMs, AbortSignal.timeout(waitMs), work);
  });
}

async function record(held: Held, judgement: Omit<Judgement, "lease">, { judgements }: LoopPorts): Promise<void> {
  if (!(await judgements.record(held.claim, judgement))) {
    throw new LeaseShort("The lease was lost before the judgement could be recorded: another look has the word.");
  }
}

async function send(
  held: Held,
  subject: PullRequestSubject | MergeGroupSubject,
  target: Target,
  statement: Statement,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<{ readonly runId: number | null; readonly wrote: boolean }> {
  enoughLeft(held, ports, limits);
  const reference = ownRunReference(subject, held.claim.lease);
  const publication = { installationId: subject.installationId, target, statement, reference };
  return await bounded([], limits.publishMs, (signal) => ports.publisher.publish(publication, signal));
}

function enoughLeft(held: Held, ports: LoopPorts, limits: LoopLimits): void {
  const left = leftMs(held, ports, limits);
  if (left >= limits.publishMs) return;
  throw new LeaseShort(
    `Nothing is sent: ${left} ms of the lease are left, and publishing may take ${limits.publishMs} ms.`,
  );
}
