import { sql, type SqlBool } from "kysely";
import type { Halt, Resume } from "../../core/decisions/decision.ts";
import type { Store, Writer } from "./engine.ts";

const dayMs = 86_400_000;

/** After merge groups. */
const firstTurn = 1;
/** Of what GitHub does not merge by itself. */
const unarmedTurn = 3 * dayMs;

/**
 * Makes due, before everything else, what stands green where the halt holds: merge groups and deployments that wait first, then what has auto-merge armed, and of each what was looked at last. It runs
 * in the transaction that records the halt. On PostgreSQL nobody writes a judgement meanwhile: a look either has written its own before,
 * and is found here, or finds the halt after it has written.
 */
export async function markHalted({ engine }: Store, tx: Writer, { scope, atMs }: Halt): Promise<void> {
  if (engine.manyWriters) await sql`lock table judgements in share mode`.execute(tx);
  const ofRepository =
    scope.kind === "repository" ? sql<SqlBool>`repository_id = ${scope.repositoryId}` : sql<SqlBool>`true`;
  const waiting = scope.kind === "repository" ? `${scope.repositoryId}/%` : "%";
  const stands = sql<SqlBool>`(
    id in (
      select subject_id from judgements
      where (verdict = 'allow' or mode = 'observe')
        and (installation_id = ${scope.installationId} or installation_id is null) and ${ofRepository}
    ) or (kind = 'merge_group' and due_ms is not null and id like ${`group/${waiting}`})
      or (kind = 'deployment' and due_ms is not null and id like ${`deployment/${waiting}`})
  )`;
  await lockInOrder(engine.manyWriters, tx, stands);
  // What was looked at last is due again last of all: the order turned round. Before the beginning of the day nothing was due for long.
  const sinceMs = sql<number>`${atMs + dayMs} - coalesce(due_ms, ${atMs})`;
  const within = sql<number>`case
    when ${sinceMs} < ${firstTurn} then ${firstTurn}
    when ${sinceMs} > ${2 * dayMs} then ${2 * dayMs}
    else ${sinceMs} end`;
  const turned = sql<number>`case
    when kind in ('merge_group', 'deployment') then 0
    when id in (select subject_id from judgements where armed = 1) then ${within}
    else ${unarmedTurn} + ${within} end`;
  await tx
    .updateTable("subjects")
    .set((eb) => ({
      wanted: eb("wanted", "+", 1),
      due_ms: sql<number>`case when due_ms < ${atMs} then due_ms else ${atMs} end`,
      turn: sql<number>`case when turn < ${turned} then turn else ${turned} end`,
    }))
    .where(stands)
    .execute();
}

/** Makes due now all that is judged in the installation: some of it may be green again. */
export async function markResumed({ engine }: Store, tx: Writer, { installationId, atMs }: Resume): Promise<void> {
  const judged = sql<SqlBool>`id in (
    select subject_id from judgements where installation_id = ${installationId} or installation_id is null
  )`;
  await lockInOrder(engine.manyWriters, tx, judged);
  const due = sql<number>`case when due_ms < ${atMs} then due_ms else ${atMs} end`;
  await tx
    .updateTable("subjects")
    .set((eb) => ({ wanted: eb("wanted", "+", 1), due_ms: due }))
    .where(judged)
    .execute();
}

/** In the order in which marks take them: two that write the same rows must not wait for each other in a circle. */
async function lockInOrder(needed: boolean, tx: Writer, which: ReturnType<typeof sql<SqlBool>>): Promise<void> {
  if (!needed) return;
  await sql`select id from subjects where ${which} order by id collate "C" for update`.execute(tx);
}
