import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, mayBeOld, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-column-dropped",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A migration drops a column of a table that is there.",
  why: "What the column holds is gone for good, and every instance of the old version that still names it fails from that moment on.",
  remedy:
    "Stop using the column first (in an ORM: have it ignore the column), release that, and drop it in a later change, with a backup of what it holds.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does !== "drops-column" || !mayBeOld(one)) continue;
      const column = `${spell(effect.table)}.${effect.column}`;
      yield told(one, column, `the column ${inCode(column)} is dropped with all that it holds`);
    }
  },
  examples: {
    "one of two in a statement": `
      A db/migrations/0002_tidy.sql
      > ALTER TABLE orders ADD COLUMN note text, DROP COLUMN total;`,
    "with a placeholder for the schema": `
      A db/migrations/0002_tidy.sql
      > ALTER TABLE \${schema}.orders DROP COLUMN IF EXISTS total;`,
    "by dynamic SQL in a block": `
      A db/migrations/0002_tidy.sql
        DO $$ DECLARE t text; BEGIN
          FOR t IN SELECT tablename FROM pg_tables LOOP
      >     EXECUTE format('ALTER TABLE %I DROP COLUMN total', t);
          END LOOP;
        END $$;`,
    "in MySQL": `
      A db/migrations/0002_tidy.sql
      > ALTER TABLE \`orders\` DROP COLUMN \`total\`, ADD INDEX \`by_user\` (\`user_id\`);`,
    "a column that the same change added": `
      A db/migrations/0002_a.sql
        ALTER TABLE orders ADD COLUMN note text;
      A db/migrations/0003_b.sql
        ALTER TABLE orders DROP COLUMN note;`,
    "a column of a new table": `
      A db/migrations/0002_a.sql
        CREATE TABLE orders (id bigint, note text);
        ALTER TABLE orders DROP COLUMN note;`,
    "a default goes, the column stays": `
      A db/migrations/0002_a.sql
        ALTER TABLE orders ALTER COLUMN total DROP DEFAULT;`,
  },
});
