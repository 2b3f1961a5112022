import { createHash, createHmac } from "node:crypto";
import type { App } from "../state/model.ts";
import { notFound } from "../state/refused.ts";
import type { World } from "../state/world.ts";

/** GitHub gives up on an answer after ten seconds. */
const ANSWER_WITHIN_MS = 10_000;

export interface Message {
  readonly app: App;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  /** The exact bytes to be signed and sent. */
  readonly body: string;
}

/** One attempt to deliver, as GET /app/hook/deliveries lists it. */
export interface Delivery extends Message {
  readonly id: number;
  readonly guid: string;
  readonly redelivery: boolean;
  readonly deliveredMs: number;
  /** The receiver's status, or 0 when it gave no answer. */
  readonly statusCode: number;
  readonly status: string;
}

interface Queued {
  readonly message: Message;
  readonly guid: string;
  readonly redelivery: boolean;
  readonly forged: boolean;
}

/** What becomes of a message before it is sent. */
export type Fate = "deliver" | "drop" | "double" | "forge";
type MessageMatcher = (message: { readonly event: string; readonly action: string | null }) => boolean;

/**
 * The webhooks of the fake. They leave in the order of the changes, one after the other, as soon as the changing code
 * yields; tests hold them back, lose them, double them, reorder them or break their signatures.
 */
export class Deliveries {
  readonly #world: World;
  readonly #fates: { readonly matches: MessageMatcher; readonly fate: Fate; left: number }[] = [];
  readonly #log: Delivery[] = [];
  #queue: Queued[] = [];
  #held = false;
  #sending: Promise<void> = Promise.resolve();
  #guids = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Every attempt so far, oldest first. */
  get log(): readonly Delivery[] {
    return this.#log;
  }

  /** Messages that wait, oldest first. */
  get waiting(): readonly Message[] {
    return this.#queue.map(({ message }) => message);
  }

  enqueue(message: Message): void {
    this.#guids += 1;
    const guid = guidOf(this.#guids);
    const fate = this.#fateOf(message);
    const queued = { message, guid, redelivery: false, forged: fate === "forge" };
    if (fate === "drop") this.#record(queued, 0, "dropped");
    else this.#queue.push(queued);
    if (fate === "double") this.#queue.push(queued);
    this.#pump();
  }

  /** From now on messages wait until {@link release}. */
  hold(): void {
    this.#held = true;
  }

  /** Sends what waits, by `order` where one is given, and everything after it at once again. */
  release(order: "first to last" | "last to first" = "first to last"): void {
    this.#held = false;
    if (order === "last to first") this.#queue.reverse();
    this.#pump();
  }

  /** Puts what waits into another order; the function gets the messages and returns their indices. */
  reorder(order: (waiting: readonly Message[]) => readonly number[]): void {
    const queue = this.#queue;
    this.#queue = order(this.waiting).flatMap((index) => queue[index] ?? []);
  }

  /** Decides what becomes of the next `times` messages that match. A dropped one shows as failed and can be redelivered. */
  next(fate: Fate, event: string | MessageMatcher, times = 1): void {
    const matches: MessageMatcher = typeof event === "function" ? event : (message) => message.event === event;
    this.#fates.push({ matches, fate, left: times });
  }

  /** Sends a delivery again under its GUID, as the button and the API do. @throws Refused 404 */
  redeliver(id: number): void {
    const delivery = this.#log.find((each) => each.id === id);
    if (delivery === undefined) throw notFound();
    this.#queue.push({ message: delivery, guid: delivery.guid, redelivery: true, forged: false });
    this.#pump();
  }

  /** Waits until everything that is not held has been answered, what those answers caused included. */
  async flush(): Promise<void> {
    while (true) {
      const sending = this.#sending;
      await sending;
      if (sending === this.#sending && (this.#held || this.#queue.length === 0)) return;
    }
  }

  #fateOf(message: Message): Fate {
    const decided = this.#fates.find(({ left, matches }) => left > 0 && matches(message));
    if (decided === undefined) return "deliver";
    decided.left -= 1;
    return decided.fate;
  }

  #pump(): void {
    this.#sending = this.#sending.then(async () => {
      if (this.#held) return;
      const queued = this.#queue.shift();
      if (queued !== undefined) {
        await this.#send(queued);
        if (this.#queue.length > 0) this.#pump();
      }
    });
  }

  async #send(queued: Queued): Promise<void> {
    const { message, guid, forged } = queued;
    if (message.app.webhookUrl === null) return;
    const secret = forged ? "not the secret" : message.app.webhookSecret;
    try {
      const response = await fetch(message.app.webhookUrl, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "GitHub-Hookshot/fake",
          "x-github-event": message.event,
          "x-github-delivery": guid,
          "x-github-hook-id": String(message.app.id),
          "x-github-hook-installation-target-type": "integration",
          "x-github-hook-installation-target-id": String(message.app.id),
          "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(message.body).digest("hex")}`,
        },
        body: message.body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      this.#record(queued, response.status, response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`);
    } catch (error) {
      // No answer is a failed delivery on GitHub too: it is listed and can be redelivered.
      const timedOut = error instanceof Error && error.name === "TimeoutError";
      this.#record(queued, 0, timedOut ? "timed out" : "failed to connect to host");
    }
  }

  #record({ message, guid, redelivery }: Queued, statusCode: number, status: string): void {
    this.#log.push({
      ...message,
      id: this.#log.length + 1,
      guid,
      redelivery,
      deliveredMs: this.#world.now(),
      statusCode,
      status,
    });
  }
}

/** A GUID that is the same in every run. */
function guidOf(number: number): string {
  const hex = createHash("sha256").update(`delivery ${number}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
