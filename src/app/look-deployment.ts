import { type Answer, answerOf } from "../core/deployment-gate/answer.ts";
import type { Arrival, CollectedDeploymentFacts, DeploymentFacts, JudgedThen } from "../core/deployment-gate/facts.ts";
import { judgedThen } from "../core/deployment-gate/judged-then.ts";
import { ofRequirement } from "../core/evaluate/conclude.ts";
import { type DeploymentEvaluation, evaluateDeployment } from "../core/evaluate/deployment.ts";
import type { Entry } from "../core/ledger/entry.ts";
import { deploymentComment } from "../core/report/deployment.ts";
import { type DeploymentSubject, subjectId } from "../core/subject.ts";
import { sha256 } from "../lib/digest.ts";
import { bounded, type Done, during, type Held, leftMs, type LoopLimits, type LoopPorts } from "./held.ts";
import { LeaseShort, refuseIfHalted } from "./publish.ts";

/** GitHub takes ten reports of one deployment. https://docs.github.com/en/rest/actions/workflow-runs */
export const reportsLimit = 10;
/** Of a pull request, newest first: whoever is judged more often at one head was judged on it by the newest of these anyway. */
const entriesRead = 1_000;
const publicationsRead = 500;
const looksRead = 50;

/**
 * One look at a deployment that waits. Approval cannot be withdrawn: what allows it is read anew right before it is sent, halts last of
 * all, and nobody judges another deployment to that environment meanwhile.
 */
export async function lookAtDeployment(
  held: Held,
  subject: DeploymentSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Done> {
  const key = `environment/${subject.repository.id}/${subject.environment.toLowerCase()}`;
  const waitMs = Math.max(0, leftMs(held, ports, limits) - limits.publishMs);
  return await during("publish", () =>
    ports.locks.withLock(key, limits.leaseMs, AbortSignal.timeout(waitMs), () =>
      judgeAlone(held, subject, ports, limits),
    ),
  );
}

async function judgeAlone(held: Held, subject: DeploymentSubject, ports: LoopPorts, limits: LoopLimits): Promise<Done> {
  const first = await judge(held, subject, ports, limits);
  const isSure = first === null || answerOf(first.evaluation) !== "approved";
  const judged = isSure ? first : await judge(held, subject, ports, limits);
  const nowMs = ports.clock.now();
  const look = { kind: "deployment", atMs: nowMs, runId: subject.runId } as const;
  if (judged === null) return { entry: { ...look, outcome: "ended", judged: null, said: null }, nextLookMs: null };
  const { evaluation } = judged;
  const answer = answerOf(evaluation);
  if (answer === "approved") await refuseIfHaltedSince(judged, ports);
  const { said, taken } = await say(held, subject, answer, evaluation, ports, limits);
  const againMs = Math.min(evaluation.nextLookMs ?? Number.POSITIVE_INFINITY, nowMs + limits.resyncMs);
  return {
    entry: { ...look, outcome: taken ? answer : "waits", judged: kept(evaluation), said },
    // A job asks again itself.
    nextLookMs: (answer === "waits" || !taken) && subject.asks === "rule" ? Math.max(againMs, nowMs + 1_000) : null,
  };
}

interface Judged {
  readonly facts: DeploymentFacts;
  readonly evaluation: DeploymentEvaluation;
}

/** Null: it waits no longer. */
async function judge(
  held: Held,
  subject: DeploymentSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Judged | null> {
  const collectMs = Math.min(limits.collectMs, leftMs(held, ports, limits) - limits.publishMs);
  const collected = await during("collect", () =>
    bounded([held.stopping], collectMs, (signal) => ports.deployments.collectDeployment(subject, signal)),
  );
  if (collected.kind === "ended") return null;
  const facts = await remembered(collected.facts, ports);
  const evaluation = evaluateDeployment(facts, collected.reading, ports.clock.now(), ports.version);
  return { facts, evaluation };
}

/** A halt that was recorded while this was judged may be on what nobody looked at any more. */
async function refuseIfHaltedSince({ facts }: Judged, { decisions }: LoopPorts): Promise<void> {
  const known = new Set(facts.halts.map(({ id }) => id));
  const halts = await decisions.halts(facts.subject.installationId);
  refuseIfHalted(
    halts.filter(({ id }) => !known.has(id)),
    facts.subject,
    null,
  );
}

/** Sends what is new, and returns the digest of what was said last and whether GitHub took it. Jobs are answered where they ask. */
async function say(
  held: Held,
  subject: DeploymentSubject,
  answer: Answer,
  evaluation: DeploymentEvaluation,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<{ readonly said: string | null; readonly taken: boolean }> {
  const comment = deploymentComment(evaluation);
  const digest = sha256(comment);
  if (subject.asks === "job") {
    ports.comments.keep(digest, comment);
    return { said: digest, taken: true };
  }
  if (answer === "waits") {
    const before = { said: await lastSaid(subject, ports), taken: true };
    if (before.said === digest || !(await ports.reports.take(held.claim, reportsLimit))) return before;
  }
  const left = leftMs(held, ports, limits);
  if (left < limits.publishMs) {
    throw new LeaseShort(
      `Nothing is sent: ${left} ms of the lease are left, and sending may take ${limits.publishMs} ms.`,
    );
  }
  const taken = await bounded([], limits.publishMs, (signal) => ports.gate.answer(subject, answer, comment, signal));
  // It was answered already, and waits for the rules of others; or GitHub has had enough reports.
  if (!taken)
    ports.log.warn({ subject: subjectId(subject), answer }, "GitHub takes no word on a deployment that waits");
  return { said: digest, taken };
}

async function lastSaid(subject: DeploymentSubject, { ledger }: LoopPorts): Promise<string | null> {
  const entries: readonly Entry[] = (await ledger.bySubject(subject, looksRead)).map(({ entry }) => entry);
  return entries.find((entry) => entry.kind === "deployment")?.said ?? null;
}

/** The facts with what our own store knows of all that would be deployed. */
async function remembered(read: CollectedDeploymentFacts, ports: LoopPorts): Promise<DeploymentFacts> {
  const { movements, ...facts } = read;
  const { subject } = facts;
  const { installationId, repository } = subject;
  const arrivals: Arrival[] = [];
  for (const movement of movements) arrivals.push({ movement, judged: await judgedOf(movement, read, ports) });
  const [knownSinceMs, halts, signals] = await Promise.all([
    ports.ledger.since({ kind: "sweep_repository", installationId, repository }),
    ports.decisions.halts(installationId),
    facts.baking === null ? [] : ports.signals.of(repository.id, 0),
  ]);
  return { ...facts, arrivals, knownSinceMs, halts, signals };
}

async function judgedOf(
  { kind, merged, afterSha, beforeSha }: Arrival["movement"],
  { subject, branch }: CollectedDeploymentFacts,
  { ledger }: LoopPorts,
): Promise<readonly JudgedThen[] | null> {
  const { installationId, repository } = subject;
  const baseRef = branch?.name ?? "";
  const of = async (number: number, headSha: string): Promise<JudgedThen> => {
    const pull = { kind: "pull_request", installationId, repository, number } as const;
    const [recorded, publications] = await Promise.all([
      ledger.bySubject(pull, entriesRead),
      ledger.publications(pull, publicationsRead),
    ]);
    const entries = recorded.map(({ entry }) => entry);
    return judgedThen({ number, headSha, baseRef }, { entries, publications });
  };
  switch (kind) {
    case "push":
      return [];
    case "merge":
      return merged.length === 0 ? null : await Promise.all(merged.map((one) => of(one.number, one.headSha)));
    case "queue": {
      const at = { headRef: "", headSha: afterSha, baseRef, baseSha: beforeSha, baseIsDefault: false };
      const looks = await ledger.bySubject({ kind: "merge_group", installationId, repository, ...at }, looksRead);
      const look = looks.map(({ entry }) => entry).find((entry) => entry.kind === "merge_group");
      if (look === undefined) return null;
      const members = await Promise.all(look.members.map((member) => of(member.number, member.headSha)));
      // In its queue a member was judged once more, as it would land.
      return members.map((member, index) => ({ ...member, verdict: look.members[index]?.verdict ?? null }));
    }
  }
}

function kept({ verdict, policy, headSha, live, version, gaps, requirements }: DeploymentEvaluation) {
  return {
    verdict,
    mode: policy.mode,
    headSha,
    liveSha: live?.sha ?? null,
    policyDigest: policy.digest,
    version,
    gaps: gaps.map(({ id }) => id),
    unmet: requirements.filter((each) => ofRequirement(each) !== "allow").map(({ id }) => id),
  };
}
