/** What a unit in a key's name, or in the manual of its program, makes of a bare number. */
export const units = [
  "milliseconds",
  "seconds",
  "minutes",
  "hours",
  "days",
  "kibibytes",
  "mebibytes",
  "bytes",
] as const;
export type Unit = (typeof units)[number];

/**
 * The classes of keys, each judged in one way by one rule. A policy may put names of its own into any of them but `ladder`,
 * whose words only the built-in dictionary knows.
 */
export const classes = [
  "pool",
  "workers",
  "connections",
  "timeout",
  "lifetime",
  "retries",
  "backoff",
  "rate",
  "retention",
  "cache",
  "rollout",
  "copies",
  "sampling",
  "verification",
  "authentication",
  "bypass",
  "debug",
] as const;
export type Class = (typeof classes)[number];

/** Names of keys of one class, and what is known of them all. */
export interface KeyNames {
  /**
   * Ends of keys, in words: `pool size` names `db.pool.size`, `DB_POOL_SIZE` and `maximumPoolSize`. A unit in the key's name may
   * follow (`timeout` names `timeout_ms`).
   */
  readonly names: readonly string[];
  readonly class: Class;
  /** Of a bare number, where neither its own text nor its name states one. Null: nobody knows. */
  readonly unit: Unit | null;
  /** Words of which one stands somewhere before the name. Empty: any key will do. */
  readonly under: readonly string[];
  /** Texts that mean: without a limit. They are added to those that every program understands. */
  readonly unlimited: readonly string[];
  /** Why a change of it is dangerous, as a sentence that ends a message. */
  readonly reason: string;
  /** Where the program's own manual says so; null where it follows from the reason. */
  readonly source: string | null;
}

/** What the rules measure in each class. */
export type Measure = "count" | "time" | "rate" | "share" | "size" | "kept" | "switch";
export const measures: Readonly<Record<Class, Measure>> = {
  pool: "count",
  workers: "count",
  connections: "count",
  timeout: "time",
  lifetime: "time",
  retries: "count",
  backoff: "time",
  rate: "rate",
  retention: "kept",
  cache: "size",
  rollout: "share",
  copies: "count",
  sampling: "share",
  verification: "switch",
  authentication: "switch",
  bypass: "switch",
  debug: "switch",
};
