import type { Entry } from "../core/ledger/entry.ts";
import type { Alarms } from "./alarms.ts";
import type { ToldComments } from "./told-comments.ts";
import type { ToldEffects } from "./told-effects.ts";
import type { Memory } from "./memory.ts";
import type {
  AftermathSource,
  Books,
  BranchSource,
  Claim,
  Clock,
  Decisions,
  DeploymentGate,
  DeploymentSource,
  EffectSource,
  Enforcer,
  Evaluator,
  Evidence,
  FactSource,
  GroupSource,
  Judgements,
  Ledger,
  Lister,
  Locks,
  Log,
  Publisher,
  Signals,
  Strikes,
  SignpostKeeper,
  StatusReports,
  RightsSource,
  PullRequestActions,
  WorkQueue,
} from "./ports.ts";

/** Everything that a look needs. */
export interface LoopPorts {
  readonly clock: Clock;
  readonly queue: WorkQueue;
  readonly judgements: Judgements;
  readonly locks: Locks;
  readonly facts: FactSource;
  readonly groups: GroupSource;
  readonly deployments: DeploymentSource;
  readonly gate: DeploymentGate;
  readonly reports: StatusReports;
  readonly effects: EffectSource;
  readonly told: ToldEffects;
  readonly comments: ToldComments;
  readonly evaluator: Evaluator;
  readonly publisher: Publisher;
  readonly enforcer: Enforcer;
  readonly signposts: SignpostKeeper;
  readonly rights: RightsSource;
  readonly actions: PullRequestActions;
  readonly lister: Lister;
  readonly branches: BranchSource;
  readonly alarms: Alarms;
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  readonly books: Books;
  readonly strikes: Strikes;
  readonly signals: Signals;
  readonly evidence: Evidence;
  readonly aftermath: AftermathSource;
  readonly memory: Memory;
  readonly log: Log;
  /** Of program and rules. */
  readonly version: string;
}

export interface LoopLimits {
  /** How many looks at once. */
  readonly concurrency: number;
  /** How long a claim holds. Must cover collecting, evaluating and publishing. */
  readonly leaseMs: number;
  /** A collection of facts, or one page of a sweep, that takes longer has failed. */
  readonly collectMs: number;
  /** The longest that bringing one check run into line may take. With less of the lease left nothing is sent. */
  readonly publishMs: number;
  /** The longest that looking at other open pull requests for a change of the policy may take. */
  readonly effectsMs: number;
  /** The next look at an open pull request, or at what went live, when nothing asks for an earlier one: the net below lost webhooks. */
  readonly resyncMs: number;
  /** The next sweep of an installation, which finds pull requests that no webhook has named. */
  readonly sweepMs: number;
  /** The first retry after a failure; every further one waits twice as long, up to the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** After so many attempts in a row that came to nothing, verdicts that still stand are withdrawn. */
  readonly withdrawAfterAttempts: number;
  /** After so many attempts at a merge group its run fails: without an answer the queue would wait for its own timeout. */
  readonly groupAttempts: number;
  /** The next look at a merge group that waits in its queue. It lives for minutes, and no event tells that a member's approval is gone. */
  readonly groupResyncMs: number;
  /** How long the loop rests when nothing is due and nobody wakes it. */
  readonly pollMs: number;
}

/** A claim, and when it began by the monotonic clock: read before it was asked for, so that the lease ends no earlier than we think. */
export interface Held {
  readonly claim: Claim;
  readonly sinceMs: number;
  /** Aborts when the program stops: what has not been sent yet is left to the next look. */
  readonly stopping: AbortSignal;
}

/** What a look came to: what the ledger keeps, and when to look again without being asked. */
export interface Done {
  readonly entry: Entry;
  readonly nextLookMs: number | null;
  /** Why a part of it must be tried again, after a time that grows; undefined: nothing must. */
  readonly failure?: unknown;
}

/** What is certainly left of the lease, in whole milliseconds (timers take no others); not above zero once it may be over. */
export function leftMs(held: Held, { clock }: LoopPorts, limits: LoopLimits): number {
  return Math.floor(limits.leaseMs - (clock.monotonicMs() - held.sinceMs));
}

export type Step = "collect" | "evaluate" | "publish" | "sweep";

/** A step of a look that failed. The cause is for the log; the ledger keeps the step alone. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly step: Step;
  constructor(step: Step, cause: unknown) {
    super(`A look failed at the step "${step}"; it is tried again.`, { cause });
    this.step = step;
  }
}

/** Runs a step so that its failure carries its name. */
export async function during<T>(step: Step, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(step, error);
  }
}

/** Runs work that gets a signal, and no longer than that: work which ignores its signal must not hold a place in the loop for ever. */
export async function bounded<T>(
  signals: readonly AbortSignal[],
  timeMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any([...signals, AbortSignal.timeout(Math.max(0, Math.floor(timeMs)))]);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Runs what no verdict waits for, in the time that the rest of the look does not need: a lease that ends over it would cost the record of
 * what was published. Rejects where there is none.
 */
export async function aside<T>(
  held: Held,
  ports: LoopPorts,
  limits: LoopLimits,
  work: (signal: AbortSignal) => Promise<T>,
  mostMs = limits.publishMs,
): Promise<T> {
  const spareMs = leftMs(held, ports, limits) - limits.publishMs;
  if (spareMs <= 0) throw new Error("It is not begun: what is left of the lease is needed to end the look.");
  return await bounded([held.stopping], Math.min(mostMs, spareMs), work);
}
