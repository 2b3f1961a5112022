import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { tableOf, told } from "../../sql/telling.ts";

export default defineRule({
  id: "sql-triggers-disabled",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A migration switches triggers off and does not switch them on again.",
  why: "Triggers keep foreign keys, audit trails and derived columns true. Rows that are written meanwhile break them, and nothing looks at those rows again.",
  remedy:
    "Switch them on again in the same file, in the same transaction; better, leave them on and write the rows in batches.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const [index, one] of judged.entries()) {
      const { effect, migration } = one;
      const later = judged.slice(index + 1).filter((other) => other.migration === migration);
      if (effect.does === "switches-trigger" && !effect.on) {
        const back = later.some(({ effect: next }) => {
          return next.does === "switches-trigger" && next.on && next.table.name === effect.table.name;
        });
        if (back) continue;
        yield told(
          one,
          `${effect.table.name} ${effect.trigger}`,
          `the trigger \`${effect.trigger}\` of ${tableOf(effect.table)} stays off`,
        );
      } else if (
        effect.does === "sets" &&
        effect.setting === "session_replication_role" &&
        effect.value === "replica"
      ) {
        const back = later.some(({ effect: next }) => next.does === "sets" && next.setting === effect.setting);
        if (back || effect.for === "transaction") continue;
        yield told(
          one,
          effect.setting,
          "`session_replication_role` is `replica` from here on: triggers and foreign keys are off",
        );
      }
    }
  },
  examples: {
    "a trigger": `
      A db/migrations/0002_fix.sql
      > ALTER TABLE orders DISABLE TRIGGER ALL;
        UPDATE orders SET total = 0 WHERE total IS NULL;`,
    "as a replica": `
      A db/migrations/0002_fix.sql
      > SET session_replication_role = replica;`,
    "on again": `
      A db/migrations/0002_fix.sql
        ALTER TABLE orders DISABLE TRIGGER audit;
        UPDATE orders SET total = 0 WHERE total IS NULL;
        ALTER TABLE orders ENABLE TRIGGER audit;`,
  },
});
