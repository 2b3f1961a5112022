import type { Rational } from "../../lib/quantity.ts";
import type { Budgets } from "../policy/schema.ts";
import type { PullRequestSubject } from "../subject.ts";
import type { Words } from "./words.ts";

/** How long a merge counts as a change, and as one of its services. */
export const windowMs = 3_600_000;

/** What is added up over changes. Whole numbers (memory: bytes); null: not known, and then it is as much as there is. */
export interface Takes {
  /** The branch that it would land on: what a node pool holds is known of one branch. */
  readonly baseRef: string;
  /** Folders of the shared modules that it changes. */
  readonly modules: readonly string[];
  readonly addedMemory: number | null;
  readonly addedReplicas: number | null;
  readonly deletes: number | null;
  /** What it adds to each node pool of the policy that it was judged by. */
  readonly pools: Readonly<Record<string, number | null>>;
}

/** A node pool as it would be after this change alone. */
export interface PoolRoom {
  readonly name: string;
  readonly after: Rational;
  readonly allowed: Rational;
}

/** What an agent's change takes of budgets, the bounds that its own policy sets, and who has lifted some of them. */
export interface Spending {
  /** Keys of all agents that any mark names; each of them pays. */
  readonly agents: readonly string[];
  /** Services that it reaches, by name. */
  readonly services: readonly string[];
  /** Some of it reaches what nobody has named. */
  readonly reachesUnknown: boolean;
  readonly openedAtMs: number;
  readonly takes: Takes;
  readonly budgets: Budgets;
  /** Pools whose capacity the policy enforces. */
  readonly rooms: readonly PoolRoom[];
  readonly words: Words;
}

/** A pull request of agents in our own books: what it takes, and how far it has come. Times of ours are by the clock port. */
export interface Booking extends Pick<Spending, "agents" | "services" | "reachesUnknown" | "openedAtMs"> {
  readonly subject: PullRequestSubject;
  /** Null: it was booked before sums were kept. */
  readonly takes: Takes | null;
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

/** How far back merges count for a change, by the bounds that hold for it. */
export function reachesBackMs({ budgets }: Pick<Spending, "budgets">): number {
  const { addedMemory, addedReplicas, deletes } = budgets;
  return Math.max(windowMs, ...[addedMemory, addedReplicas, deletes].map((sum) => sum?.withinMs ?? 0));
}

type Page = Pick<Booking, "agents" | "services" | "reachesUnknown" | "takes">;

/** Whether a change takes nothing that it had not been given a place for: of what grows, no more than there was room for is held. */
export function takesNoMore(now: Page, before: Page): boolean {
  if (now.takes === null || before.takes === null) return false;
  const [is, was] = [now.takes, before.takes];
  return (
    isWithin(now.agents, before.agents) &&
    isWithin(now.services, before.services) &&
    (before.reachesUnknown || !now.reachesUnknown) &&
    is.baseRef === was.baseRef &&
    isWithin(is.modules, was.modules) &&
    atMost(is.addedMemory, was.addedMemory) &&
    atMost(is.addedReplicas, was.addedReplicas) &&
    atMost(is.deletes, was.deletes) &&
    Object.entries(is.pools).every(([pool, added]) =>
      atMost(added, Object.hasOwn(was.pools, pool) ? (was.pools[pool] ?? null) : 0),
    )
  );
}

function isWithin(names: readonly string[], others: readonly string[]): boolean {
  return names.every((name) => others.includes(name));
}

function atMost(amount: number | null, bound: number | null): boolean {
  return bound === null || (amount !== null && amount <= bound);
}
