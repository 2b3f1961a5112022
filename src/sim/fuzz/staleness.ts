import { defaultServiceLimits } from "../../compose.ts";
import type { Stage } from "../scenario/stage.ts";
import type { Message } from "../webhooks/deliveries.ts";

/** What the gate may take to follow a webhook that has been delivered. */
const afterDeliveryMs = 10_000;

/**
 * Until when a green may be out of date, by the clock of the screenplay. Where every webhook came, GitHub answered and the server ran,
 * a step ends with all of its looks, within one reading of the clock: nothing is excused, not even the ten seconds. Otherwise:
 *
 * - A webhook that was lost (dropped, refused, or sent while the server was down) excuses for the resync interval and ten seconds
 *   from its loss. So does one that is held back, from when it was held, and no longer than it is.
 * - A request that GitHub failed excuses for the longest wait between two tries and ten seconds from then.
 * - A server that is down withdraws nothing: nobody asks as long.
 */
export class Staleness {
  readonly #stage: Stage;
  readonly #heldSinceMs = new Map<Message, number>();
  #seenDeliveries = 0;
  #failuresToCome = 0;
  #excusedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Takes in what has happened since it was asked last. */
  observe(): void {
    const { github, clock } = this.#stage;
    const { resyncMs, longestRetryMs } = defaultServiceLimits.loop;
    const fresh = github.deliveries.log.slice(this.#seenDeliveries);
    this.#seenDeliveries += fresh.length;
    if (fresh.some(({ statusCode }) => statusCode < 200 || statusCode > 299)) this.#excuse(resyncMs);
    const waiting = new Set(github.deliveries.waiting);
    for (const message of this.#heldSinceMs.keys()) if (!waiting.has(message)) this.#heldSinceMs.delete(message);
    for (const message of waiting) {
      if (!this.#heldSinceMs.has(message)) this.#heldSinceMs.set(message, clock.nowMs);
    }
    if (github.failuresToCome < this.#failuresToCome) this.#excuse(longestRetryMs);
    this.#failuresToCome = github.failuresToCome;
  }

  /** Whether what GitHub permits now may be out of date. */
  get excuses(): boolean {
    const { nowMs } = this.#stage.clock;
    if (nowMs <= this.#excusedUntilMs) return true;
    const { resyncMs } = defaultServiceLimits.loop;
    return [...this.#heldSinceMs.values()].some((sinceMs) => nowMs <= sinceMs + resyncMs + afterDeliveryMs);
  }

  #excuse(forMs: number): void {
    this.#excusedUntilMs = Math.max(this.#excusedUntilMs, this.#stage.clock.nowMs + forMs + afterDeliveryMs);
  }
}
