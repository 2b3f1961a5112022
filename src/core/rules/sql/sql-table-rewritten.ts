import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, isPostgres, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";
import { typeChange } from "../../sql/types.ts";

export default defineRule({
  id: "sql-table-rewritten",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "medium",
  summary: "A migration writes a whole table anew while nobody can use it.",
  why: "The table is copied under an exclusive lock: reads and writes wait until the end, and the disk needs room for both.",
  remedy:
    "Add a new column without a default, fill it in batches, and switch over; grow types in ways that need no rewrite; rebuild with `pg_repack` or the online tool of your database.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect, formerType } = one;
      if (!isInUse(one)) continue;
      if (effect.does === "adds-column" && isPostgres(one)) {
        const column = `${spell(effect.table)}.${effect.column.name}`;
        const how = effect.column.default;
        if (how === "volatile")
          yield told(one, column, `the default of ${inCode(column)} differs from row to row: every row is written`);
        else if (how === "generated") yield told(one, column, `${inCode(column)} is generated: every row is written`);
        else if (how === "unknown") {
          yield {
            at: one.at,
            about: `${one.at.path} ${column}`,
            undecided: `whether the default of ${inCode(column)} is the same for every row`,
          };
        }
      } else if (effect.does === "changes-type") {
        const change = typeChange(formerType, effect.to);
        if (change === "same" || change === "widens" || change === "narrows") continue;
        const column = `${spell(effect.table)}.${effect.column}`;
        const from = formerType === null ? "" : ` from ${inCode(formerType)}`;
        const unless = formerType === null ? ", unless its type was one that only grows" : "";
        const message = `the type of ${inCode(column)} changes${from} to ${inCode(effect.to)}: every row is written${unless}`;
        yield { ...told(one, column, message), before: formerType, after: effect.to };
      } else if (
        effect.does === "rebuilds" &&
        effect.by !== "reindex" &&
        effect.by !== "refresh" &&
        !effect.concurrently
      ) {
        const name = effect.name === null ? "every table of the database" : tableOf(effect.name);
        yield told(one, `${effect.by} ${effect.name?.name ?? ""}`, `${name} is written anew (${effect.by})`);
      }
    }
  },
  examples: {
    "a default for each row": `
      A db/migrations/0002_a.sql
      > ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();`,
    "a serial": `
      A db/migrations/0002_a.sql
      > ALTER TABLE users ADD COLUMN number bigserial;`,
    "a default that nobody knows": `
      A db/migrations/0002_a.sql
      > ALTER TABLE users ADD COLUMN token text DEFAULT make_token();`,
    "another type": `
      A db/migrations/0002_a.sql
      > ALTER TABLE users ALTER COLUMN id TYPE bigint;`,
    "a full vacuum": `
      A db/migrations/0002_a.sql
      > VACUUM (FULL) users;`,
    "in MySQL, another character set": `
      A db/migrations/0002_a.sql
      > ALTER TABLE \`users\` CONVERT TO CHARACTER SET utf8mb4;`,
    "the same default for all": `
      A db/migrations/0002_a.sql
        ALTER TABLE users ADD COLUMN joined timestamptz NOT NULL DEFAULT now();
        ALTER TABLE users ADD COLUMN flags jsonb DEFAULT '{}'::jsonb;`,
    "room for more, in a table that may be older": `
      A db/migrations/0002_a.sql
        CREATE TABLE IF NOT EXISTS users (name varchar(20));
        ALTER TABLE users ALTER COLUMN name TYPE varchar(40);
        ALTER TABLE users ALTER COLUMN name TYPE text;`,
    "a plain vacuum": `
      A db/migrations/0002_a.sql
        VACUUM ANALYZE users;`,
    "a default for rows to come": `
      A db/migrations/0002_a.sql
        ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();`,
  },
});
