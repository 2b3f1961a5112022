import { z } from "zod";
import type { Judgement, Judgements } from "../../app/ports.ts";
import { verdicts } from "../../core/evaluate/verdict.ts";
import { subjectId } from "../../core/subject.ts";
import type { Store } from "./engine.ts";
import { readPullRequest, writeSubject } from "./subject-column.ts";

const columns = ["subject", "head_sha", "check_name", "verdict", "mode", "wrote", "armed", "lease"] as const;
const wroteShape = z.strictObject({ isAgent: z.boolean(), marks: z.array(z.string()) });
const words = z.object({ verdict: z.enum(verdicts).nullable(), mode: z.enum(["enforce", "observe"]) });

/** Judgements on either engine. */
export function judgements({ db, engine }: Store): Judgements {
  return {
    record: async (claim, { subject, target, verdict, mode, wrote, isArmed }) => {
      // One statement reads the lease and writes: there is no moment in between at which the claim could be lost unnoticed.
      const written = await db
        .insertInto("judgements")
        .columns([
          "repository_id",
          "head_sha",
          "check_name",
          "subject_id",
          "subject",
          "verdict",
          "mode",
          "wrote",
          "installation_id",
          "armed",
          "lease",
        ])
        .expression((eb) =>
          eb
            .selectFrom("subjects")
            .select((row) => [
              row.cast<number>(row.val(target.repository.id), "bigint").as("repository_id"),
              row.cast<string>(row.val(target.headSha), "text").as("head_sha"),
              row.cast<string>(row.val(target.checkName), "text").as("check_name"),
              "subjects.id as subject_id",
              row.cast<string>(row.val(writeSubject(subject)), "text").as("subject"),
              row.cast<string | null>(row.val(verdict), "text").as("verdict"),
              row.cast<string>(row.val(mode), "text").as("mode"),
              row.cast<string | null>(row.val(wrote === null ? null : JSON.stringify(wrote)), "text").as("wrote"),
              row.cast<number>(row.val(subject.installationId), "bigint").as("installation_id"),
              row.cast<number>(row.val(isArmed ? 1 : 0), "integer").as("armed"),
              "subjects.lease as lease",
            ])
            .where("subjects.id", "=", subjectId(claim.subject))
            .where("subjects.lease", "=", claim.lease)
            .where("subjects.lease_until_ms", ">", engine.nowMs),
        )
        .onConflict((conflict) =>
          conflict
            .columns(["repository_id", "head_sha", "check_name", "subject_id"])
            .doUpdateSet((eb) => ({
              subject: eb.ref("excluded.subject"),
              verdict: eb.ref("excluded.verdict"),
              mode: eb.ref("excluded.mode"),
              wrote: eb.ref("excluded.wrote"),
              installation_id: eb.ref("excluded.installation_id"),
              armed: eb.ref("excluded.armed"),
              lease: eb.ref("excluded.lease"),
            }))
            // On PostgreSQL the lease read above may be lost to another claim, and that one's judgement written, before this row is.
            .whereRef("judgements.lease", "<=", "excluded.lease"),
        )
        .returning("lease")
        .executeTakeFirst();
      return written !== undefined;
    },
    at: async (target) => {
      const rows = await db
        .selectFrom("judgements")
        .select(columns)
        .where("repository_id", "=", target.repository.id)
        .where("head_sha", "=", target.headSha)
        .where("check_name", "=", target.checkName)
        .orderBy("subject_id")
        .execute();
      return rows.map(readJudgement);
    },
    of: async (subject) => {
      const rows = await db
        .selectFrom("judgements")
        .select(columns)
        .where("subject_id", "=", subjectId(subject))
        .orderBy("head_sha")
        .orderBy("check_name")
        .execute();
      return rows.map(readJudgement);
    },
    ofInstallation: async (installationId) => {
      const rows = await db
        .selectFrom("judgements")
        .select(columns)
        .where((eb) => eb.or([eb("installation_id", "=", installationId), eb("installation_id", "is", null)]))
        .execute();
      return rows.map(readJudgement).filter(({ subject }) => subject.installationId === installationId);
    },
    retire: async (claim, subject, target) => {
      await db
        .deleteFrom("judgements")
        .where("repository_id", "=", target.repository.id)
        .where("head_sha", "=", target.headSha)
        .where("check_name", "=", target.checkName)
        .where("subject_id", "=", subjectId(subject))
        .where("lease", "<=", claim.lease)
        .execute();
    },
  };
}

function readJudgement(row: {
  readonly subject: string;
  readonly head_sha: string;
  readonly check_name: string;
  readonly verdict: string | null;
  readonly mode: string;
  readonly wrote: string | null;
  readonly armed: number;
  readonly lease: number;
}): Judgement {
  const subject = readPullRequest(row.subject);
  const target = { repository: subject.repository, headSha: row.head_sha, checkName: row.check_name };
  const wrote = row.wrote === null ? null : wroteShape.parse(JSON.parse(row.wrote));
  return { subject, target, ...words.parse(row), wrote, isArmed: row.armed === 1, lease: row.lease };
}
