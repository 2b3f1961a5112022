import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { isCatalog } from "../../sql/catalog.ts";
import { type Effect, spell } from "../../sql/model.ts";
import { inCode, inOneFile, told, type Touched } from "../../sql/telling.ts";

export default defineRule({
  id: "sql-server-reached",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary:
    "A migration runs a program on the database's server, reads or writes its files, talks to another database, or changes the server's settings or system tables.",
  why: "What it does there is outside the database: no transaction takes it back, and it runs with the rights of the server.",
  remedy:
    "Leave it to those who run the server; load data over the connection (`COPY ... FROM STDIN`) and keep settings in the configuration of the server.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const written: Touched[] = [];
    for (const one of judged) {
      const { effect } = one;
      if (effect.does === "runs-program") {
        yield told(one, "program", `the database's server runs ${inCode(effect.program)}`);
      } else if (effect.does === "reaches-outside") {
        yield { ...told(one, effect.by, `${inCode(effect.by)} reaches out of the database`), asks: true };
      } else if (effect.does === "sets" && effect.for === "system") {
        yield {
          ...told(one, effect.setting, `the setting ${inCode(effect.setting)} of the whole server changes`),
          asks: true,
        };
      } else if (writesRows.has(effect.does) && "table" in effect && effect.table !== null && isCatalog(effect.table)) {
        written.push({ one, group: spell(effect.table), name: "" });
      }
    }
    for (const { one, group: table } of inOneFile(written)) {
      const message = `rows of the system table ${inCode(table)} are written by hand: nothing keeps them in step with the tables and accounts that they describe`;
      yield { ...told(one, table, message), asks: true };
    }
  },
  examples: {
    "a program": `
      A db/migrations/0002_load.sql
      > COPY orders FROM PROGRAM 'curl -s https://example.com/orders.csv';`,
    "a setting of the server": `
      A db/migrations/0002_load.sql
      > ALTER SYSTEM SET max_connections = 5000;`,
    "a file of the server": `
      A db/migrations/0002_load.sql
      > COPY orders TO '/tmp/orders.csv';`,
    "a system table": `
      A db/migrations/0002_load.sql
      > UPDATE pg_index SET indisready = false WHERE indrelid = 'orders'::regclass;
        UPDATE orders SET total = 0 WHERE total IS NULL;
        UPDATE pg_index SET indisready = true WHERE indrelid = 'orders'::regclass;`,
    "a system table in MySQL": `
      A db/migrations/0002_load.sql
      > UPDATE \`mysql\`.\`user\` SET \`Super_priv\` = 'Y' WHERE \`User\` = 'app';`,
    "a table whose name begins like theirs": `
      A db/migrations/0002_load.sql
        UPDATE pg_indexed_pages SET ready = false WHERE id = 7;
        INSERT INTO pg_enum_labels SELECT enumlabel FROM pg_enum;`,
    "rows over the connection": `
      A db/migrations/0002_load.sql
        COPY orders (id) FROM stdin;
        1
        it's 2; DROP TABLE orders;
        \\.
        SELECT 1;`,
    "a setting of the session": `
      A db/migrations/0002_load.sql
        SET lock_timeout = '2s';`,
  },
});

const writesRows: ReadonlySet<Effect["does"]> = new Set(["updates-rows", "deletes-rows", "inserts-rows", "truncates"]);
