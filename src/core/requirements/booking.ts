import type { Budgets } from "../policy/schema.ts";
import type { PullRequestSubject } from "../subject.ts";

/** How long a merge counts. */
export const windowMs = 3_600_000;

/** What an agent's change takes of budgets, and the bounds that its own policy sets. */
export interface Spending {
  /** Keys of all agents that any mark names; each of them pays. */
  readonly agents: readonly string[];
  /** Services that it reaches, by name. */
  readonly services: readonly string[];
  /** Some of it reaches what nobody has named. */
  readonly reachesUnknown: boolean;
  readonly openedAtMs: number;
  readonly budgets: Budgets;
}

/** A pull request of agents in our own books: what it takes, and how far it has come. Times of ours are by the clock port. */
export interface Booking extends Omit<Spending, "budgets"> {
  readonly subject: PullRequestSubject;
  /** Since when nothing but budgets has been missing; null: something else is. */
  readonly readySinceMs: number | null;
  /** Whether it has a place: it stands green, or may. */
  readonly holds: boolean;
  /** When we saw that it had been merged, which is never before it was; null: it is open. */
  readonly mergedAtMs: number | null;
}

/** Whether only budgets keep it from being green. */
export function isWaiting({ readySinceMs, holds, mergedAtMs }: Booking): boolean {
  return readySinceMs !== null && !holds && mergedAtMs === null;
}
