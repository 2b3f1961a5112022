import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, told } from "../../sql/telling.ts";

export default defineRule({
  id: "sql-server-reached",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary:
    "A migration runs a program on the database's server, reads or writes its files, talks to another database, or changes the server's settings.",
  why: "What it does there is outside the database: no transaction takes it back, and it runs with the rights of the server.",
  remedy:
    "Leave it to those who run the server; load data over the connection (`COPY ... FROM STDIN`) and keep settings in the configuration of the server.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
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
      }
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
