import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import type { MigrationProvider } from "kysely/migration";
import { beforeEach, describe, expect, test } from "vitest";
import { migrate, migrations } from "../../../src/adapters/store/migrations.ts";
import { openSqlite } from "../../../src/adapters/store/node-sqlite.ts";
import { engines, type TestDatabase, testDatabase } from "../../contracts/stores.ts";

function withSuccessor(up: (db: Kysely<unknown>) => Promise<void>): MigrationProvider {
  return { getMigrations: async () => ({ ...(await migrations.getMigrations()), "9999_successor": { up } }) };
}

async function makeTable(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("successor").addColumn("id", "text").execute();
}

describe.each(engines)("migrations on %s", (engine) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase(engine);
    return () => database.destroy();
  });
  const tables = async (): Promise<readonly string[]> =>
    (await database.connect().db.introspection.getTables()).map(({ name }) => name);

  test("a migration that fails leaves nothing behind, and its repaired version runs", async () => {
    await database.open();
    const { db } = database.connect();
    const failing = withSuccessor(async (schema) => {
      await makeTable(schema);
      throw new Error("half way");
    });
    await expect(migrate(db, failing)).rejects.toThrow("half way");
    expect(await tables()).not.toContain("successor");
    await migrate(db, withSuccessor(makeTable));
    expect(await tables()).toContain("successor");
  });

  test("programs that start together on an empty database all come up", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => database.open()));
    for (const store of stores) expect(await store.queue.depth(0)).toEqual({ due: 0, oldestDueMs: null });
  });

  test("a second start changes nothing", async () => {
    await database.open();
    const before = await tables();
    await database.open();
    expect(await tables()).toEqual(before);
  });
});

test("a SQLite file is written so that a commit survives the loss of power", () => {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-sqlite-"));
  const database = openSqlite(join(directory, "store.db"));
  expect(database.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
  expect(database.prepare("pragma synchronous").get()).toEqual({ synchronous: 2 }); // 2 is FULL: https://www.sqlite.org/pragma.html
  database.close();
  rmSync(directory, { recursive: true });
});
