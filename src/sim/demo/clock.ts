/** The clock of the demo: it runs as the machine's does, and can be put forward. */
export interface DemoClock {
  now(): number;
  /** Puts it forward to a moment; one that has passed changes nothing. */
  forwardTo(ms: number): void;
}

export function demoClock(startMs: number): DemoClock {
  let aheadMs = startMs - Date.now();
  const now = (): number => Date.now() + aheadMs;
  return {
    now,
    forwardTo: (ms) => {
      aheadMs += Math.max(0, ms - now());
    },
  };
}
