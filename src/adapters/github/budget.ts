import { type Cost, Pace, type PaceLimits } from "./pace.ts";
import { RetryLater } from "../../app/ports.ts";

/** GitHub counts GraphQL and everything else apart. */
export type Bucket = "core" | "graphql";

export interface BudgetLimits {
  /** GitHub allows 100 at once, REST and GraphQL together; more instances share that. */
  readonly concurrent: number;
  /** Requests that may wait for a place; more are refused. */
  readonly waiting: number;
  /** Null: as fast as GitHub takes it. */
  readonly pace: PaceLimits | null;
  /** How long to keep away after GitHub says "slow down" without saying for how long. GitHub's advice: at least a minute. */
  readonly pauseMs: number;
}

export interface BudgetView {
  /** What GitHub last said is left, null until it said so. */
  readonly remaining: Readonly<Record<Bucket, number | null>>;
  readonly running: number;
}

/**
 * What one installation may still ask of GitHub, learned from the headers of its answers: no request is sent that is known to be
 * refused, and never more at once than `concurrent`. Nothing is retried here: who asked is told when to come back.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class RequestBudget {
  readonly #limits: BudgetLimits;
  readonly #now: () => number;
  readonly #rest: (ms: number) => Promise<void>;
  readonly #pace: Pace | null;
  readonly #closedUntilMs: Record<Bucket, number> = { core: 0, graphql: 0 };
  readonly #remaining: Record<Bucket, number | null> = { core: null, graphql: null };
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param rest resolves after so many milliseconds of the clock that `now` reads */
  constructor(limits: BudgetLimits, now: () => number, rest: (ms: number) => Promise<void>) {
    this.#limits = limits;
    this.#now = now;
    this.#rest = rest;
    this.#pace = limits.pace === null ? null : new Pace(limits.pace);
  }

  /** Runs one request when it is its turn. Rejects with RetryLater where GitHub would refuse it. */
  async spend(bucket: Bucket, cost: Cost, send: () => Promise<Response>): Promise<Response> {
    this.#refuseWhileClosed(bucket);
    await this.#turn();
    try {
      // What came back while this one waited may have closed the bucket.
      this.#refuseWhileClosed(bucket);
      await this.#ownMoment(bucket, cost);
      this.#refuseWhileClosed(bucket);
      return await this.#learn(bucket, await send());
    } finally {
      // The place is handed on, never free in between: nobody slips in before who waited.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  view(): BudgetView {
    return { remaining: { ...this.#remaining }, running: this.#running };
  }

  #refuseWhileClosed(bucket: Bucket): void {
    const untilMs = this.#closedUntilMs[bucket];
    if (untilMs > this.#now()) throw new RetryLater("GitHub's rate limit leaves no request until then.", untilMs);
  }

  async #ownMoment(bucket: Bucket, cost: Cost): Promise<void> {
    if (this.#pace === null) return;
    const nowMs = this.#now();
    const { atMs, booked } = this.#pace.book(bucket, cost, nowMs);
    if (!booked) throw new RetryLater("GitHub's limits on how fast to ask leave no request until then.", atMs);
    if (atMs > nowMs) await this.#rest(atMs - nowMs);
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#limits.concurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waiting) {
      throw new RetryLater("Too many requests to GitHub wait for their turn.", this.#now() + this.#limits.pauseMs);
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Reads the headers of an answer. Rejects where the answer is that of a limit. */
  async #learn(bucket: Bucket, response: Response): Promise<Response> {
    const { headers, status } = response;
    const remaining = whole(headers.get("x-ratelimit-remaining"));
    const resetSeconds = whole(headers.get("x-ratelimit-reset"));
    if (remaining !== null) this.#remaining[bucket] = remaining;
    if (remaining === 0 && resetSeconds !== null) this.#close(bucket, resetSeconds * 1_000);
    if (status !== 403 && status !== 429) return response;

    const retryAfterSeconds = whole(headers.get("retry-after"));
    if (retryAfterSeconds !== null) {
      // A secondary limit counts REST and GraphQL together.
      const untilMs = this.#now() + retryAfterSeconds * 1_000;
      this.#close("core", untilMs);
      this.#close("graphql", untilMs);
      throw new RetryLater("GitHub asked for a pause.", untilMs);
    }
    if (remaining === 0 && resetSeconds !== null) {
      throw new RetryLater("GitHub's rate limit is used up.", resetSeconds * 1_000);
    }
    // Without headers a 403 may as well be a missing permission: its text tells.
    if (status === 429 || /rate limit/i.test(await response.clone().text())) {
      const untilMs = this.#now() + this.#limits.pauseMs;
      this.#close("core", untilMs);
      this.#close("graphql", untilMs);
      throw new RetryLater("GitHub asked for a pause.", untilMs);
    }
    return response;
  }

  #close(bucket: Bucket, untilMs: number): void {
    this.#closedUntilMs[bucket] = Math.max(this.#closedUntilMs[bucket], untilMs);
  }
}

function whole(header: string | null): number | null {
  return header !== null && /^\d{1,12}$/.test(header) ? Number(header) : null;
}
