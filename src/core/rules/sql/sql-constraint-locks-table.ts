import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, isInUse, isPostgres, tableOf, told } from "../../sql/telling.ts";
import { type ConstraintKind, type Name, spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-constraint-locks-table",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A migration adds a constraint that reads the whole table while it is locked.",
  why: "A foreign key, check, unique or exclusion constraint is verified row by row under a lock that stops writes, on both tables of a foreign key; one row that breaks it makes the migration fail.",
  remedy:
    "Add a foreign key or check `NOT VALID` and `VALIDATE CONSTRAINT` in a later migration; build a unique index `CONCURRENTLY` and add the constraint `USING INDEX`.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const unvalidated = new Set<string>();
    for (const one of judged) {
      const { effect } = one;
      if (effect.does === "transaction") unvalidated.clear();
      if (!isPostgres(one) || !isInUse(one)) continue;
      const about = (kind: ConstraintKind, table: Name, name: string) => `${spell(table)} ${kind} ${name}`;
      if (effect.does === "adds-constraint" && !effect.validated) {
        unvalidated.add(`${one.at.path} ${spell(effect.table)} ${effect.name ?? ""}`);
      } else if (effect.does === "validates-constraint") {
        const key = `${one.at.path} ${spell(effect.table)} ${effect.name}`;
        if (one.inTransaction !== true || !unvalidated.has(key)) continue;
        const message = `the constraint ${inCode(effect.name)} of ${tableOf(effect.table)} is validated in the transaction that added it: its lock is held meanwhile`;
        yield told(one, `${spell(effect.table)} validate ${effect.name}`, message);
      } else if (effect.does === "adds-constraint" && effect.validated && !effect.usingIndex) {
        const named = effect.name === null ? "" : ` ${inCode(effect.name)}`;
        const other = effect.references === null ? "" : `, and ${tableOf(effect.references)} is locked too`;
        const message = `the ${effect.kind} constraint${named} reads all of ${tableOf(effect.table)} under a lock${other}`;
        yield told(one, about(effect.kind, effect.table, effect.name ?? effect.columns.join(" ")), message);
      } else if (effect.does === "adds-column") {
        // A column that is null in every row breaks none of them, but its index is built, and both tables are locked, all the same.
        const kinds = effect.column.constraints.filter((kind) => builds.has(kind));
        for (const kind of kinds) {
          const message = `the new column ${inCode(effect.column.name)} of ${tableOf(effect.table)} comes with a ${kind} constraint, whose index is built under a lock`;
          yield told(one, about(kind, effect.table, effect.column.name), message);
        }
      }
    }
  },
  examples: {
    "a foreign key": `
      A db/migrations/0002_fk.sql
      > ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);`,
    "a check": `
      A db/migrations/0002_fk.sql
      > ALTER TABLE orders ADD CHECK (total >= 0);`,
    unique: `
      A db/migrations/0002_fk.sql
      > ALTER TABLE orders ADD CONSTRAINT orders_number UNIQUE (number);`,
    "a new column that is unique": `
      A db/migrations/0002_fk.sql
      > ALTER TABLE orders ADD COLUMN number text UNIQUE;`,
    "validated in the transaction that adds it": `
      A db/migrations/0002_fk.sql
        BEGIN;
        ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;
      > ALTER TABLE orders VALIDATE CONSTRAINT orders_total;
        COMMIT;`,
    "not validated, then validated": `
      A db/migrations/0002_fk.sql
        ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT orders_user;`,
    "by an index that is there": `
      A db/migrations/0002_fk.sql
        CREATE UNIQUE INDEX CONCURRENTLY orders_number ON orders (number);
        ALTER TABLE orders ADD CONSTRAINT orders_number UNIQUE USING INDEX orders_number;`,
    "of a new table": `
      A db/migrations/0002_fk.sql
        CREATE TABLE orders (user_id bigint);
        ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);`,
    "a new column that refers to another table and is null": `
      A db/migrations/0002_fk.sql
        ALTER TABLE orders ADD COLUMN user_id bigint REFERENCES users (id);`,
  },
});

const builds: ReadonlySet<ConstraintKind> = new Set(["unique", "primary key", "exclusion"]);
