import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, isPostgres, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-index-locks-table",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary:
    "A migration creates, drops or rebuilds an index of a table in use without `concurrently`, or with it where that cannot work.",
  why: "Until the index is done nobody can write to the table: on a large one that is minutes of errors. In a transaction `concurrently` fails.",
  remedy:
    "Use `CREATE INDEX CONCURRENTLY` (`DROP INDEX CONCURRENTLY`, `REINDEX ... CONCURRENTLY`) in a migration of its own that runs outside a transaction; drop an index that a failed attempt left `INVALID` first.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const built = new Set<string>();
    for (const one of judged) {
      const { effect, inTransaction } = one;
      if (!isPostgres(one) || !isInUse(one)) continue;
      if (effect.does === "creates-index") {
        const what = `the index ${effect.name === null ? "" : `${inCode(effect.name)} `}of ${tableOf(effect.table)}`;
        const about = `${spell(effect.table)} ${effect.name ?? effect.columns.join(" ")}`;
        if (effect.concurrently) {
          if (inTransaction === true) {
            yield told(one, about, `${what} is built concurrently in a transaction, which PostgreSQL refuses`);
          }
          continue;
        }
        // One finding for all the indexes that a file builds on a table: the lock is the same one.
        const key = `${one.at.path} ${spell(effect.table)}`;
        if (built.has(key)) continue;
        built.add(key);
        yield told(one, about, `${what} is built while nobody can write to the table`);
      } else if (effect.does === "drops-index") {
        const what = `the index ${tableOf(effect.name)}`;
        if (!effect.concurrently)
          yield told(one, spell(effect.name), `${what} is dropped while nobody can use its table`);
        else if (inTransaction === true)
          yield told(
            one,
            spell(effect.name),
            `${what} is dropped concurrently in a transaction, which PostgreSQL refuses`,
          );
      } else if (effect.does === "rebuilds" && effect.by === "reindex" && !effect.concurrently) {
        const name = effect.name === null ? "every index" : tableOf(effect.name);
        yield told(one, `reindex ${effect.name?.name ?? ""}`, `${name} is built anew while nobody can write`);
      }
    }
  },
  examples: {
    "a new index of an old table": `
      A db/migrations/0002_index.sql
      > CREATE UNIQUE INDEX orders_number ON orders (number);`,
    "two indexes of one table in one file are one lock": `
      A db/migrations/0002_index.sql
      > CREATE INDEX orders_number ON orders (number);
        CREATE INDEX orders_state ON orders (state);`,
    "concurrently, in a transaction": `
      A db/migrations/0002_index.sql
        BEGIN;
      > CREATE INDEX CONCURRENTLY orders_number ON orders (number);
        COMMIT;`,
    "an index goes": `
      A db/migrations/0002_index.sql
      > DROP INDEX orders_number;`,
    "built anew": `
      A db/migrations/0002_index.sql
      > REINDEX TABLE orders;`,
    concurrently: `
      A db/migrations/0002_index.sql
        CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_number ON orders (number);`,
    "of a new table": `
      A db/migrations/0001_orders.sql
        CREATE TABLE orders (number text);
      A db/migrations/0002_index.sql
        CREATE INDEX ON orders (number);`,
    "of a new table, once with its schema and once without": `
      A db/migrations/0001_orders.sql
        CREATE TABLE IF NOT EXISTS public.orders (number text);
        CREATE INDEX ON orders (number);`,
    "MySQL builds it beside the writes": `
      A db/migrations/0002_index.sql
        CREATE INDEX \`orders_number\` ON \`orders\` (\`number\`);`,
    "of a partition that is new": `
      A db/migrations/0002_part.sql
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES IN (2026);
        CREATE INDEX ON events_2026 (id);`,
  },
});
