import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, mayBeOld, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";
import { typeChange } from "../../sql/types.ts";

export default defineRule({
  id: "sql-type-narrowed",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A migration gives a column a type that holds less than the one it has.",
  why: "Values that do not fit are cut, rounded or make the migration fail half way, and what was cut is gone.",
  remedy:
    "Add a column of the new type, fill it in batches, look at the values that do not fit, switch the code over, and drop the old column later.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect, formerType } = one;
      if (effect.does !== "changes-type" || !mayBeOld(one) || typeChange(formerType, effect.to) !== "narrows") continue;
      const column = `${spell(effect.table)}.${effect.column}`;
      const message = `${inCode(column)} goes from ${inCode(formerType ?? "")} to ${inCode(effect.to)}, which holds less`;
      yield { ...told(one, column, message), before: formerType, after: effect.to };
    }
  },
  examples: {
    "the type is known from a migration of the same change, and the table may be older": `
      A db/migrations/0002_a.sql
        CREATE TABLE IF NOT EXISTS users (id bigint, name text);
      A db/migrations/0003_b.sql
      > ALTER TABLE users ALTER COLUMN name TYPE varchar(20);`,
    "a table that is new holds nothing": `
      A db/migrations/0002_a.sql
        CREATE TABLE users (id bigint, name text);
        ALTER TABLE users ALTER COLUMN name TYPE varchar(20);`,
    "a type that holds more": `
      A db/migrations/0002_a.sql
        CREATE TABLE IF NOT EXISTS users (id integer, name varchar(20));
        ALTER TABLE users ALTER COLUMN name TYPE varchar(200);`,
  },
});
