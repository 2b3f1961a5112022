import type { Answer } from "../core/deployment-gate/answer.ts";
import type { JobClaims } from "../core/job-token.ts";
import type { Entry } from "../core/ledger/entry.ts";
import type { DeploymentSubject } from "../core/subject.ts";
import type { Clock, Decisions, Installations, JobTokens, Ledger, Tokens, WorkQueue } from "./ports.ts";
import type { ToldComments } from "./told-comments.ts";

export interface JobGatePorts {
  readonly proofs: JobTokens;
  readonly tokens: Tokens;
  readonly installations: Installations;
  readonly queue: Pick<WorkQueue, "mark">;
  readonly ledger: Pick<Ledger, "bySubject">;
  readonly decisions: Pick<Decisions, "halts">;
  readonly comments: ToldComments;
  readonly clock: Clock;
  /** There is work before the next poll. */
  readonly wake: () => void;
}

/** What a job is told that asks whether it may deploy. `judging`: it is to ask again in a while. */
export type JobAnswer =
  | { readonly kind: "refused"; readonly because: string }
  | {
      readonly kind: "answered";
      readonly answer: Answer | "judging";
      readonly claims: JobClaims;
      readonly comment: string | null;
    };

/** A judgement that is older is made again: what a job does next cannot be taken back. */
const freshMs = 60_000;
const looksRead = 5;

/** Answers jobs that ask from within their run, each with a token that is used once. */
export function jobGate(ports: JobGatePorts): (token: string, signal: AbortSignal) => Promise<JobAnswer> {
  return async (token, signal) => {
    const proved = await ports.proofs.prove(token);
    if (proved.kind === "refused") return proved;
    const { claims } = proved;
    const nowMs = ports.clock.now();
    if (!(await ports.tokens.spend(claims.tokenId, claims.untilMs, nowMs))) {
      return { kind: "refused", because: "The token was used before: ask for a new one each time." };
    }
    const { repository, runId, environment } = claims;
    const installationId = await ports.installations.on(repository.owner, signal);
    if (installationId === null) {
      return { kind: "refused", because: `The App is not installed on ${repository.owner}.` };
    }
    const subject: DeploymentSubject = {
      kind: "deployment",
      installationId,
      repository,
      runId,
      environment,
      asks: "job",
    };
    const look = await lastLook(subject, ports);
    const halts = await ports.decisions.halts(installationId);
    const isFresh = look !== null && look.atMs >= nowMs - freshMs && !halts.some(({ atMs }) => atMs >= look.atMs);
    if (!isFresh) {
      await ports.queue.mark([subject], nowMs);
      ports.wake();
      return { kind: "answered", answer: "judging", claims, comment: null };
    }
    return { kind: "answered", claims, ...answered(look, claims, ports) };
  };
}

type Look = Extract<Entry, { readonly kind: "deployment" }>;

async function lastLook(subject: DeploymentSubject, { ledger }: JobGatePorts): Promise<Look | null> {
  const entries: readonly Entry[] = (await ledger.bySubject(subject, looksRead)).map(({ entry }) => entry);
  const [latest] = entries;
  return latest?.kind === "deployment" ? latest : null;
}

function answered(
  { outcome, judged, said }: Look,
  { sha }: JobClaims,
  { comments }: JobGatePorts,
): { readonly answer: Answer; readonly comment: string | null } {
  if (outcome === "ended" || judged === null) {
    return { answer: "rejected", comment: "GitHub does not show this App a run that is under way." };
  }
  if (judged.headSha !== sha) {
    return { answer: "rejected", comment: "The job is for another commit than its run." };
  }
  return { answer: outcome, comment: said === null ? null : comments.of(said) };
}
