import type { Brought, ReceivedEvidence, StateMark, Witnessed } from "../core/evidence/evidence.ts";
import type { WitnessClaims } from "../core/job-token.ts";
import type { PullRequestSubject, Repository } from "../core/subject.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import { sha256 } from "../lib/digest.ts";
import type { Clock, Evidence, EvidenceReader, Installations, Log, RunSource, Tokens, WitnessTokens } from "./ports.ts";

/** What a job says that it brings. */
export interface EvidenceOffer {
  readonly kind: "plan" | "findings";
  readonly root: string;
  readonly workspace: string;
  readonly state: StateMark;
  /** SHA-256 of what was sent, unpacked, which it was found to have. */
  readonly sha256: string;
}

/** A job that proved itself, for this repository, and the right to bring one thing. */
export interface Witness {
  readonly installationId: number;
  readonly repository: Repository;
  readonly source: Witnessed;
  readonly headSha: string;
  readonly alsoFor: readonly PullRequestSubject[];
}

/** `status` as HTTP has it. */
export interface EvidenceRefused {
  readonly kind: "refused";
  readonly status: 401 | 403 | 409 | 413 | 422;
  readonly because: string;
}
const refused = (status: EvidenceRefused["status"], because: string): EvidenceRefused => ({
  kind: "refused",
  status,
  because,
});

export interface EvidenceTaken {
  readonly kind: "taken";
  readonly evidence: ReceivedEvidence;
  readonly repository: Repository;
  /** It was here already. */
  readonly again: boolean;
}

export interface EvidencePorts {
  readonly proofs: WitnessTokens;
  readonly tokens: Tokens;
  readonly installations: Installations;
  readonly runs: RunSource;
  readonly reader: EvidenceReader;
  readonly evidence: Evidence;
  readonly clock: Clock;
  readonly log: Log;
  /** There is work before the next poll. */
  readonly wake: () => void;
}

/** A few roots, workspaces and scanners, each a few times over. */
const mostForHead = 64;
const mostBytesForHead = 24 * 1024 * 1024;
/** A pull request that rests for longer is planned again. */
const keptMs = 30 * 86_400_000;

/**
 * Who brings evidence, by the token of a job, which is used up, and GitHub's own record of the run: its head is what the evidence is
 * for. Rejects where GitHub or the store cannot be asked.
 */
export async function witnessOf(
  token: string,
  ports: Pick<EvidencePorts, "proofs" | "tokens" | "installations" | "runs" | "clock">,
  signal: AbortSignal,
): Promise<{ readonly kind: "witness"; readonly witness: Witness } | EvidenceRefused> {
  const proved = await ports.proofs.proveWitness(token);
  if (proved.kind === "refused") return refused(401, proved.because);
  const { claims } = proved;
  if (!(await ports.tokens.spend(claims.tokenId, claims.untilMs, ports.clock.now()))) {
    return refused(401, "The token was used before: ask for a new one each time.");
  }
  const { repository, runId } = claims;
  const installationId = await ports.installations.on(repository.owner, signal);
  if (installationId === null) return refused(403, `The App is not installed on ${repository.owner}.`);
  const run = await ports.runs.run({ installationId, repository }, runId, signal);
  if (run === null) return refused(403, "GitHub does not show this App the run of the token.");
  if (!run.underWay) return refused(403, "The run of the token is over: send evidence from within it.");
  if (run.event !== claims.event) return refused(403, "The run of the token is for another event than the token says.");
  const alsoFor = run.pullRequests.map(
    (number) => ({ kind: "pull_request", installationId, repository, number }) as const,
  );
  const source = sourceOf(claims);
  return { kind: "witness", witness: { installationId, repository, source, headSha: run.headSha, alsoFor } };
}

function sourceOf({
  repository,
  runId,
  runAttempt,
  event,
  workflowRef,
  jobWorkflowRef,
  ...rest
}: WitnessClaims): Witnessed {
  const { baseRef, actorId } = rest;
  const about = { runId, runAttempt, event, workflowRef, jobWorkflowRef, baseRef, actorId };
  return { kind: "workflow", repositoryId: repository.id, ...about };
}

/**
 * Reads what a witness brought and keeps it. What cannot be read is kept as that: where a plan is asked for, it must not look as if an
 * earlier one were all there is.
 */
export async function takeEvidence(
  { installationId, repository, source, headSha, alsoFor }: Witness,
  offer: EvidenceOffer,
  text: string,
  ports: Omit<EvidencePorts, "proofs" | "tokens" | "installations" | "runs">,
): Promise<EvidenceTaken | EvidenceRefused> {
  const read = await ports.reader.read(offer.kind, text);
  const { root, workspace, state, sha256: digest } = offer;
  const nowMs = ports.clock.now();
  const identity = canonicalJson([offer.kind, headSha, { ...source }, root, workspace, digest]);
  const brought: Brought =
    read.kind === "read" ? read.brought : { kind: "unreadable", of: offer.kind, because: read.because };
  const evidence: ReceivedEvidence = {
    id: sha256(identity).slice(0, 32),
    headSha,
    receivedAtMs: nowMs,
    source,
    root,
    workspace,
    state,
    sha256: digest,
    brought,
  };
  const limits = { most: mostForHead, mostBytes: mostBytesForHead, forgetBeforeMs: nowMs - keptMs };
  const outcome = await ports.evidence.take(evidence, { installationId, repository, alsoFor }, limits);
  ports.log.info(
    { evidence: evidence.id, repositoryId: repository.id, headSha, kind: brought.kind, outcome },
    "a workflow has brought evidence",
  );
  ports.wake();
  if (outcome === "too_much") {
    const most = `${mostForHead} pieces or ${mostBytesForHead / 1024 / 1024} MiB`;
    return refused(
      409,
      `More than ${most} were sent for this head: send one plan of each root and one report of each scanner.`,
    );
  }
  if (read.kind === "unreadable") return refused(422, `It cannot be read: ${read.because}. ${read.remedy}`);
  return { kind: "taken", evidence, repository, again: outcome === "known" };
}
