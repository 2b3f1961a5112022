import type { AlarmRecord } from "../core/alarms/alarm.ts";
import { alarmsOf } from "../core/alarms/plan.ts";
import { aroundOf } from "../core/around/around.ts";
import type { Entry } from "../core/ledger/entry.ts";
import { type BranchSubject, subjectId } from "../core/subject.ts";
import { byCodeUnits } from "../lib/order.ts";
import { tellOfTrips, tripOverBypass } from "./breakers.ts";
import { bounded, type Done, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";
import type { LookedBefore } from "./ports.ts";
import { raiseAlarms } from "./raise.ts";

/** Entries that are read back to find the last look that ended well: nearly always it is the newest one. */
const entriesLimits = [10, 10_000] as const;

/**
 * Looks through what moved a branch since the last look, for what went around the gate. That cannot be undone from here: it is
 * recorded, logged, and told to people where the policy says so. What could not be told is kept as such, and tried again.
 */
export async function watch(held: Held, subject: BranchSubject, ports: LoopPorts, limits: LoopLimits): Promise<Done> {
  const before = await lastLook(subject, ports);
  const collected = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.branches.collect(subject, before, signal)),
  );
  const seen = { kind: "around", repositoryId: subject.repository.id } as const;
  switch (collected.kind) {
    case "unwatched": {
      const { seenId, guarded, alarms } = before;
      const kept = { seenId, complete: true, guarded, ways: [], alarms: [...alarms] };
      return { entry: { ...seen, atMs: ports.clock.now(), ...kept }, nextLookMs: null };
    }
    case "branch": {
      const { facts, posture, seenId, complete } = collected;
      const ways = [...aroundOf(facts)];
      const id = subjectId(subject);
      for (const way of ways) ports.log.warn({ subject: id, ...way }, "a change went around the gate");
      if (!complete) {
        ports.log.warn({ subject: id }, "a branch has moved too often to tell all that went around the gate");
      }
      await tripOverBypass(subject, facts, ways, ports);
      const number = ways.findLast((way) => way.number !== null)?.number ?? null;
      const reportTo = [...new Set(facts.policies.flatMap(({ alarms }) => alarms.issues))].toSorted(byCodeUnits);
      const told = await tellOfTrips(held, { subject, branch: subject.branch, number, reportTo }, ports, limits);
      const plan = alarmsOf(subject, { facts, posture, ways }, before.alarms);
      const { records, failure } = await raiseAlarms(held, plan, ports, limits);
      const nowMs = ports.clock.now();
      const guarded = before.guarded || facts.required === true;
      return {
        entry: { ...seen, atMs: nowMs, seenId, complete, guarded, ways, alarms: [...records] },
        nextLookMs: collected.upToDate && told ? null : nowMs + limits.resyncMs,
        failure,
      };
    }
  }
}

async function lastLook(
  subject: BranchSubject,
  { ledger }: LoopPorts,
): Promise<LookedBefore & { readonly alarms: readonly AlarmRecord[] }> {
  for (const limit of entriesLimits) {
    const entries: readonly Entry[] = (await ledger.bySubject(subject, limit)).map(({ entry }) => entry);
    const last = entries.find((entry) => entry.kind === "around");
    if (last !== undefined) return last;
    if (entries.length < limit) break;
  }
  return { seenId: null, guarded: false, alarms: [] };
}
