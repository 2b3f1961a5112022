import type { Decisions } from "../../app/ports.ts";
import { type Decision, decisionSchema } from "../../core/decisions/decision.ts";
import { subjectId } from "../../core/subject.ts";
import type { Store } from "./engine.ts";

/** Decisions on either engine. */
export function decisions({ db }: Store): Decisions {
  return {
    record: async (decision) => {
      const written = await db
        .insertInto("decisions")
        .values({
          id: decision.id,
          kind: decision.kind,
          ...about(decision),
          at_ms: decision.atMs,
          body: JSON.stringify(decision),
        })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },
    recorded: async (ids) => {
      if (ids.length === 0) return new Set();
      const rows = await db.selectFrom("decisions").select("id").where("id", "in", ids).execute();
      return new Set(rows.map(({ id }) => id));
    },
    holding: async (subject) => {
      const rows = await db
        .selectFrom("decisions")
        .select("body")
        .where((eb) =>
          eb.or([
            eb("subject_id", "=", subjectId(subject)).and("kind", "=", "override"),
            eb("installation_id", "=", subject.installationId),
          ]),
        )
        .orderBy("at_ms")
        .orderBy("id")
        .execute();
      const all = rows.map(({ body }) => decisionSchema.parse(JSON.parse(body)));
      const lifted = new Set(all.flatMap((decision) => (decision.kind === "resume" ? decision.halts : [])));
      return {
        overrides: all.filter((decision) => decision.kind === "override"),
        halts: all.filter((decision) => decision.kind === "halt").filter(({ id }) => !lifted.has(id)),
      };
    },
  };
}

function about(decision: Decision): { readonly subject_id: string | null; readonly installation_id: number | null } {
  switch (decision.kind) {
    case "override":
    case "answered":
      return { subject_id: decision.subjectId, installation_id: null };
    case "halt":
      return { subject_id: null, installation_id: decision.scope.installationId };
    case "resume":
      return { subject_id: null, installation_id: decision.installationId };
  }
}
