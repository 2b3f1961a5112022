import { z } from "zod";
import type { Repository } from "./subject.ts";

const digits = z
  .string()
  .regex(/^\d{1,15}$/u)
  .transform(Number);

/**
 * What the token of any job says, as GitHub Actions writes it. Others are there too and are not read.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
const everyJob = z.looseObject({
  iss: z.string(),
  aud: z.string(),
  jti: z.string().min(1).max(200),
  /** In seconds. */
  exp: z.int(),
  nbf: z.int(),
  iat: z.int(),
  repository: z.string().regex(/^[^/\s]+\/[^/\s]+$/u),
  repository_id: digits,
  run_id: digits,
  sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/u),
  ref: z.string().startsWith("refs/"),
  job_workflow_ref: z.string().min(1).max(1_000),
});
/** What only a job that deploys has to say. */
const deploying = z.looseObject({ environment: z.string().min(1).max(255) });
/** What only a job that brings evidence has to say. */
const witnessing = z.looseObject({
  run_attempt: digits,
  event_name: z.string().min(1).max(100),
  workflow_ref: z.string().min(1).max(1_000),
  actor_id: digits,
  /** The branch that a pull request is opened onto; empty for every other event. */
  base_ref: z.string().max(1_000).default(""),
});

/** What every token proves. */
interface Proved {
  /** Names the token among those of its issuer. */
  readonly tokenId: string;
  readonly untilMs: number;
  readonly repository: Repository;
  readonly runId: number;
}

/** A job that asks whether it may deploy, as its token proves it. */
export interface JobClaims extends Proved {
  readonly sha: string;
  readonly environment: string;
}

/** A job that brings evidence, as its token proves it. */
export interface WitnessClaims extends Proved {
  readonly runAttempt: number;
  readonly event: string;
  /** The workflow that GitHub started: `acme/shop/.github/workflows/ci.yml@refs/pull/7/merge`. */
  readonly workflowRef: string;
  /** The workflow whose job it is, which may be one that was called: `acme/ci/.github/workflows/plan.yml@refs/heads/main`. */
  readonly jobWorkflowRef: string;
  /** By its short name, of a pull request; else null. */
  readonly baseRef: string | null;
  readonly actorId: number;
}

export type ReadClaims<C> =
  | { readonly kind: "job"; readonly claims: C }
  | { readonly kind: "refused"; readonly because: string };

export interface ExpectedToken {
  readonly issuer: string;
  readonly audience: string;
}

/** GitHub's clock and ours may differ by this. */
const slackMs = 60_000;
/** GitHub's tokens end after some minutes; one that was made long ago was made for something else. */
const oldestMs = 15 * 60_000;

/** Reads the claims of a token whose signature holds, of a job that deploys. `because` is a sentence for whoever sent it. */
export function readJobClaims(payload: unknown, expected: ExpectedToken, nowMs: number): ReadClaims<JobClaims> {
  const read = readEvery(payload, expected, nowMs);
  if (read.kind === "refused") return read;
  const own = deploying.safeParse(payload);
  if (!own.success) return refused("The job names no environment: add `environment:` to it.");
  const { environment } = own.data;
  return { kind: "job", claims: { ...read.claims, sha: read.sha, environment } };
}

/** The same of a job that brings evidence. */
export function readWitnessClaims(payload: unknown, expected: ExpectedToken, nowMs: number): ReadClaims<WitnessClaims> {
  const read = readEvery(payload, expected, nowMs);
  if (read.kind === "refused") return read;
  const own = witnessing.safeParse(payload);
  if (!own.success) return refused(lacking(own.error));
  const { run_attempt: runAttempt, event_name: event, workflow_ref: workflowRef, actor_id: actorId } = own.data;
  const baseRef = own.data.base_ref === "" ? null : own.data.base_ref;
  const { jobWorkflowRef } = read;
  return {
    kind: "job",
    claims: { ...read.claims, runAttempt, event, workflowRef, jobWorkflowRef, baseRef, actorId },
  };
}

function readEvery(
  payload: unknown,
  expected: ExpectedToken,
  nowMs: number,
):
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "read"; readonly claims: Proved; readonly sha: string; readonly jobWorkflowRef: string } {
  const parsed = everyJob.safeParse(payload);
  if (!parsed.success) return refused(lacking(parsed.error));
  const { iss, aud, jti, exp, nbf, iat, repository, repository_id: id, run_id: runId, sha } = parsed.data;
  if (iss !== expected.issuer) return refused("The token is of another issuer than this service's GitHub.");
  if (aud !== expected.audience)
    return refused("The token is for another audience: ask for one for this service's address.");
  if (exp * 1_000 <= nowMs) return refused("The token has ended: ask for a new one each time.");
  if (nbf * 1_000 > nowMs + slackMs || iat * 1_000 > nowMs + slackMs) return refused("The token begins in the future.");
  if (iat * 1_000 < nowMs - oldestMs) return refused("The token is too old: ask for a new one each time.");
  const [owner = "", name = ""] = repository.split("/");
  const claims = { tokenId: `${iss} ${jti}`, untilMs: exp * 1_000, repository: { id, owner, name }, runId };
  return { kind: "read", claims, sha, jobWorkflowRef: parsed.data.job_workflow_ref };
}

function lacking(error: z.ZodError): string {
  const at = error.issues[0]?.path.map(String).join(".") ?? "";
  return `The token lacks a claim of GitHub Actions, or has it in another form: ${at}.`;
}

function refused(because: string): { readonly kind: "refused"; readonly because: string } {
  return { kind: "refused", because };
}
