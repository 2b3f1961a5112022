import type { LoopLimits, LoopPorts } from "./held.ts";
import { look } from "./look.ts";

/** GitHub sends a delivery again for at most 7 days (3 on github.com): older ones say nothing any more. */
const DELIVERIES_KEPT_MS = 7 * 86_400_000;
const FORGET_EVERY_MS = 3_600_000;

/** The loop: claims what is due and looks at it, on any number of instances side by side. */
export interface Reconciler {
  /** Claims and looks until nothing is due. Returns how many looks that took. For tests, the simulator and one-off runs. */
  runDue(): Promise<number>;
  /** Begins to work in the background. */
  start(): void;
  /** Something was marked: there may be work before the next poll. */
  wake(): void;
  /** Claims nothing more, breaks off what has not been sent, and resolves when every look has ended. */
  stop(): Promise<void>;
}

/** Throws if the limits cannot hold together: a lease that ends before a slow look does would never let it publish. */
export function reconciler(ports: LoopPorts, limits: LoopLimits): Reconciler {
  const neededMs = limits.collectMs + 2 * limits.publishMs;
  if (limits.leaseMs <= neededMs) {
    throw new RangeError(
      `A lease of ${limits.leaseMs} ms is too short: collecting and publishing may take ${neededMs} ms, and evaluating comes on top.`,
    );
  }
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  /** Claims that the database has not answered yet: what they bring is not running, and not due any more. */
  const claiming = new Set<Promise<unknown>>();
  let background: Promise<void> | null = null;
  let woken = Promise.withResolvers<void>();

  /** Claims what there is room for and begins to look at it. Returns the number of claims. */
  async function begin(): Promise<number> {
    const room = limits.concurrency - running.size;
    if (room <= 0 || stopping.signal.aborted) return 0;
    const sinceMs = ports.clock.monotonicMs();
    const claimed = ports.queue.claim(ports.clock.now(), limits.leaseMs, room);
    claiming.add(claimed);
    const claims = await claimed.finally(() => claiming.delete(claimed));
    for (const claim of claims) {
      const ended: Promise<void> = look({ claim, sinceMs, stopping: stopping.signal }, ports, limits).finally(() => {
        running.delete(ended);
        woken.resolve();
      });
      running.add(ended);
    }
    return claims.length;
  }

  async function forget(): Promise<void> {
    try {
      while ((await ports.queue.forgetDeliveries(ports.clock.now() - DELIVERIES_KEPT_MS)) > 0);
    } catch (error) {
      ports.log.error({ error }, "old deliveries could not be forgotten; it is tried again in an hour");
    }
  }

  async function work(): Promise<void> {
    let forgotAtMs = Number.NEGATIVE_INFINITY;
    while (!stopping.signal.aborted) {
      // Before anything is awaited: a wake-up in the meantime must end the rest below.
      woken = Promise.withResolvers<void>();
      if (ports.clock.monotonicMs() - forgotAtMs >= FORGET_EVERY_MS) {
        forgotAtMs = ports.clock.monotonicMs();
        await forget();
      }
      let began = 0;
      try {
        began = await begin();
      } catch (error) {
        ports.log.error({ error }, "what is due could not be claimed; it is tried again");
      }
      if (began > 0) continue;
      const poll = setTimeout(woken.resolve, limits.pollMs);
      await woken.promise;
      clearTimeout(poll);
    }
  }

  return {
    runDue: async () => {
      let looks = 0;
      for (;;) {
        const began = await begin();
        if (began === 0 && running.size === 0 && claiming.size === 0) return looks;
        looks += began;
        await Promise.race([...running, ...(claiming.size === 0 ? [] : [Promise.allSettled(claiming)])]);
      }
    },
    start: () => {
      background ??= work();
    },
    wake: () => {
      woken.resolve();
    },
    stop: async () => {
      stopping.abort(new Error("The program stops."));
      woken.resolve();
      await background;
      await Promise.all(running);
    },
  };
}
