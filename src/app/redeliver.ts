import type { Clock, DeliveryLog, FailedAttempt, Log, WorkQueue } from "./ports.ts";

const hourMs = 3_600_000;
/** GitHub sends nothing again that is older. https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const windowMs = 72 * hourMs;
/** How much of what was looked through before is looked through again: GitHub lists an attempt some time after it was made. */
const overlapMs = hourMs;
/** What was refused so often is left to the next sweep, which asks GitHub instead of waiting for it. */
const attemptsMost = 5;
/** Of one round; the rest is found by the next one. */
const redeliveriesMost = 1_000;

export interface RedeliveryPorts {
  readonly deliveries: DeliveryLog;
  readonly queue: Pick<WorkQueue, "received">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * One round of asking GitHub to send again what did not arrive: it never does by itself. What is recorded here has arrived, whatever GitHub
 * thinks of it. Resolves with how many were asked for. Rejects where GitHub could not be asked; the next round then goes back as far as
 * this one was to.
 */
export function redelivery({
  deliveries,
  queue,
  clock,
  log,
}: RedeliveryPorts): (signal: AbortSignal) => Promise<number> {
  let doneMs = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const nowMs = clock.now();
    const missed = new Map<string, { readonly newest: FailedAttempt; attempts: number }>();
    // A clock that was set back must leave nothing out in between.
    const sinceMs = Math.max(nowMs - windowMs, Math.min(doneMs, nowMs) - overlapMs);
    for await (const attempt of deliveries.failures(sinceMs, signal)) {
      const known = missed.get(attempt.guid);
      if (known === undefined) missed.set(attempt.guid, { newest: attempt, attempts: 1 });
      else known.attempts += 1;
    }
    const arrived = await queue.received([...missed.keys()]);
    // The oldest first, as they happened.
    const lost = [...missed.values()].filter(({ newest }) => !arrived.has(newest.guid)).toReversed();
    const wanted = lost.filter(({ attempts }) => attempts < attemptsMost);
    if (wanted.length < lost.length) {
      log.error(
        { deliveries: lost.length - wanted.length },
        "deliveries failed time and again and are left to the sweep",
      );
    }
    const asked = wanted.slice(0, redeliveriesMost);
    for (const { newest } of asked) await deliveries.redeliver(newest.id, signal);
    if (asked.length > 0) log.warn({ deliveries: asked.length }, "deliveries did not arrive: GitHub sends them again");
    if (asked.length === wanted.length) doneMs = nowMs;
    return asked.length;
  };
}
