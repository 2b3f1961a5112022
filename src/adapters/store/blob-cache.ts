import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { BlobCache } from "../../app/ports.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { parts, type Store } from "./engine.ts";

/** The cache is cut back to its limit after this share of it was written, not after every write. */
const TRIM_AFTER_SHARE = 1 / 16;

/** A cache of blobs of at most about `limitBytes`; what was stored first goes first. */
export function blobCache(store: Store, limitBytes: number): BlobCache {
  const { db, engine } = store;
  let sinceTrimBytes = 0;
  return {
    get: async (shas) => {
      const found = new Map<string, Uint8Array>();
      for (const part of parts([...new Set(shas)], engine.rowsPerStatement)) {
        const rows = await db.selectFrom("blobs").select(["sha", "bytes"]).where("sha", "in", part).execute();
        for (const { sha, bytes } of rows) if (blobSha(bytes, sha.length) === sha) found.set(sha, bytes);
      }
      return found;
    },
    put: async (blobs) => {
      const rows = [...blobs]
        .toSorted(([a], [b]) => byCodeUnits(a, b))
        .map(([sha, bytes]) => ({ sha, bytes, size: bytes.length, stored_ms: engine.nowMs }));
      for (const part of parts(rows, engine.rowsPerStatement)) {
        await db
          .insertInto("blobs")
          .values(part)
          // A row that was damaged is repaired by whoever fetched the blob again.
          .onConflict((conflict) => conflict.column("sha").doUpdateSet((eb) => ({ bytes: eb.ref("excluded.bytes") })))
          .execute();
      }
      for (const { size } of rows) sinceTrimBytes += size;
      if (sinceTrimBytes < limitBytes * TRIM_AFTER_SHARE) return;
      sinceTrimBytes = 0;
      await trim(store, limitBytes);
    },
  };
}

async function trim({ db }: Store, limitBytes: number): Promise<void> {
  await sql`
    delete from blobs where sha in (
      select sha from (select sha, sum(size) over (order by stored_ms desc, sha) as newer_bytes from blobs) as aged
      where newer_bytes > ${sql.lit(limitBytes)})`.execute(db);
}

/** Git's name of a blob: SHA-1, or SHA-256 where the repository uses it. Damaged or forged bytes count as absent. */
function blobSha(bytes: Uint8Array, hexDigits: number): string {
  return createHash(hexDigits === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}
