import { sql } from "kysely";
import { z } from "zod";
import type { Books, Claim } from "../../app/ports.ts";
import { longestWindowMs } from "../../core/policy/schema.ts";
import type { Booking, Takes } from "../../core/requirements/booking.ts";
import { subjectId } from "../../core/subject.ts";
import type { Store, Writer } from "./engine.ts";
import { readPullRequest, writeSubject } from "./subject-column.ts";

const names = z.array(z.string());
const amount = z.int().nonnegative().nullable();
const takes: z.ZodType<Takes> = z.strictObject({
  baseRef: z.string(),
  modules: names,
  addedMemory: amount,
  addedReplicas: amount,
  deletes: amount,
  pools: z.record(z.string(), amount),
});
/** Merges are kept for longer than any policy lets them count, so that a clock that is set back finds them again. */
const keptMs = longestWindowMs + 86_400_000;

/** The books on either engine. */
export function books(store: Store): Books {
  const { db } = store;
  return {
    enter: async (claim, subject, mergedSinceMs, decide) =>
      await db.transaction().execute(async (tx) => {
        await alone(store, tx);
        if (!(await holdsLease(store, tx, claim))) return null;
        const decided = decide(await bookingsOf(tx, subject.installationId, mergedSinceMs));
        if (decided.booking !== null) await write(tx, claim, decided.booking);
        return decided;
      }),
    of: (installationId, mergedSinceMs) => bookingsOf(db, installationId, mergedSinceMs),
    release: async (claim, subject, isReady) => {
      const freed = await db
        .updateTable("bookings")
        .set((eb) => ({ holds: 0, ready_ms: isReady ? eb.ref("ready_ms") : null }))
        .where("subject_id", "=", subjectId(subject))
        .where("merged_ms", "is", null)
        .where("lease", "<=", claim.lease)
        .where((eb) => (isReady ? eb("holds", "=", 1) : eb.or([eb("holds", "=", 1), eb("ready_ms", "is not", null)])))
        .returning("subject_id")
        .executeTakeFirst();
      return freed !== undefined;
    },
    merged: async (claim, subject, atMs) => {
      const booked = await db
        .updateTable("bookings")
        .set({ merged_ms: atMs, holds: 0, ready_ms: null })
        .where("subject_id", "=", subjectId(subject))
        .where("merged_ms", "is", null)
        .where("lease", "<=", claim.lease)
        .returning("subject_id")
        .executeTakeFirst();
      await db
        .deleteFrom("bookings")
        .where("merged_ms", "<", atMs - keptMs)
        .execute();
      return booked !== undefined;
    },
    strike: async (claim, subject) => {
      const struck = await db
        .deleteFrom("bookings")
        .where("subject_id", "=", subjectId(subject))
        .where("merged_ms", "is", null)
        .where("lease", "<=", claim.lease)
        .returning("subject_id")
        .executeTakeFirst();
      return struck !== undefined;
    },
  };
}

/** From reading the books to writing them. A transaction of SQLite is alone anyway. */
async function alone({ engine }: Store, tx: Writer): Promise<void> {
  if (engine.manyWriters) await sql`lock table bookings in share row exclusive mode`.execute(tx);
}

/** Whether a claim is still the one that may write. */
export async function holdsLease({ engine }: Store, tx: Writer, claim: Claim): Promise<boolean> {
  const held = await tx
    .selectFrom("subjects")
    .select("id")
    .where("id", "=", subjectId(claim.subject))
    .where("lease", "=", claim.lease)
    .where("lease_until_ms", ">", engine.nowMs)
    .executeTakeFirst();
  return held !== undefined;
}

async function bookingsOf(
  db: Store["db"] | Writer,
  installationId: number,
  mergedSinceMs: number,
): Promise<readonly Booking[]> {
  const rows = await db
    .selectFrom("bookings")
    .selectAll()
    .where("installation_id", "=", installationId)
    .where((eb) => eb.or([eb("merged_ms", "is", null), eb("merged_ms", ">=", mergedSinceMs)]))
    .orderBy("subject_id")
    .execute();
  return rows.map((row) => ({
    subject: readPullRequest(row.subject),
    agents: names.parse(JSON.parse(row.agents)),
    services: names.parse(JSON.parse(row.services)),
    reachesUnknown: row.reaches_unknown === 1,
    openedAtMs: row.opened_ms,
    takes: row.takes === null ? null : takes.parse(JSON.parse(row.takes)),
    readySinceMs: row.ready_ms,
    holds: row.holds === 1,
    mergedAtMs: row.merged_ms,
  }));
}

async function write(tx: Writer, claim: Claim, booking: Booking): Promise<void> {
  const row = {
    subject: writeSubject(booking.subject),
    installation_id: booking.subject.installationId,
    agents: JSON.stringify(booking.agents),
    services: JSON.stringify(booking.services),
    reaches_unknown: booking.reachesUnknown ? 1 : 0,
    takes: booking.takes === null ? null : JSON.stringify(booking.takes),
    opened_ms: booking.openedAtMs,
    ready_ms: booking.readySinceMs,
    holds: booking.holds ? 1 : 0,
    merged_ms: booking.mergedAtMs,
    lease: claim.lease,
  };
  await tx
    .insertInto("bookings")
    .values({ subject_id: subjectId(booking.subject), ...row })
    .onConflict((conflict) => conflict.column("subject_id").doUpdateSet(row))
    .execute();
}
