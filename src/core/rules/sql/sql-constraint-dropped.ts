import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-constraint-dropped",
  invariant: "migrations-are-safe",
  severity: "medium",
  confidence: "medium",
  summary: "A migration takes away a rule that the data has kept so far.",
  why: "Rows that break it can be written from then on, code that relies on it fails on them, and it cannot be put back until they are mended.",
  remedy:
    "Say in the pull request what keeps the data right from now on; replace a constraint in one migration, so that there is no time without one.",
  needs: "migrations",
  options: z.strictObject({
    not_null: z.boolean().default(true).describe("Whether a column that may be null from now on is reported."),
  }),
  *detect({ judged }, { not_null: asksAboutNull }) {
    const added = new Set(
      judged.flatMap(({ effect }) => (effect.does === "adds-constraint" ? [spell(effect.table)] : [])),
    );
    // What goes with its column or table is theirs to report.
    const going = new Set(
      judged.flatMap(({ effect }) => {
        if (effect.does === "drops-column") return [spell(effect.table)];
        return effect.does === "drops" && effect.what === "table" ? [spell(effect.name)] : [];
      }),
    );
    for (const one of judged) {
      const { effect } = one;
      if (!isInUse(one)) continue;
      if (
        effect.does === "drops-constraint" &&
        !effect.cascade &&
        !added.has(spell(effect.table)) &&
        !going.has(spell(effect.table))
      ) {
        const message = `the constraint ${inCode(effect.name)} of ${inCode(spell(effect.table))} is dropped, and none takes its place`;
        yield told(one, `${spell(effect.table)} ${effect.name}`, message);
      } else if (effect.does === "drops-not-null" && asksAboutNull) {
        const column = `${spell(effect.table)}.${effect.column}`;
        yield told(one, column, `${inCode(column)} may be null from now on: code that reads it may not expect that`);
      }
    }
  },
  examples: {
    "a constraint": `
      A db/migrations/0002_loose.sql
      > ALTER TABLE orders DROP CONSTRAINT orders_user;`,
    "a column may be null": `
      A db/migrations/0002_loose.sql
      > ALTER TABLE orders ALTER COLUMN total DROP NOT NULL;`,
    "a constraint goes with its column": `
      A db/migrations/0002_loose.sql
        ALTER TABLE orders DROP CONSTRAINT orders_user;
        ALTER TABLE orders DROP COLUMN user_id;`,
    "one constraint for another": `
      A db/migrations/0002_loose.sql
        ALTER TABLE orders DROP CONSTRAINT orders_total, ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;`,
    "the check that made room for `not null`": `
      A db/migrations/0002_loose.sql
        ALTER TABLE orders ADD CONSTRAINT tmp CHECK (total IS NOT NULL) NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT tmp;
        ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
        ALTER TABLE orders DROP CONSTRAINT tmp;`,
  },
});
