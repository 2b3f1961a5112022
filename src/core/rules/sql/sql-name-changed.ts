import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, tableOf, told } from "../../sql/telling.ts";
import { type ObjectKind, spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-name-changed",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A migration renames a table, a column or a value that running code names.",
  why: "Between the migration and the last instance of the old version every query by the old name fails; going back to the old code makes it fail again.",
  remedy:
    "Add the new name beside the old one (a column kept equal by a trigger, or a view of the old name), move the code over, release, and drop the old one later.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const renamed = judged.flatMap(({ effect }) => (effect.does === "renames" ? [effect] : []));
    const views = new Set(
      judged.flatMap(({ effect }) => (effect.does === "creates" && effect.what === "view" ? [effect.name.name] : [])),
    );
    for (const one of judged) {
      const { effect } = one;
      if (!isInUse(one)) continue;
      if (effect.does === "renames" && named.has(effect.what)) {
        // Another table takes the old name, or a view of that name stays behind.
        if (renamed.some(({ to }) => to === effect.name.name) || views.has(effect.name.name)) continue;
        yield told(
          one,
          `${effect.what} ${spell(effect.name)}`,
          `the ${effect.what} ${tableOf(effect.name)} is called ${inCode(effect.to)} from now on`,
        );
      } else if (effect.does === "renames-column") {
        const column = `${spell(effect.table)}.${effect.column}`;
        yield told(one, column, `the column ${inCode(column)} is called ${inCode(effect.to)} from now on`);
      } else if (effect.does === "renames-enum-value") {
        yield told(
          one,
          `${spell(effect.type)} ${effect.value}`,
          `the value ${inCode(effect.value)} of ${tableOf(effect.type)} is called ${inCode(effect.to)} from now on`,
        );
      }
    }
  },
  examples: {
    "a table": `
      A db/migrations/0002_names.sql
      > ALTER TABLE orders RENAME TO purchases;`,
    "a column": `
      A db/migrations/0002_names.sql
      > ALTER TABLE orders RENAME COLUMN total TO amount;`,
    "a value of an enumeration": `
      A db/migrations/0002_names.sql
      > ALTER TYPE order_state RENAME VALUE 'paid' TO 'settled';`,
    "in MySQL": `
      A db/migrations/0002_names.sql
      > RENAME TABLE \`orders\` TO \`purchases\`;`,
    "the old name stays as a view": `
      A db/migrations/0002_names.sql
        ALTER TABLE orders RENAME TO purchases;
        CREATE VIEW orders AS SELECT * FROM purchases;`,
    "a new table takes the place of the old one": `
      A db/migrations/0002_names.sql
        CREATE TABLE orders_new (id bigint);
        ALTER TABLE orders RENAME TO orders_old;
        ALTER TABLE orders_new RENAME TO orders;`,
    "an index and a constraint have names that no code knows": `
      A db/migrations/0002_names.sql
        ALTER INDEX a RENAME TO b;
        ALTER TABLE orders RENAME CONSTRAINT a TO b;`,
  },
});

const named: ReadonlySet<ObjectKind> = new Set(["table", "view", "materialized view", "schema", "function"]);
