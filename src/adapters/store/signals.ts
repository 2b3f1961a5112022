import { z } from "zod";
import type { Signals } from "../../app/ports.ts";
import type { Signal } from "../../core/rollback/signal.ts";
import { subjectId } from "../../core/subject.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Store } from "./engine.ts";
import { appendEntry } from "./entries.ts";
import { markSubjects } from "./work-queue.ts";

const signalSchema: z.ZodType<Signal> = z.strictObject({
  id: z.string(),
  installationId: z.int(),
  repositoryId: z.int(),
  environment: z.string(),
  service: z.string().nullable(),
  sha: z.string().nullable(),
  deploymentId: z.int().nullable(),
  reading: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("error_rate"), before: z.string(), after: z.string() }),
    z.strictObject({ kind: z.literal("health") }),
  ]),
  atMs: z.int(),
  repositories: z.int().positive(),
});

/** Signals on either engine. */
export function signals(store: Store): Signals {
  const { db } = store;
  return {
    take: async ({ id, nowMs, forgetBeforeMs, dropBeforeMs }, given) =>
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom("signal_requests").where("at_ms", "<", forgetBeforeMs).execute();
        const taken = await tx
          .insertInto("signal_requests")
          .values({ id, at_ms: nowMs })
          .onConflict((conflict) => conflict.column("id").doNothing())
          .returning("id")
          .executeTakeFirst();
        if (taken === undefined) return false;
        await tx.deleteFrom("signals").where("at_ms", "<", dropBeforeMs).execute();
        const ordered = given.toSorted(
          (a, b) => a.repository.id - b.repository.id || byCodeUnits(a.signal.id, b.signal.id),
        );
        for (const { signal, repository } of ordered) {
          const isNew = await tx
            .insertInto("signals")
            .values({ id: signal.id, repository_id: repository.id, at_ms: signal.atMs, body: JSON.stringify(signal) })
            .onConflict((conflict) => conflict.columns(["repository_id", "id"]).doNothing())
            .returning("id")
            .executeTakeFirst();
          if (isNew === undefined) continue;
          const { environment, reading, atMs: sinceMs } = signal;
          await appendEntry(tx, {
            subjectId: subjectId({ kind: "aftermath", installationId: signal.installationId, repository }),
            lease: 0,
            entry: { kind: "signalled", atMs: nowMs, signalId: signal.id, environment, reading, sinceMs },
          });
        }
        const marked = ordered.flatMap(({ signal: { installationId }, repository }) => [
          { kind: "aftermath" as const, installationId, repository },
          { kind: "sweep_repository" as const, installationId, repository },
        ]);
        await markSubjects(store, tx, marked, nowMs);
        return true;
      }),
    of: async (repositoryId, sinceMs) => {
      const rows = await db
        .selectFrom("signals")
        .select("body")
        .where("repository_id", "=", repositoryId)
        .where("at_ms", ">=", sinceMs)
        .orderBy("at_ms")
        .orderBy("id")
        .execute();
      return rows.map(({ body }) => signalSchema.parse(JSON.parse(body)));
    },
  };
}
