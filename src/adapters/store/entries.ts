import type { Transaction } from "kysely";
import type { Entry } from "../../core/ledger/entry.ts";
import type { Tables } from "./schema.ts";
import { topicsOf } from "./topics.ts";

/** Appends to the ledger, in the transaction of what the entry tells of. */
export async function appendEntry(
  tx: Transaction<Tables>,
  about: { readonly subjectId: string; readonly lease: number; readonly entry: Entry },
): Promise<void> {
  const { subjectId, lease, entry } = about;
  const { kind, atMs } = entry;
  const { id } = await tx
    .insertInto("entries")
    .values({ subject_id: subjectId, lease, at_ms: atMs, kind, body: JSON.stringify(entry) })
    .returning("id")
    .executeTakeFirstOrThrow();
  const topics = topicsOf(subjectId, entry).map((topic) => ({ topic, entry_id: id }));
  if (topics.length > 0) await tx.insertInto("topics").values(topics).execute();
}
