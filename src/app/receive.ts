import type { Clock, Delivery, Log, WorkQueue } from "./ports.ts";

interface Waiting {
  readonly delivery: Delivery;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Takes deliveries in; the promise resolves when the delivery and its marks are durable, so the sender may be answered. Whatever
 * arrives while one transaction is being written travels in the next: under load the cost of a durable write is shared.
 *
 * A delivery that comes twice marks twice and costs one coalesced look. It is never ignored: a redelivery that somebody asked for is
 * a request to look again.
 */
export function receiver(
  { queue, clock, log }: { readonly queue: Pick<WorkQueue, "receive">; readonly clock: Clock; readonly log: Log },
  limits: { readonly deliveriesPerTransaction: number },
): (delivery: Delivery) => Promise<void> {
  const waiting: Waiting[] = [];
  let writing = false;

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      await queue.receive(
        batch.map(({ delivery }) => delivery),
        clock.now(),
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      const [only] = batch;
      if (only !== undefined && batch.length === 1) {
        only.reject(error);
        return;
      }
      // One delivery that cannot be written must not take its neighbours along.
      log.warn({ error, deliveries: batch.length }, "deliveries could not be written together; each is written alone");
      for (const one of batch) await write([one]);
    }
  }

  async function writeAll(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) await write(waiting.splice(0, limits.deliveriesPerTransaction));
    writing = false;
  }

  return (delivery) =>
    new Promise((resolve, reject) => {
      waiting.push({ delivery, resolve, reject });
      // After the sockets that are readable now have been read: on SQLite, where a write blocks the thread, that is the batch.
      setImmediate(() => void writeAll());
    });
}
