import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-backfill-in-migration",
  invariant: "migrations-are-safe",
  severity: "medium",
  confidence: "medium",
  summary: "A migration fills a new column in every row of a table in use.",
  why: "One statement locks all of its rows until it commits, fills the log of the replicas, and leaves as many dead rows as there are live ones.",
  remedy:
    "Add the column in the migration, fill it in batches of some thousand rows from a job, and require it afterwards.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does !== "updates-rows" || effect.rows !== "all" || !one.fillsNewColumns || !isInUse(one)) continue;
      const columns = effect.columns.map(inCode).join(", ");
      yield told(
        one,
        `${spell(effect.table)} ${effect.columns.join(" ")}`,
        `${columns} is filled in every row of ${tableOf(effect.table)} at once`,
      );
    }
  },
  examples: {
    "all rows": `
      A db/migrations/0002_fill.sql
        ALTER TABLE users ADD COLUMN theme text;
      > UPDATE users SET theme = 'dark';`,
    "some rows": `
      A db/migrations/0002_fill.sql
        ALTER TABLE users ADD COLUMN theme text;
        UPDATE users SET theme = 'dark' WHERE id BETWEEN 1 AND 1000;`,
    "a table that is new": `
      A db/migrations/0002_fill.sql
        CREATE TABLE users (id bigint, theme text);
        UPDATE users SET theme = 'dark';`,
  },
});
