import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { mayBeOld, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-rows-deleted",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A migration deletes every row of a table.",
  why: "A `truncate`, or a `delete` whose condition is true of every row, empties the table at once; only a backup brings the rows back.",
  remedy:
    "Name the rows in a condition, delete them in batches outside the migration, and keep a copy of them until nobody misses them.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (!mayBeOld(one)) continue;
      if (effect.does === "truncates") {
        const cascade = effect.cascade ? ", and with it every table that refers to it" : "";
        yield told(one, spell(effect.table), `${tableOf(effect.table)} is emptied by \`truncate\`${cascade}`);
      } else if (effect.does === "deletes-rows" && effect.rows === "all") {
        const message = `every row of ${tableOf(effect.table)} is deleted: there is no condition, or it is true of all of them`;
        yield told(one, spell(effect.table), message);
      }
    }
  },
  examples: {
    "without a condition": `
      A db/migrations/0002_tidy.sql
      > DELETE FROM orders;`,
    "a condition that is true of all": `
      A db/migrations/0002_tidy.sql
      > DELETE FROM orders WHERE id = id OR 1 = 1;`,
    "in a part of another query": `
      A db/migrations/0002_tidy.sql
      > WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone;`,
    "truncate, with those that refer to it": `
      A db/migrations/0002_tidy.sql
      > TRUNCATE orders CASCADE;`,
    "in MySQL": `
      A db/migrations/0002_tidy.sql
      > DELETE FROM \`orders\` WHERE 1;`,
    "behind `explain analyze`": `
      A db/migrations/0002_tidy.sql
      > EXPLAIN ANALYZE DELETE FROM orders;`,
    "some rows": `
      A db/migrations/0002_tidy.sql
        DELETE FROM orders WHERE total IS NULL;
        DELETE FROM orders USING carts WHERE carts.id = orders.cart_id;`,
    "rows of a table that the change made": `
      A db/migrations/0002_tidy.sql
        CREATE TABLE picked (id bigint);
        DELETE FROM picked;`,
    "what a trigger will do one day": `
      A db/migrations/0002_tidy.sql
        CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN NULL; END $$;`,
    "no rows at all": `
      A db/migrations/0002_tidy.sql
        DELETE FROM orders WHERE false;`,
  },
});
