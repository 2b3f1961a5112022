import { alarmKey } from "../core/alarms/alarm.ts";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { enforcementOf } from "../core/evaluate/enforcement.ts";
import { type Standing, signposting } from "../core/evaluate/signposts.ts";
import type { Facts } from "../core/facts.ts";
import { type Entry, evaluatedEntry } from "../core/ledger/entry.ts";
import { type PullRequestSubject, subjectId } from "../core/subject.ts";
import { lookAfter } from "./aftermath.ts";
import { tellOfTrips, tripBreakers } from "./breakers.ts";
import { closePlace, leavePlace, losePlace, takePlace } from "./budgets.ts";
import { answerCommands, recordCommands } from "./commands.ts";
import { withdrawHalted } from "./halting.ts";
import {
  aside,
  bounded,
  type Done,
  during,
  type Held,
  leftMs,
  type LoopLimits,
  type LoopPorts,
  StepFailed,
} from "./held.ts";
import { publishEffects, publishVerdict } from "./publish-judged.ts";
import { leaveTarget, withdrawJudgements } from "./publish.ts";
import { type Enforced, RetryLater, type Target } from "./ports.ts";
import { lookAtDeployment } from "./look-deployment.ts";
import { lookAtGroup } from "./look-group.ts";
import { remembered } from "./remembered.ts";
import { sweep } from "./sweep.ts";
import { grant } from "./grant.ts";
import { watch } from "./watch.ts";

/** Looks that follow one another without a pause would be a busy loop; no requirement is finer than this. */
const SHORTEST_REST_MS = 1_000;

/**
 * One look at a claimed subject, from the facts to the ledger. Never rejects: what fails is tried again later, and a failure that
 * cannot even be written down ends with the lease.
 */
export async function look(held: Held, ports: LoopPorts, limits: LoopLimits): Promise<void> {
  const { claim } = held;
  const subject = subjectId(claim.subject);
  try {
    let settled: boolean;
    try {
      settled = await end(held, await lookAtSubject(held, ports, limits), ports, limits);
    } catch (error) {
      ports.log.warn({ error, subject, attempts: claim.attempts }, "a look failed and is tried again");
      settled = await fail(held, error, ports, limits);
    }
    if (!settled) ports.log.warn({ subject, lease: claim.lease }, "a look lost its lease; its subject is marked again");
  } catch (error) {
    ports.log.error({ error, subject, lease: claim.lease }, "a look could not be ended; its lease will");
  }
}

async function lookAtSubject(held: Held, ports: LoopPorts, limits: LoopLimits): Promise<Done> {
  const { subject, attempts } = held.claim;
  await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.memory.examine(subject.installationId, signal)),
  );
  switch (subject.kind) {
    case "sweep_repository":
    case "sweep_base":
      return { entry: await sweep(held, subject, ports, limits), nextLookMs: null };
    case "sweep_installation":
      return { entry: await sweep(held, subject, ports, limits), nextLookMs: ports.clock.now() + limits.sweepMs };
    case "branch":
      return await watch(held, subject, ports, limits);
    case "aftermath":
      return await lookAfter(held, subject, ports, limits);
    case "wish":
      return { entry: await grant(held, subject, ports, limits), nextLookMs: null };
    case "merge_group":
      return await lookAtGroup(held, subject, ports, limits);
    case "deployment":
      return await lookAtDeployment(held, subject, ports, limits);
    case "pull_request": {
      const halted = await during("publish", () => withdrawHalted(held, subject, ports, limits));
      // Nothing of it is green any more: the look that follows judges, after all others that are to be withdrawn.
      if (halted !== null) return { entry: halted, nextLookMs: ports.clock.now() };
      // Attempts that ended in a crash have withdrawn nothing: it must happen before whatever crashes them comes again.
      if (attempts > limits.withdrawAfterAttempts) {
        // Also what is recorded as withdrawn: that is written first, and GitHub may have refused it.
        await withdrawJudgements(held, await ports.judgements.of(subject), ports, limits);
        await losePlace(held, subject, ports);
      }
      return await lookAtPullRequest(held, subject, ports, limits);
    }
  }
}

async function lookAtPullRequest(
  held: Held,
  subject: PullRequestSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Done> {
  const collected = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.facts.collect(subject, signal)),
  );
  const known = (await ports.judgements.of(subject)).map(({ target }) => target);
  switch (collected.kind) {
    case "gone": {
      const { because, target: last } = collected;
      const targets = last === null || known.some((target) => sameTarget(target, last)) ? known : [...known, last];
      for (const target of targets) {
        const keepRun = because === "merged" && last !== null && target.headSha === last.headSha;
        await leaveTarget(held, { subject, target, keepRun }, ports, limits);
      }
      await closePlace(held, subject, because, ports);
      const withdrawnFrom = targets.map(({ headSha }) => headSha);
      return { entry: { kind: "gone", atMs: ports.clock.now(), because, withdrawnFrom }, nextLookMs: null };
    }
    case "facts": {
      const { policies, siblings, target } = collected;
      // Heads and bases that it has left go first: a green that must not stand is more urgent than a new report.
      for (const former of known.filter((other) => !sameTarget(other, target))) {
        await leaveTarget(held, { subject, target: former, keepRun: false }, ports, limits);
      }
      const recorded = await recordCommands(held, subject, collected, ports, limits);
      const unanswered = await answerCommands(held, subject, recorded, null, ports, limits);
      const facts = await remembered(collected.facts, ports);
      const alone = await during("evaluate", () =>
        bounded([held.stopping], leftMs(held, ports, limits) - limits.publishMs, () =>
          ports.evaluator.evaluate(facts, policies, ports.clock.now()),
        ),
      );
      const evaluation = await takePlace(held, alone, ports);
      const judged = { target, evaluation, siblings, facts };
      const verdict = await publishVerdict(held, judged, ports, limits);
      await leavePlace(held, evaluation, ports);
      const enforced = await enforce(held, evaluation, facts, ports, limits);
      const published = await publishEffects(held, judged, verdict, ports, limits);
      await answerCommands(held, subject, unanswered, evaluation, ports, limits);
      await tripBreakers(evaluation, ports);
      const told =
        (await tellOfBrokenGlass(held, evaluation, ports, limits)) &&
        (await tellOfBreakers(held, evaluation, ports, limits));
      await putUpSignposts(held, evaluation, collected.standing, ports, limits);
      const nowMs = ports.clock.now();
      const againMs = enforced === null || !told ? nowMs + limits.longestRetryMs : null;
      const wishes = [evaluation.nextLookMs, collected.lookAgainMs, againMs].filter((wish) => wish !== null);
      const wishedMs = Math.min(...wishes, nowMs + limits.resyncMs);
      return {
        entry: evaluatedEntry(evaluation, { ...published, enforced }, facts),
        nextLookMs: Math.max(wishedMs, nowMs + SHORTEST_REST_MS),
      };
    }
  }
}

/** The check run holds already: what fails here delays nothing, is told, and is tried again. Null: it failed. */
async function enforce(
  held: Held,
  evaluation: Evaluation,
  facts: Facts,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<readonly Enforced[] | null> {
  const enforcement = enforcementOf(evaluation, facts);
  if (enforcement === null) return [];
  const { subject } = evaluation;
  try {
    return await aside(held, ports, limits, (signal) => ports.enforcer.enforce(subject, enforcement, signal));
  } catch (error) {
    ports.log.error(
      { error, subject: subjectId(subject) },
      "the enforcer could not act; the check run stands, and it is tried again",
    );
    return null;
  }
}

/** Whoever is told finds the alarm that stands, so that telling again changes nothing. False: it failed, and is tried again. */
async function tellOfBrokenGlass(
  held: Held,
  { subject, baseRef, headSha, brokenGlass }: Evaluation,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<boolean> {
  const { installationId, repository, number } = subject;
  let complete = true;
  for (const glass of brokenGlass)
    for (const place of glass.reportTo) {
      const alarm = { kind: "broken_glass", repository, branch: baseRef, number, headSha, glass } as const;
      try {
        await aside(held, ports, limits, (signal) =>
          ports.alarms.raise(installationId, alarm, { kind: "issue", repository: place }, signal),
        );
      } catch (error) {
        complete = false;
        ports.log.error({ error, alarm: alarmKey(alarm), place }, "an alarm could not be raised; it is tried again");
      }
    }
  return complete;
}

async function tellOfBreakers(
  held: Held,
  { subject, baseRef: branch, conduct }: Evaluation,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<boolean> {
  if (conduct === null || conduct.strikes.length === 0) return true;
  const { number } = subject;
  return await tellOfTrips(held, { subject, branch, number, reportTo: conduct.reportTo }, ports, limits);
}

/** A courtesy: what fails here is told, and tried again with the next look. */
async function putUpSignposts(
  held: Held,
  { subject, signposts }: Evaluation,
  standing: Standing,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  const change = signposts === null ? null : signposting(signposts, standing);
  if (change === null) return;
  try {
    await aside(held, ports, limits, (signal) => ports.signposts.change(subject, change, signal));
  } catch (error) {
    ports.log.warn({ error, subject: subjectId(subject) }, "a label or a request for review could not be made");
  }
}

function sameTarget(a: Target, b: Target): boolean {
  return a.headSha === b.headSha && a.checkName === b.checkName;
}

/** Keeps what the look came to. False: the lease was lost. */
async function end(
  { claim, stopping }: Held,
  { entry, nextLookMs, failure }: Done,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<boolean> {
  const nowMs = ports.clock.now();
  if (failure === undefined) return await ports.queue.settle(claim, entry, nextLookMs, nowMs);
  const retryMs = stopping.aborted ? nowMs : retryAtMs(failure, claim.attempts, nowMs, limits);
  return await ports.queue.postpone(claim, entry, retryMs, nowMs);
}

/** Plans the next try, after withdrawing what stands if too many have failed. False: the lease was lost. */
async function fail(held: Held, error: unknown, ports: LoopPorts, limits: LoopLimits): Promise<boolean> {
  const { claim } = held;
  // Who is told to wait has found nothing wrong, and what could be sent now would be refused as well: it must not count as taken back.
  const waits = (error instanceof StepFailed ? error.cause : error) instanceof RetryLater;
  const withdrawnFrom = waits ? [] : await withdrawIfTimeAndAgain(held, ports, limits);
  const nowMs = ports.clock.now();
  const retryMs = held.stopping.aborted ? nowMs : retryAtMs(error, claim.attempts, nowMs, limits);
  const step = error instanceof StepFailed ? error.step : "collect";
  const entry: Entry = {
    kind: "failed",
    atMs: nowMs,
    step,
    attempts: claim.attempts,
    retryMs,
    withdrawnFrom: [...withdrawnFrom],
  };
  return await ports.queue.postpone(claim, entry, retryMs, nowMs);
}

async function withdrawIfTimeAndAgain(held: Held, ports: LoopPorts, limits: LoopLimits): Promise<readonly string[]> {
  const { subject, attempts } = held.claim;
  if (subject.kind !== "pull_request" || attempts < limits.withdrawAfterAttempts || held.stopping.aborted) return [];
  try {
    const withdrawn = await withdrawJudgements(held, await ports.judgements.of(subject), ports, limits);
    await losePlace(held, subject, ports);
    return withdrawn;
  } catch (error) {
    ports.log.error(
      { error, subject: subjectId(subject), attempts },
      "a verdict that nobody can vouch for could not be withdrawn",
    );
    return [];
  }
}

function retryAtMs(error: unknown, attempts: number, nowMs: number, limits: LoopLimits): number {
  const cause = error instanceof StepFailed ? error.cause : error;
  const backoffMs = Math.min(limits.firstRetryMs * 2 ** Math.min(attempts - 1, 30), limits.longestRetryMs);
  return cause instanceof RetryLater ? Math.max(cause.retryAtMs, nowMs + limits.firstRetryMs) : nowMs + backoffMs;
}
