import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Locks } from "../../app/ports.ts";
import type { Store } from "./engine.ts";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/**
 * Locks as rows that run out, the same on both engines. An advisory lock of PostgreSQL would tie up one connection of the pool for
 * as long as GitHub takes to answer.
 */
export function locks(store: Store): Locks {
  return {
    withLock: async (key, leaseMs, signal, work) => {
      const holder = randomUUID();
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        signal.throwIfAborted();
        if (await taken(store, key, holder, leaseMs)) break;
        await pause(pauseMs, undefined, { signal });
      }
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        // The lock runs out by itself, so a release that fails as well must not hide why the work failed.
        await released(store, key, holder).catch(() => undefined);
        throw error;
      }
      await released(store, key, holder);
      return result;
    },
  };
}

async function taken({ db, engine }: Store, key: string, holder: string, leaseMs: number): Promise<boolean> {
  const row = await db
    .insertInto("locks")
    .values({ key, holder, until_ms: sql<number>`${engine.nowMs} + ${sql.lit(leaseMs)}` })
    .onConflict((conflict) =>
      conflict
        .column("key")
        .doUpdateSet((eb) => ({ holder: eb.ref("excluded.holder"), until_ms: eb.ref("excluded.until_ms") }))
        .where("locks.until_ms", "<=", engine.nowMs),
    )
    .returning("holder")
    .executeTakeFirst();
  return row?.holder === holder;
}

async function released({ db }: Store, key: string, holder: string): Promise<void> {
  await db.deleteFrom("locks").where("key", "=", key).where("holder", "=", holder).execute();
}
