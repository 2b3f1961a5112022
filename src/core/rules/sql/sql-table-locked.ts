import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, isPostgres, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-table-locked",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A migration locks a table, or takes a partition out of one under a lock.",
  why: "Everybody who needs the table waits, those who wait hold connections, and the pool runs dry.",
  remedy:
    "Leave the locking to the statements that need it, set `lock_timeout` so that the migration gives way, and detach partitions `CONCURRENTLY`.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (!isInUse(one)) continue;
      if (effect.does === "locks" && !shared.has(effect.mode)) {
        yield told(
          one,
          spell(effect.table),
          `${tableOf(effect.table)} is locked (${inCode(effect.mode)}) until the transaction ends`,
        );
      } else if (effect.does === "detaches-partition" && isPostgres(one) && !effect.concurrently) {
        const message = `${tableOf(effect.partition)} is taken out of ${tableOf(effect.table)} while nobody can use either: its rows are no longer in the table`;
        yield told(one, spell(effect.partition), message);
      }
    }
  },
  examples: {
    "a lock": `
      A db/migrations/0002_lock.sql
      > LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;`,
    "a partition goes": `
      A db/migrations/0002_lock.sql
      > ALTER TABLE events DETACH PARTITION events_2024;`,
    "a lock that lets others work": `
      A db/migrations/0002_lock.sql
        LOCK TABLE orders IN ROW SHARE MODE;`,
    concurrently: `
      A db/migrations/0002_lock.sql
        ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;`,
  },
});

/** Modes in which others may read and write. */
const shared: ReadonlySet<string> = new Set(["access share", "row share", "row exclusive"]);
