import type { CollectedFacts, Facts } from "../core/facts.ts";
import type { LoopPorts } from "./held.ts";

/** A pull request with more reports than this is at war; approvals given after older ones have to be given again. */
const PUBLICATIONS_READ = 500;
/** Approvals of one hour must fit beside each other; clocks may differ by a minute. */
const READINGS_BEFORE_MS = 61 * 60_000;

/** Entries that tell of agents that came to a repository. An agent beyond them is new, which grants less. */
const APPEARANCES_READ = 1_000;

/** Where our own store tells of a pull request. */
export type Memory = Pick<LoopPorts, "ledger" | "decisions" | "signals">;

/** The facts with what our own store knows. */
export async function remembered(
  read: CollectedFacts,
  { ledger, decisions, signals: monitoring }: Memory,
): Promise<Facts> {
  const approvals = read.reviews.filter(({ state }) => state === "APPROVED");
  const accounts = [...new Set(approvals.flatMap(({ account }) => (account === null ? [] : [account.id])))];
  const sinceMs = Math.min(...approvals.map(({ submittedAtMs }) => submittedAtMs)) - READINGS_BEFORE_MS;
  const { deployments } = read;
  // Only bakes rest on them, and a proof that is older than what is known of deployments counts for none.
  const [publications, readings, appearances, signals, decided] = await Promise.all([
    ledger.publications(read.subject, PUBLICATIONS_READ),
    accounts.length === 0 ? [] : ledger.readings(accounts, sinceMs),
    ledger.appearances(read.subject.repository.id, APPEARANCES_READ),
    deployments === null ? [] : monitoring.of(read.subject.repository.id, 0),
    decisions.holding(read.subject),
  ]);
  return { ...read, publications, readings, appearances, signals, decided };
}
