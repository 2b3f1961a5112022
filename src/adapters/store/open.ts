import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type {
  BlobCache,
  Books,
  Decisions,
  Evidence,
  Judgements,
  Ledger,
  Locks,
  Places,
  Signals,
  StatusReports,
  Strikes,
  Tokens,
  WorkQueue,
} from "../../app/ports.ts";
import { blobCache } from "./blob-cache.ts";
import { books } from "./budgets.ts";
import { decisions } from "./decisions.ts";
import { evidence } from "./evidence.ts";
import { postgresEngine, sqliteEngine, type Store } from "./engine.ts";
import { judgements } from "./judgements.ts";
import { ledger } from "./ledger.ts";
import { locks } from "./locks.ts";
import { migrate } from "./migrations.ts";
import { NodeSqliteDialect, openSqlite } from "./node-sqlite.ts";
import { places } from "./places.ts";
import type { Tables } from "./schema.ts";
import { signals } from "./signals.ts";
import { statusReports } from "./status-reports.ts";
import { strikes } from "./strikes.ts";
import { tokens } from "./tokens.ts";
import { workQueue } from "./work-queue.ts";

/** Where the store is: a SQLite file (`:memory:` for a store that ends with the process), or a PostgreSQL server. */
export type StoreLocation =
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly connections: number;
      /** Told when an idle connection breaks; the pool replaces it. Without a listener the process would end. */
      readonly onConnectionLost: (error: Error) => void;
    };

/** All ports that the store implements, over one database. */
export interface OpenStore {
  readonly queue: WorkQueue;
  readonly judgements: Judgements;
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  readonly books: Books;
  readonly strikes: Strikes;
  readonly signals: Signals;
  readonly evidence: Evidence;
  readonly places: Places;
  readonly reports: StatusReports;
  readonly tokens: Tokens;
  readonly locks: Locks;
  readonly blobs: BlobCache;
  close(): Promise<void>;
}

/** Opens the store and brings its tables up to date. Throws if it cannot be reached or migrated. */
export async function openStore(
  location: StoreLocation,
  limits: { readonly blobCacheBytes: number },
): Promise<OpenStore> {
  const store = connect(location);
  try {
    await migrate(store.db);
  } catch (error) {
    await store.db.destroy();
    throw error;
  }
  return {
    queue: workQueue(store),
    judgements: judgements(store),
    ledger: ledger(store),
    decisions: decisions(store),
    books: books(store),
    strikes: strikes(store),
    signals: signals(store),
    evidence: evidence(store),
    places: places(store),
    reports: statusReports(store),
    tokens: tokens(store),
    locks: locks(store),
    blobs: blobCache(store, limits.blobCacheBytes),
    close: () => store.db.destroy(),
  };
}

/** The database alone, as it stands. */
export function connect(location: StoreLocation): Store {
  switch (location.kind) {
    case "sqlite":
      return {
        db: new Kysely<Tables>({ dialect: new NodeSqliteDialect(openSqlite(location.path)) }),
        engine: sqliteEngine,
      };
    case "postgres": {
      const pool = new pg.Pool({ connectionString: location.url, max: location.connections, types: { getTypeParser } });
      pool.on("error", location.onConnectionLost);
      return { db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), engine: postgresEngine };
    }
  }
}

/** PostgreSQL sends int8 as text. Ours are ids, counters and milliseconds: whatever a number cannot hold exactly is refused. */
function getTypeParser(oid: number, format?: "text" | "binary"): unknown {
  if (oid !== pg.types.builtins.INT8)
    return format === "binary" ? pg.types.getTypeParser(oid, format) : pg.types.getTypeParser(oid);
  return (value: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number))
      throw new RangeError(`Cannot read int8 ${value} from PostgreSQL: it is beyond 2^53.`);
    return number;
  };
}
