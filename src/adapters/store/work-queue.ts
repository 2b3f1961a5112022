import { sql } from "kysely";
import type { Claim, Delivery, Mark, WorkQueue } from "../../app/ports.ts";
import type { Entry } from "../../core/ledger/entry.ts";
import { type Subject, subjectId } from "../../core/subject.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { parts, type Store, type Writer } from "./engine.ts";
import { appendEntry } from "./entries.ts";
import { lastTurn } from "./schema.ts";
import { readSubject, subjectKinds, writeSubject } from "./subject-column.ts";

/** The work queue on either engine. */
export function workQueue(store: Store): WorkQueue {
  return {
    receive: async (deliveries, nowMs) => {
      await store.db.transaction().execute(async (tx) => {
        await recordDeliveries(store, tx, deliveries, nowMs);
        const given = deliveries.flatMap((delivery) => delivery.marks);
        await markSubjects(store, tx, await worthALook(store, tx, given), nowMs);
        await takeTurn(store, tx, given);
      });
    },
    mark: async (subjects, dueMs) => {
      await store.db.transaction().execute(async (tx) => {
        await markSubjects(store, tx, subjects, dueMs);
      });
    },
    claim: (nowMs, leaseMs, limit) => claimDue(store, nowMs, leaseMs, limit),
    settle: (claim, entry, nextLookMs, nowMs) =>
      end(store, claim, entry, { dueMs: nextLookMs, attempts: 0, keepsTurn: false }, nowMs),
    postpone: (claim, entry, retryMs, nowMs) =>
      end(store, claim, entry, { dueMs: retryMs, attempts: claim.attempts, keepsTurn: true }, nowMs),
    received: async (ids) => {
      const found = new Set<string>();
      for (const part of parts([...new Set(ids)], store.engine.rowsPerStatement)) {
        const rows = await store.db.selectFrom("deliveries").select("id").where("id", "in", part).execute();
        for (const { id } of rows) found.add(id);
      }
      return found;
    },
    forgetDeliveries: async (receivedBeforeMs) => {
      const { numDeletedRows } = await store.db
        .deleteFrom("deliveries")
        .where("id", "in", (eb) =>
          eb
            .selectFrom("deliveries")
            .select("id")
            .where("received_ms", "<", receivedBeforeMs)
            .orderBy("received_ms")
            .limit(store.engine.rowsPerStatement),
        )
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
    depth: async (nowMs) => {
      const row = await store.db
        .selectFrom("subjects")
        .select((eb) => [eb.fn.countAll<number>().as("due"), eb.fn.min<number | null>("due_ms").as("oldestDueMs")])
        .where("due_ms", "<=", nowMs)
        .executeTakeFirstOrThrow();
      return { due: row.due, oldestDueMs: row.oldestDueMs };
    },
  };
}

async function recordDeliveries(
  store: Store,
  tx: Writer,
  deliveries: readonly Delivery[],
  nowMs: number,
): Promise<void> {
  const byId = new Map<string, { id: string; event: string; received_ms: number; times: number }>();
  for (const { id, event } of deliveries) {
    byId.set(id, { id, event, received_ms: nowMs, times: (byId.get(id)?.times ?? 0) + 1 });
  }
  // In the order of their ids, as subjects below: two instances that write the same rows must not wait for each other in a circle.
  const rows = [...byId.values()].toSorted((a, b) => byCodeUnits(a.id, b.id));
  for (const part of parts(rows, store.engine.rowsPerStatement)) {
    await tx
      .insertInto("deliveries")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          received_ms: eb.ref("excluded.received_ms"),
          times: eb("deliveries.times", "+", eb.ref("excluded.times")),
        })),
      )
      .execute();
  }
}

/** The subjects of the marks, less those whose own run was published under their current lease. One entry a mark. */
async function worthALook(store: Store, tx: Writer, marks: readonly Mark[]): Promise<Subject[]> {
  const ids = [...new Set(marks.filter((mark) => mark.kind === "own_run").map((mark) => subjectId(mark.subject)))];
  const leases = new Map<string, number>();
  for (const part of parts(ids, store.engine.rowsPerStatement)) {
    const rows = await tx.selectFrom("subjects").select(["id", "lease"]).where("id", "in", part).execute();
    for (const row of rows) leases.set(row.id, row.lease);
  }
  return marks
    .filter((mark) => {
      if (mark.kind !== "own_run") return true;
      const lease = leases.get(subjectId(mark.subject));
      // A run of ours for a subject that this store has never seen: it was published before the store lost its memory.
      return lease === undefined || lease > mark.lease;
    })
    .map((mark) => mark.subject);
}

/** Makes subjects due at that moment, or earlier if they already were. */
export async function markSubjects(
  store: Store,
  tx: Writer,
  subjects: readonly Subject[],
  dueMs: number,
): Promise<void> {
  const byId = new Map<string, { id: string; kind: string; subject: string; wanted: number; due_ms: number }>();
  for (const subject of subjects) {
    const id = subjectId(subject);
    const wanted = (byId.get(id)?.wanted ?? 0) + 1;
    byId.set(id, { id, kind: subject.kind, subject: writeSubject(subject), wanted, due_ms: dueMs });
  }
  const rows = [...byId.values()].toSorted((a, b) => byCodeUnits(a.id, b.id));
  for (const part of parts(rows, store.engine.rowsPerStatement)) {
    await tx
      .insertInto("subjects")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("id").doUpdateSet((eb) => ({
          subject: eb.ref("excluded.subject"),
          wanted: eb("subjects.wanted", "+", eb.ref("excluded.wanted")),
          due_ms: eb
            .case()
            .when("subjects.due_ms", "<", eb.ref("excluded.due_ms"))
            .then(eb.ref("subjects.due_ms"))
            .else(eb.ref("excluded.due_ms"))
            .end(),
        })),
      )
      .execute();
  }
}

/** What cannot wait comes after the greens that halts take back, and before all else that is due. */
export const urgentTurn = 10 * 86_400_000;

async function takeTurn(store: Store, tx: Writer, marks: readonly Mark[]): Promise<void> {
  const urgent = marks.filter((mark) => mark.kind === "urgent").map(({ subject }) => subjectId(subject));
  for (const part of parts([...new Set(urgent)].toSorted(byCodeUnits), store.engine.rowsPerStatement)) {
    await tx
      .updateTable("subjects")
      .set({ turn: urgentTurn })
      .where("id", "in", part)
      .where("turn", ">", urgentTurn)
      .execute();
  }
}

/**
 * The choice stands in a materialised expression: as a plain `in (select ... limit)` PostgreSQL may run it more than once and take
 * more rows than the limit.
 */
async function claimDue(store: Store, nowMs: number, leaseMs: number, limit: number): Promise<readonly Claim[]> {
  const { nowMs: databaseNowMs, skipsLocked } = store.engine;
  const rows = await store.db
    .with(
      (cte) => cte("chosen").materialized(),
      (db) =>
        db
          .selectFrom("subjects")
          .select("id")
          .where("due_ms", "<=", nowMs)
          // While versions change, a newer program may mark what this one could not look at.
          .where("kind", "in", subjectKinds)
          .where((eb) => eb.or([eb("lease_until_ms", "is", null), eb("lease_until_ms", "<=", databaseNowMs)]))
          .orderBy("turn")
          .orderBy("due_ms")
          .orderBy("id")
          .limit(limit)
          .$if(skipsLocked, (query) => query.forUpdate().skipLocked()),
    )
    .updateTable("subjects")
    .set((eb) => ({
      lease: eb("lease", "+", 1),
      lease_until_ms: sql<number>`${databaseNowMs} + ${sql.lit(leaseMs)}`,
      attempts: eb("attempts", "+", 1),
    }))
    .where("id", "in", (eb) => eb.selectFrom("chosen").select("id"))
    .returning(["id", "subject", "wanted", "lease", "attempts", "turn", "due_ms"])
    .execute();
  return rows
    .toSorted((a, b) => a.turn - b.turn || (a.due_ms ?? 0) - (b.due_ms ?? 0) || byCodeUnits(a.id, b.id))
    .map(({ subject, wanted, lease, attempts }) => ({ subject: readSubject(subject), wanted, lease, attempts }));
}

/** A claim holds while nobody has claimed since and its time is not over: past it, a lock it took may have been lost as well. */
async function end(
  store: Store,
  claim: Claim,
  entry: Entry,
  rest: { readonly dueMs: number | null; readonly attempts: number; readonly keepsTurn: boolean },
  nowMs: number,
): Promise<boolean> {
  const id = subjectId(claim.subject);
  return await store.db.transaction().execute(async (tx) => {
    const held = await tx
      .updateTable("subjects")
      .set((eb) => ({
        lease_until_ms: null,
        attempts: rest.attempts,
        due_ms: eb.case().when("wanted", "=", claim.wanted).then(eb.val(rest.dueMs)).else(nowMs).end(),
        // A mark that came meanwhile may be what the turn is for. A look that failed is tried again before what it was to come before.
        ...(rest.keepsTurn
          ? {}
          : { turn: eb.case().when("wanted", "=", claim.wanted).then(lastTurn).else(eb.ref("turn")).end() }),
      }))
      .where("id", "=", id)
      .where("lease", "=", claim.lease)
      .where("lease_until_ms", ">", store.engine.nowMs)
      .returning("id")
      .executeTakeFirst();
    if (held === undefined) {
      await markSubjects(store, tx, [claim.subject], nowMs);
      return false;
    }
    await appendEntry(tx, { subjectId: id, lease: claim.lease, entry });
    return true;
  });
}
