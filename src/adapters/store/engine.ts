import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import type { Tables } from "./schema.ts";

/** What differs between the two databases beyond what Kysely's dialects cover. */
export interface Engine {
  readonly name: "sqlite" | "postgres";
  /** The database's clock at the moment the statement runs, not when its transaction began. */
  readonly nowMs: RawBuilder<number>;
  /** Claims skip rows that another claim is taking. SQLite has one writer at a time and no such clause. */
  readonly skipsLocked: boolean;
  /** Whether writers work side by side, so that a transaction has to lock what must not change under it. */
  readonly manyWriters: boolean;
  /** Rows of one statement: both engines bind a limited number of parameters (SQLite 32,766, PostgreSQL 65,535). */
  readonly rowsPerStatement: number;
}

export const sqliteEngine: Engine = {
  name: "sqlite",
  nowMs: sql<number>`cast(round(unixepoch('now', 'subsec') * 1000) as integer)`,
  skipsLocked: false,
  manyWriters: false,
  rowsPerStatement: 1_000,
};

export const postgresEngine: Engine = {
  name: "postgres",
  nowMs: sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  skipsLocked: true,
  manyWriters: true,
  rowsPerStatement: 1_000,
};

/** A database and its engine: what every part of the store is built on. */
export interface Store {
  readonly db: Kysely<Tables>;
  readonly engine: Engine;
}

export type Writer = Kysely<Tables> | Transaction<Tables>;

/** Splits rows so that each part fits one statement. */
export function* parts<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}
