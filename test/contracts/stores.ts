import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import type { Store } from "../../src/adapters/store/engine.ts";
import { connect, type OpenStore, openStore, type StoreLocation } from "../../src/adapters/store/open.ts";

export const engines = ["sqlite", "postgres"] as const;
export type EngineName = (typeof engines)[number];

/** A database of its own for one suite, and what only tests may do to it. */
export interface TestDatabase {
  readonly location: StoreLocation;
  /** One more program on the same database. Closed with the database. */
  open(): Promise<OpenStore>;
  /** One more connection on the same database, without migrating. Closed with the database. */
  connect(): Store;
  /** Ends all leases and locks now, instead of waiting for the database's clock. */
  endLeases(): Promise<void>;
  destroy(): Promise<void>;
}

export async function testDatabase(engine: EngineName): Promise<TestDatabase> {
  const { location, drop } = engine === "sqlite" ? sqliteFile() : await postgresSchema();
  const closing: (() => Promise<void>)[] = [];
  const admin = connect(location);
  closing.push(() => admin.db.destroy());
  return {
    location,
    open: async () => {
      const store = await openStore(location, { blobCacheBytes: 1_000_000 });
      closing.push(() => store.close());
      return store;
    },
    connect: () => {
      const store = connect(location);
      closing.push(() => store.db.destroy());
      return store;
    },
    endLeases: async () => {
      await admin.db
        .updateTable("subjects")
        .set({ lease_until_ms: 0 })
        .where("lease_until_ms", "is not", null)
        .execute();
      await admin.db.updateTable("locks").set({ until_ms: 0 }).execute();
    },
    destroy: async () => {
      for (const close of closing) await close();
      await drop();
    },
  };
}

function sqliteFile(): { location: StoreLocation; drop: () => Promise<void> } {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-store-"));
  const drop = async (): Promise<void> => {
    rmSync(directory, { recursive: true });
  };
  return { location: { kind: "sqlite", path: join(directory, "store.db") }, drop };
}

/** A schema of its own, so that suites run side by side on one server. */
async function postgresSchema(): Promise<{ location: StoreLocation; drop: () => Promise<void> }> {
  const server = inject("postgres");
  const schema = `t_${randomUUID().replaceAll("-", "")}`;
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create schema ${schema}`);
  const url = `${server}&options=${encodeURIComponent(`-c search_path=${schema}`)}`;
  const onConnectionLost = (error: Error): void => {
    throw error;
  };
  return {
    location: { kind: "postgres", url, connections: 16, onConnectionLost },
    drop: () => run(`drop schema ${schema} cascade`),
  };
}
