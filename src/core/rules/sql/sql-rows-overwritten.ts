import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { mayBeOld, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-rows-overwritten",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "A migration overwrites a column in every row of a table.",
  why: "What stood there is gone, and going back to the old code does not bring it back; on a large table all of its rows stay locked until the end.",
  remedy:
    "Name the rows in a condition, write to a new column and keep the old one until the new version is proved, and do it in batches.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does !== "updates-rows" || effect.rows !== "all" || one.fillsNewColumns || !mayBeOld(one)) continue;
      const columns = effect.columns.map((column) => `\`${column}\``).join(", ");
      const message = `every row of ${tableOf(effect.table)} gets another ${columns}: there is no condition, or it is true of all of them`;
      yield { ...told(one, spell(effect.table), message), asks: true };
    }
  },
  examples: {
    "without a condition": `
      A db/migrations/0002_reset.sql
      > UPDATE users SET theme = 'dark';`,
    "an old column beside a new one": `
      A db/migrations/0002_reset.sql
        ALTER TABLE users ADD COLUMN theme text;
      > UPDATE users SET theme = 'dark', locale = 'en' WHERE true;`,
    "the new column is filled": `
      A db/migrations/0002_reset.sql
        ALTER TABLE users ADD COLUMN theme text;
        UPDATE users SET theme = 'dark';`,
    "some rows": `
      A db/migrations/0002_reset.sql
        UPDATE users SET theme = 'dark' WHERE theme IS NULL;`,
  },
});
