import type { Ledger } from "../../app/ports.ts";
import { entrySchema, publishedReport } from "../../core/ledger/entry.ts";
import { subjectId } from "../../core/subject.ts";
import type { Store } from "./engine.ts";
import { appearancesIn, plansIn, publicationsOf, readingsOf } from "./topics.ts";

/** The ledger's reading side; entries are appended by the work queue, in the transaction that ends a look. */
export function ledger({ db }: Store): Ledger {
  return {
    bySubject: async (subject, limit) => {
      const rows = await db
        .selectFrom("entries")
        .select(["id", "subject_id", "lease", "body"])
        .where("subject_id", "=", subjectId(subject))
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(({ id, subject_id, lease, body }) => ({
        id,
        subjectId: subject_id,
        lease,
        entry: entrySchema.parse(JSON.parse(body)),
      }));
    },
    publications: async (subject, limit) => {
      const rows = await db
        .selectFrom("topics")
        .innerJoin("entries", "entries.id", "topics.entry_id")
        .select("body")
        .where("topic", "=", publicationsOf(subjectId(subject)))
        .orderBy("entry_id", "desc")
        .limit(limit)
        .execute();
      return rows
        .map(({ body }) => publishedReport(entrySchema.parse(JSON.parse(body))))
        .filter((report) => report !== null)
        .toReversed();
    },
    appearances: async (repositoryId, limit) => {
      const rows = await db
        .selectFrom("topics")
        .innerJoin("entries", "entries.id", "topics.entry_id")
        .select("body")
        .where("topic", "=", appearancesIn(repositoryId))
        .orderBy("entry_id")
        .limit(limit)
        .execute();
      const first = new Map<string, number>();
      for (const { body } of rows) {
        const entry = entrySchema.parse(JSON.parse(body));
        for (const agent of entry.kind === "evaluated" ? entry.appeared : [])
          if (!first.has(agent)) first.set(agent, entry.atMs);
      }
      return [...first].map(([agent, sinceMs]) => ({ agent, sinceMs }));
    },
    plansAccepted: async (repositoryId, limit) => {
      const rows = await db
        .selectFrom("topics")
        .innerJoin("entries", "entries.id", "topics.entry_id")
        .select("body")
        .where("topic", "=", plansIn(repositoryId))
        .orderBy("entry_id", "desc")
        .limit(limit)
        .execute();
      return rows
        .map(({ body }) => entrySchema.parse(JSON.parse(body)))
        .toReversed()
        .flatMap((entry) => (entry.kind === "evaluated" ? entry.terraformPlans : []));
    },
    since: async (subject) => {
      const row = await db
        .selectFrom("entries")
        .select("at_ms")
        .where("subject_id", "=", subjectId(subject))
        .orderBy("id")
        .limit(1)
        .executeTakeFirst();
      return row?.at_ms ?? null;
    },
    readings: async (accountIds, sinceMs) => {
      const rows = await db
        .selectFrom("topics")
        .innerJoin("entries", "entries.id", "topics.entry_id")
        .select(["subject_id", "body"])
        .distinct()
        .where("topic", "in", accountIds.map(readingsOf))
        .where("at_ms", ">=", sinceMs)
        .execute();
      return rows.flatMap(({ subject_id, body }) => {
        const entry = entrySchema.parse(JSON.parse(body));
        const readings = entry.kind === "evaluated" ? entry.readings : [];
        return readings
          .filter(({ accountId }) => accountIds.includes(accountId))
          .map((reading) => ({ ...reading, subjectId: subject_id }));
      });
    },
  };
}
