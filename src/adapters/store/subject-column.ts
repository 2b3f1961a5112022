import { z } from "zod";
import type { PullRequestSubject, Subject } from "../../core/subject.ts";

const installationId = z.int();
const repository = z.strictObject({ id: z.int(), owner: z.string(), name: z.string() });
const pullRequest = z.strictObject({ kind: z.literal("pull_request"), installationId, repository, number: z.int() });
const subject = z.discriminatedUnion("kind", [
  pullRequest,
  z.strictObject({
    kind: z.literal("merge_group"),
    installationId,
    repository,
    headRef: z.string(),
    headSha: z.string(),
    baseRef: z.string(),
    baseSha: z.string(),
    baseIsDefault: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("deployment"),
    installationId,
    repository,
    runId: z.int(),
    environment: z.string(),
    asks: z.enum(["rule", "job"]),
  }),
  z.strictObject({ kind: z.literal("sweep_repository"), installationId, repository }),
  z.strictObject({ kind: z.literal("sweep_base"), installationId, repository, baseRef: z.string() }),
  z.strictObject({ kind: z.literal("sweep_installation"), installationId }),
  z.strictObject({ kind: z.literal("branch"), installationId, repository, branch: z.string() }),
  z.strictObject({ kind: z.literal("aftermath"), installationId, repository }),
  z.strictObject({
    kind: z.literal("wish"),
    installationId,
    repository,
    number: z.int().nullable(),
    what: z.enum(["look", "explanation"]),
    by: z.strictObject({ id: z.int(), login: z.string() }),
  }),
]);

/** The kinds that this program knows how to read. */
export const subjectKinds: readonly string[] = subject.options.map((option) => option.shape.kind.value);

/** Reads a subject back from its column. Throws where it is of a kind that this program does not know. */
export function readSubject(column: string): Subject {
  return subject.parse(JSON.parse(column));
}

export function readPullRequest(column: string): PullRequestSubject {
  return pullRequest.parse(JSON.parse(column));
}

/** Exactly the known members in one order, so that the same subject is the same text. */
export function writeSubject(given: Subject): string {
  return JSON.stringify(subject.parse(given));
}
