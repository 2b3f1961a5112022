/** What GitHub allows one installation in a while, beyond its hourly requests. */
export interface PaceLimits {
  readonly restPointsPerMinute: number;
  readonly graphqlPointsPerMinute: number;
  /** Requests that create something people see, REST and GraphQL together. */
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** The longest that a request waits for its moment; one that would have to wait longer is refused, and told when to come back. */
  readonly waitMs: number;
}

/** What one request takes of it. */
export interface Cost {
  readonly points: number;
  readonly createsContent: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Moments at which requests may be sent, so that no limit of GitHub is passed. What was booked before counts from then on, so cheap
 * requests that come later do not keep a dear one waiting.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
export class Pace {
  readonly #waitMs: number;
  readonly #points: Readonly<Record<"core" | "graphql", Span>>;
  readonly #content: readonly Span[];

  constructor({ restPointsPerMinute, graphqlPointsPerMinute, contentPerMinute, contentPerHour, waitMs }: PaceLimits) {
    this.#waitMs = waitMs;
    this.#points = {
      core: new Span(minuteMs, restPointsPerMinute),
      graphql: new Span(minuteMs, graphqlPointsPerMinute),
    };
    this.#content = [new Span(minuteMs, contentPerMinute), new Span(hourMs, contentPerHour)];
  }

  /**
   * When a request of this cost may be sent. `booked`: that moment is taken; else it is too far away, and nothing is.
   */
  book(bucket: "core" | "graphql", { points, createsContent }: Cost, nowMs: number): { atMs: number; booked: boolean } {
    const taken: readonly (readonly [Span, number])[] = [
      [this.#points[bucket], points],
      ...(createsContent ? this.#content.map((span) => [span, 1] as const) : []),
    ];
    for (const [span] of taken) span.forgetAfter(nowMs + this.#waitMs);
    // A later moment is no worse for the spans that were asked before: they have counted what is booked for later already.
    const atMs = taken.reduce((moment, [span, cost]) => span.earliest(cost, moment), nowMs);
    if (atMs - nowMs > this.#waitMs) return { atMs, booked: false };
    for (const [span, cost] of taken) span.take(cost, atMs);
    return { atMs, booked: true };
  }
}

/** So much within any stretch of this length. */
class Span {
  readonly #lengthMs: number;
  readonly #limit: number;
  #taken: { readonly atMs: number; readonly cost: number }[] = [];

  constructor(lengthMs: number, limit: number) {
    this.#lengthMs = lengthMs;
    this.#limit = limit;
  }

  /** What lies beyond every wait was booked before the clock was set back: counting it would hold everything up. */
  forgetAfter(latestMs: number): void {
    if (this.#taken.some(({ atMs }) => atMs > latestMs)) this.#taken = [];
  }

  earliest(cost: number, fromMs: number): number {
    let atMs = fromMs;
    const within = this.#taken.filter((one) => one.atMs > atMs - this.#lengthMs);
    let sum = within.reduce((all, one) => all + one.cost, cost);
    for (const oldest of within) {
      if (sum <= this.#limit) break;
      atMs = Math.max(atMs, oldest.atMs + this.#lengthMs);
      sum -= oldest.cost;
    }
    return atMs;
  }

  take(cost: number, atMs: number): void {
    const later = this.#taken.findLastIndex((one) => one.atMs <= atMs) + 1;
    this.#taken.splice(later, 0, { atMs, cost });
    const over = this.#taken.findIndex((one) => one.atMs > atMs - this.#lengthMs);
    this.#taken.splice(0, over);
  }
}
