import { z } from "zod";

const digits = z
  .string()
  .regex(/^\d{1,15}$/u)
  .transform(Number);

/**
 * What a job's token says, as GitHub Actions writes it. Others are there too and are not read.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
const claims = z.looseObject({
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
  job_workflow_ref: z.string().min(1),
  /** Only of a job that names one. */
  environment: z.string().min(1).max(255),
});

/** A job that asks, as its token proves it. */
export interface JobClaims {
  /** Names the token among those of its issuer. */
  readonly tokenId: string;
  readonly untilMs: number;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly runId: number;
  readonly sha: string;
  readonly environment: string;
}

export type ReadClaims =
  | { readonly kind: "job"; readonly claims: JobClaims }
  | { readonly kind: "refused"; readonly because: string };

/** GitHub's clock and ours may differ by this. */
const slackMs = 60_000;
/** GitHub's tokens end after some minutes; one that was made long ago was made for something else. */
const oldestMs = 15 * 60_000;

/** Reads the claims of a token whose signature holds. `because` is a sentence for whoever sent it. */
export function readClaims(
  payload: unknown,
  expected: { readonly issuer: string; readonly audience: string },
  nowMs: number,
): ReadClaims {
  const refused = (because: string): ReadClaims => ({ kind: "refused", because });
  const parsed = claims.safeParse(payload);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const at = first?.path.map(String).join(".") ?? "";
    if (at === "environment") return refused("The job names no environment: add `environment:` to it.");
    return refused(`The token lacks a claim of GitHub Actions, or has it in another form: ${at}.`);
  }
  const { iss, aud, jti, exp, nbf, iat, repository, repository_id: id, run_id: runId, sha, environment } = parsed.data;
  if (iss !== expected.issuer) return refused("The token is of another issuer than this service's GitHub.");
  if (aud !== expected.audience)
    return refused("The token is for another audience: ask for one for this service's address.");
  if (exp * 1_000 <= nowMs) return refused("The token has ended: ask for a new one each time.");
  if (nbf * 1_000 > nowMs + slackMs || iat * 1_000 > nowMs + slackMs) return refused("The token begins in the future.");
  if (iat * 1_000 < nowMs - oldestMs) return refused("The token is too old: ask for a new one each time.");
  const [owner = "", name = ""] = repository.split("/");
  return {
    kind: "job",
    claims: {
      tokenId: `${iss} ${jti}`,
      untilMs: exp * 1_000,
      repository: { id, owner, name },
      runId,
      sha,
      environment,
    },
  };
}
