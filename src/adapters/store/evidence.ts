import { sql } from "kysely";
import { z } from "zod";
import type { Evidence } from "../../app/ports.ts";
import type { Brought, ReceivedEvidence } from "../../core/evidence/evidence.ts";
import type { PullRequestSubject, Subject } from "../../core/subject.ts";
import { byteLength } from "../../lib/text.ts";
import type { Store, Writer } from "./engine.ts";
import type { Tables } from "./schema.ts";
import { readPullRequest } from "./subject-column.ts";
import { markSubjects } from "./work-queue.ts";

/** To be raised with every change of what is stored in `brought`: an older form is not understood any more, which is said. */
const form = 1;

const source = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("workflow"),
    repositoryId: z.int(),
    runId: z.int(),
    runAttempt: z.int(),
    event: z.string(),
    workflowRef: z.string(),
    jobWorkflowRef: z.string(),
    baseRef: z.string().nullable(),
    actorId: z.int(),
  }),
  z.strictObject({ kind: z.literal("local") }),
]);
const about = z.strictObject({
  form: z.int(),
  source,
  root: z.string(),
  workspace: z.string(),
  state: z.strictObject({
    lineage: z.string().nullable(),
    serial: z.int().nullable(),
    backend: z.string().nullable(),
  }),
  sha256: z.string(),
  kind: z.enum(["plan", "findings", "unreadable", "too_much"]),
});

/** Evidence on either engine. */
export function evidence(store: Store): Evidence {
  const { db } = store;
  return {
    take: async (given, { repository, installationId, alsoFor }, limits) =>
      await db.transaction().execute(async (tx) => {
        await tx.deleteFrom("evidence").where("received_ms", "<", limits.forgetBeforeMs).execute();
        const at = { repositoryId: repository.id, headSha: given.headSha };
        if (await isKnown(tx, given.id)) return "known";
        const written = rowOf(given, repository.id);
        const { count, bytes } = await heldFor(tx, at);
        const fits = count < limits.most && bytes + written.bytes <= limits.mostBytes;
        const row = fits ? written : rowOf({ ...given, ...tooMuch(given, repository.id) }, repository.id);
        await tx
          .insertInto("evidence")
          .values(row)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
        const judged = await subjectsAt(tx, at);
        const named = [...judged, ...alsoFor];
        const marked: readonly Subject[] =
          named.length > 0 ? named : [{ kind: "sweep_repository", installationId, repository }];
        await markSubjects(store, tx, marked, given.receivedAtMs);
        return fits ? "taken" : "too_much";
      }),
    of: async (repositoryId, headShas) => {
      if (headShas.length === 0) return [];
      const rows = await db
        .selectFrom("evidence")
        .selectAll()
        .where("repository_id", "=", repositoryId)
        .where("head_sha", "in", [...headShas])
        .orderBy("received_ms")
        .orderBy("id")
        .execute();
      return rows.map(readRow);
    },
  };
}

type At = { readonly repositoryId: number; readonly headSha: string };

async function isKnown(tx: Writer, id: string): Promise<boolean> {
  return (await tx.selectFrom("evidence").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
}

async function heldFor(tx: Writer, { repositoryId, headSha }: At): Promise<{ count: number; bytes: number }> {
  const row = await tx
    .selectFrom("evidence")
    .select([
      (eb) => eb.fn.countAll<number>().as("count"),
      sql<number>`cast(coalesce(sum(bytes), 0) as bigint)`.as("bytes"),
    ])
    .where("repository_id", "=", repositoryId)
    .where("head_sha", "=", headSha)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), bytes: Number(row.bytes) };
}

/** Pull requests that were judged on that head. */
async function subjectsAt(tx: Writer, { repositoryId, headSha }: At): Promise<readonly PullRequestSubject[]> {
  const rows = await tx
    .selectFrom("judgements")
    .select("subject")
    .where("repository_id", "=", repositoryId)
    .where("head_sha", "=", headSha)
    .execute();
  return rows.map(({ subject }) => readPullRequest(subject));
}

/** One for each head, whatever else comes. */
function tooMuch({ headSha }: ReceivedEvidence, repositoryId: number): Pick<ReceivedEvidence, "id" | "brought"> {
  return { id: `too-much/${repositoryId}/${headSha}`, brought: { kind: "too_much" } };
}

function rowOf(
  { id, headSha, receivedAtMs, source: from, root, workspace, state, sha256, brought }: ReceivedEvidence,
  repositoryId: number,
): Tables["evidence"] {
  const body = JSON.stringify(brought);
  const told = about.parse({ form, source: from, root, workspace, state, sha256, kind: brought.kind });
  return {
    id,
    repository_id: repositoryId,
    head_sha: headSha,
    received_ms: receivedAtMs,
    bytes: byteLength(body),
    about: JSON.stringify(told),
    body,
  };
}

function readRow(row: Tables["evidence"]): ReceivedEvidence {
  const { form: written, kind, ...told } = about.parse(JSON.parse(row.about));
  const { id, head_sha: headSha, received_ms: receivedAtMs } = row;
  return { ...told, id, headSha, receivedAtMs, brought: broughtOf(row.body, written, kind) };
}

/**
 * What was stored is what this program had read and reduced itself, so of the form that it writes now nothing is asked again. An older
 * one is as good as not there, and must not look as if nothing had come.
 */
function broughtOf(body: string, written: number, kind: Brought["kind"]): Brought {
  if (written === form) return JSON.parse(body) as Brought;
  const of = kind === "findings" ? "findings" : "plan";
  return { kind: "unreadable", of, because: "another version of Sallyport has read it: let the workflow run again" };
}
