import { z } from "zod";
import { defineRule } from "../../rule.ts";
import type { ObjectKind } from "../../sql/model.ts";
import { inCode, mayBeOld, tableOf, told } from "../../sql/telling.ts";

export default defineRule({
  id: "sql-table-dropped",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A migration drops a table, a partition, a schema or a database.",
  why: "Everything in it is gone when the migration runs; a revert of the code does not bring it back, and instances of the old version fail until they are replaced.",
  remedy:
    "Remove the code that uses it, release that, wait until nothing reads or writes it (rename it for a while to be sure), take a backup, and drop it in a change of its own.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does === "drops-partition") {
        const partition = `${effect.table.name}.${effect.partition}`;
        yield told(one, partition, `the partition ${inCode(partition)} is dropped with all of its rows`);
      } else if (effect.does === "drops" && holdsData.has(effect.what) && mayBeOld(one)) {
        const name = tableOf(effect.name);
        const about = `${effect.what} ${effect.name.name}`;
        // How SQLite alters a table: a copy with the rows takes its name.
        const isReplaced = judged.some((other) => {
          const { effect: next, at, created } = other;
          const takesName = next.does === "renames" && next.what === "table" && next.to === effect.name.name;
          return takesName && at.path === one.at.path && at.line >= one.at.line && created === "yes";
        });
        if (isReplaced) {
          const message = `${name} is dropped and a new table takes its name: what was not copied is gone`;
          yield { ...told(one, about, message), asks: true };
          continue;
        }
        const cascade = effect.cascade ? ", with whatever depends on it (`cascade`)" : "";
        yield told(one, about, `the ${effect.what} ${name} is dropped with everything in it${cascade}`);
      }
    }
  },
  examples: {
    "a table": `
      A db/migrations/0002_tidy.sql
      > DROP TABLE IF EXISTS orders CASCADE;`,
    "two of them, the second on its own line of reasoning": `
      A db/migrations/0002_tidy.sql
        ALTER TABLE carts ADD COLUMN note text;
      > DROP TABLE public.orders;`,
    "a copy takes its name, as SQLite alters tables": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE new_orders (id integer PRIMARY KEY AUTOINCREMENT);
        INSERT INTO new_orders SELECT id FROM orders;
      > DROP TABLE orders;
        ALTER TABLE new_orders RENAME TO orders;`,
    "a schema": `
      A db/migrations/0002_tidy.sql
      > DROP SCHEMA billing CASCADE;`,
    "in a block that runs at once": `
      A db/migrations/0002_tidy.sql
        DO $$
        BEGIN
          IF EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'orders') THEN
      >     DROP TABLE orders;
          END IF;
        END $$;`,
    "a table that may have been there before": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE IF NOT EXISTS orders (id bigint);
      > DROP TABLE orders;`,
    "another schema's table of the same name": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE scratch.orders (id bigint);
      > DROP TABLE orders;`,
    "in MySQL, a partition": `
      A db/migrations/0002_tidy.sql
      > ALTER TABLE \`events\` DROP PARTITION p2024;`,
    "hidden in a comment that MySQL runs": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE \`a\` (id int) ENGINE=InnoDB;
      > /*!50001 DROP TABLE \`orders\` */;`,
    "by a function that the migration writes and calls": `
      A db/migrations/0002_tidy.sql
        CREATE FUNCTION tidy() RETURNS void LANGUAGE sql AS 'DROP TABLE orders';
      > SELECT tidy();`,
    "a table that the migration itself made": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE orders_new (id bigint);
        DROP TABLE orders_new;`,
    "a temporary table": `
      A db/migrations/0002_tidy.sql
        CREATE TEMP TABLE picked AS SELECT id FROM orders;
        DROP TABLE picked;`,
    "a table of an earlier migration of the same change": `
      A db/migrations/0002_a.sql
        CREATE TABLE orders_new (id bigint);
      A db/migrations/0010_b.sql
        DROP TABLE orders_new;`,
    "the way back drops what the way up made": `
      A db/migrations/0002_orders.down.sql
        DROP TABLE orders;
      A db/migrations/0002_orders.up.sql
        CREATE TABLE orders (id bigint);`,
    "a migration under another name": `
      D db/migrations/0002_tidy.sql
        DROP TABLE orders;
      A db/migrations/0003_tidy.sql
        DROP TABLE orders;`,
    "only words": `
      A db/migrations/0002_tidy.sql
        -- DROP TABLE orders;
        COMMENT ON TABLE orders IS 'never DROP TABLE orders;';`,
    "a dump of the schema is no migration": `
      A db/structure.sql
        DROP TABLE orders;`,
  },
});

const holdsData: ReadonlySet<ObjectKind> = new Set(["table", "schema", "database", "tablespace"]);
