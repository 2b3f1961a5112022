import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, isPostgres, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-not-null-required",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A migration requires a value in every row of a table in use.",
  why: "A column that is `not null` without a default cannot be added to a table that has rows, and instances of the old version cannot insert without it. `set not null` reads the whole table while nobody can use it.",
  remedy:
    "Add the column without `not null`, have the code write it, fill the old rows in batches, add `CHECK (column IS NOT NULL) NOT VALID`, validate it in another migration, then `SET NOT NULL` and drop the check.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (!isInUse(one)) continue;
      if (effect.does === "adds-column" && effect.column.notNull && effect.column.default === "none") {
        const column = `${spell(effect.table)}.${effect.column.name}`;
        yield told(
          one,
          column,
          `${inCode(column)} is added as \`not null\` without a default: no row that is there can have it`,
        );
      } else if (effect.does === "sets-not-null" && isPostgres(one) && !one.isRequired) {
        const column = `${spell(effect.table)}.${effect.column}`;
        yield told(
          one,
          column,
          `${inCode(column)} becomes \`not null\` by a scan of the whole table under an exclusive lock`,
        );
      }
    }
  },
  examples: {
    "a new column": `
      A db/migrations/0002_email.sql
      > ALTER TABLE users ADD COLUMN email text NOT NULL;`,
    "an old column": `
      A db/migrations/0002_email.sql
      > ALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
    "a check that has not looked at the rows": `
      A db/migrations/0002_email.sql
        ALTER TABLE users ADD CONSTRAINT there CHECK (email IS NOT NULL) NOT VALID;
      > ALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
    "a check of another column": `
      A db/migrations/0002_email.sql
        ALTER TABLE users ADD CONSTRAINT there CHECK (name IS NOT NULL) NOT VALID;
        ALTER TABLE users VALIDATE CONSTRAINT there;
      > ALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
    "a default of null is none": `
      A db/migrations/0002_email.sql
      > ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT NULL;`,
    "in MySQL": `
      A db/migrations/0002_email.sql
      > ALTER TABLE \`users\` ADD COLUMN \`email\` varchar(200) NOT NULL;`,
    "with a default": `
      A db/migrations/0002_email.sql
        ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';`,
    "a check has looked at the rows": `
      A db/migrations/0002_email.sql
        ALTER TABLE users VALIDATE CONSTRAINT users_email_there;
        ALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
    "of a new table": `
      A db/migrations/0002_email.sql
        CREATE TABLE people (id bigint);
        ALTER TABLE people ADD COLUMN email text NOT NULL;`,
  },
});
