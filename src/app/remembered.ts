import type { CollectedFacts, Facts } from "../core/facts.ts";
import type { LoopPorts } from "./held.ts";

/** A pull request with more reports than this is at war; approvals given after older ones have to be given again. */
const PUBLICATIONS_READ = 500;
/** Approvals of one hour must fit beside each other; clocks may differ by a minute. */
const READINGS_BEFORE_MS = 61 * 60_000;

/** Entries that tell of agents that came to a repository. An agent beyond them is new, which grants less. */
const APPEARANCES_READ = 1_000;

/** Entries that tell of plans of a repository. What lies beyond them is not compared any more. */
const PLANS_READ = 1_000;

/** Where our own store tells of a pull request. */
export type Memory = Pick<LoopPorts, "ledger" | "decisions" | "signals" | "evidence">;

/** The facts with what our own store knows. */
export async function remembered(
  read: CollectedFacts,
  { ledger, decisions, signals: monitoring, evidence: sent }: Memory,
): Promise<Facts> {
  const approvals = read.reviews.filter(({ state }) => state === "APPROVED");
  const accounts = [...new Set(approvals.flatMap(({ account }) => (account === null ? [] : [account.id])))];
  const sinceMs = Math.min(...approvals.map(({ submittedAtMs }) => submittedAtMs)) - READINGS_BEFORE_MS;
  const { deployments } = read;
  // Only bakes rest on them, and a proof that is older than what is known of deployments counts for none.
  const { repository } = read.subject;
  const [publications, readings, appearances, signals, evidence, plansBefore, decided] = await Promise.all([
    ledger.publications(read.subject, PUBLICATIONS_READ),
    accounts.length === 0 ? [] : ledger.readings(accounts, sinceMs),
    ledger.appearances(repository.id, APPEARANCES_READ),
    deployments === null ? [] : monitoring.of(repository.id, 0),
    sent.of(repository.id, [...new Set([read.head.sha, read.mergeBaseSha])]),
    ledger.plansAccepted(repository.id, PLANS_READ),
    decisions.holding(read.subject),
  ]);
  // Of the commit where it begins only what scanners found is compared.
  const asked = evidence.filter(({ headSha, brought: { kind } }) => headSha === read.head.sha || kind === "findings");
  return { ...read, publications, readings, appearances, signals, evidence: asked, plansBefore, decided };
}
