import type { Decisions } from "../../app/ports.ts";
import { type Decision, decisionSchema, type Halt } from "../../core/decisions/decision.ts";
import { subjectId } from "../../core/subject.ts";
import type { Store, Writer } from "./engine.ts";
import { markHalted, markResumed } from "./halt-marks.ts";
import { appendEntry } from "./entries.ts";

/** Decisions on either engine. */
export function decisions(store: Store): Decisions {
  const { db } = store;
  return {
    record: async (decision, told) =>
      await db.transaction().execute(async (tx) => {
        if (!(await record(store, tx, decision))) return false;
        if (told !== undefined) await appendEntry(tx, { ...told, subjectId: subjectId(told.subject) });
        return true;
      }),
    recorded: async (ids) => {
      if (ids.length === 0) return new Map();
      const rows = await db.selectFrom("decisions").select(["id", "body"]).where("id", "in", ids).execute();
      return new Map(rows.map(({ id, body }) => [id, decisionSchema.parse(JSON.parse(body))]));
    },
    halts: async (installationId) => unlifted(await ofInstallation(store, installationId)),
    lifted: async (installationId) => {
      const all = await ofInstallation(store, installationId);
      const halts = new Map(all.flatMap((decision) => (decision.kind === "halt" ? [[decision.id, decision]] : [])));
      return all.flatMap((decision) =>
        decision.kind === "resume"
          ? decision.halts.flatMap((id) => {
              const halt = halts.get(id);
              return halt === undefined ? [] : [{ halt, liftedMs: decision.atMs }];
            })
          : [],
      );
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
      const all = rows.map(readDecision);
      return { overrides: all.filter((decision) => decision.kind === "override"), halts: unlifted(all) };
    },
  };
}

async function ofInstallation({ db }: Store, installationId: number): Promise<readonly Decision[]> {
  const rows = await db
    .selectFrom("decisions")
    .select("body")
    .where("installation_id", "=", installationId)
    .orderBy("at_ms")
    .orderBy("id")
    .execute();
  return rows.map(readDecision);
}

/** A halt locks judgements before its own row is there: whoever finds it then cannot have sent anything unseen. */
async function record(store: Store, tx: Writer, decision: Decision): Promise<boolean> {
  if (decision.kind === "halt") await markHalted(store, tx, decision);
  if (decision.kind === "resume") await markResumed(store, tx, decision);
  const written = await tx
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
}

function readDecision({ body }: { readonly body: string }): Decision {
  return decisionSchema.parse(JSON.parse(body));
}

function unlifted(all: readonly Decision[]): readonly Halt[] {
  const lifted = new Set(all.flatMap((decision) => (decision.kind === "resume" ? decision.halts : [])));
  return all.filter((decision) => decision.kind === "halt").filter(({ id }) => !lifted.has(id));
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
