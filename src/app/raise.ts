import { type BranchAlarm, alarmKey, type AlarmPlace, type AlarmRecord, recordOf } from "../core/alarms/alarm.ts";
import type { AlarmPlan } from "../core/alarms/plan.ts";
import { AlarmRefused } from "./alarms.ts";
import { bounded, type Held, leftMs, type LoopLimits, type LoopPorts } from "./held.ts";
import { RetryLater } from "./ports.ts";

/** What is kept of the alarms of one look, and why some of them must be tried again; undefined: none must. */
export interface Raised {
  readonly records: readonly AlarmRecord[];
  readonly failure: unknown;
}

/**
 * Raises what is due and lifts what is over, one after the other. Never rejects: each failure is logged and kept, so that the loop
 * tries again; where nobody names a place any more that refuses, it is given up.
 */
export async function raiseAlarms(held: Held, plan: AlarmPlan, ports: LoopPorts, limits: LoopLimits): Promise<Raised> {
  const records: AlarmRecord[] = [...plan.standing];
  let failure: unknown;
  for (const { alarm, place, named } of plan.due) {
    // A used up limit holds for the others as well, and who stops sends nothing more: they stay due.
    if (held.stopping.aborted || failure instanceof RetryLater) {
      failure ??= held.stopping.reason;
      records.push(recordOf(alarm, place, null));
      continue;
    }
    try {
      records.push(recordOf(alarm, place, await raiseOne(held, { alarm, place }, ports, limits)));
    } catch (error) {
      const givenUp = error instanceof AlarmRefused && !named;
      const particulars = { error, alarm: alarmKey(alarm), place };
      if (givenUp) ports.log.error(particulars, "an alarm was refused where no policy names the place any more");
      else {
        ports.log.error(particulars, "an alarm could not be raised; it is tried again");
        records.push(recordOf(alarm, place, null));
        failure = error instanceof RetryLater ? error : (failure ?? error);
      }
    }
  }
  for (const record of plan.over) {
    try {
      await liftOne(held, record, ports, limits);
    } catch (error) {
      ports.log.error({ error, issues: record.issues }, "an alarm that is over could not be lifted; it is tried again");
      records.push(record);
      failure ??= error;
    }
  }
  return { records, failure };
}

/** Whoever holds the lock looks for the alarm before raising it: two looks of which one has lost its lease raise it once. */
async function raiseOne(
  held: Held,
  { alarm, place }: { readonly alarm: BranchAlarm; readonly place: AlarmPlace },
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<number> {
  const waitMs = leftMs(held, ports, limits) - limits.publishMs;
  if (waitMs <= 0) throw new Error("Too little of the lease is left to raise another alarm.");
  const { installationId } = held.claim.subject;
  return await ports.locks.withLock(
    `alarm/${alarmKey(alarm)}`,
    limits.leaseMs,
    AbortSignal.timeout(waitMs),
    async () => {
      if (leftMs(held, ports, limits) < limits.publishMs) throw new Error("The lock took what was left of the lease.");
      return await bounded([held.stopping], limits.publishMs, (signal) =>
        ports.alarms.raise(installationId, alarm, place, signal),
      );
    },
  );
}

async function liftOne(
  held: Held,
  { issues, raised }: AlarmRecord,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<void> {
  if (issues === null || raised === null) return;
  const { installationId } = held.claim.subject;
  await bounded([held.stopping], limits.publishMs, (signal) =>
    ports.alarms.lift(installationId, { repository: issues, number: raised }, signal),
  );
}
