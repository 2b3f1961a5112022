import { z } from "zod";
import { inCode } from "../../terraform/telling.ts";
import { defineRule } from "../../rule.ts";
import { type HistoryFile, keeps } from "../../views/migration-history.ts";

export default defineRule({
  id: "sql-migration-deleted",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "medium",
  summary: "Migrations that databases may have had already are gone, or go by another version.",
  why: "Databases remember what they have had. With the file gone nobody can build a new one alike, frameworks that compare refuse to deploy, and a migration that comes back under another version runs a second time.",
  remedy:
    "Keep migrations that have run. To undo one, write a new one; to put many together, follow what the framework says about squashing and have somebody confirm that every database has had all of them.",
  needs: "migrationHistory",
  options: z.strictObject({}),
  *detect({ files }) {
    const gone = new Map<string, HistoryFile[]>();
    for (const one of files) {
      if (one.after !== null || one.before === null || one.step.repeatable) continue;
      const again = files.find((other) => isSame(one, other));
      if (again !== undefined && again.step.version === one.step.version) continue;
      gone.set(one.step.series, [...(gone.get(one.step.series) ?? []), one]);
    }
    for (const [series, [first, ...others]] of gone) {
      if (first === undefined) continue;
      const again = files.find((other) => isSame(first, other));
      const added = files.filter((other) => other.before === null && other.step.series === series);
      yield {
        at: { path: first.file.path, side: "base", line: 1 },
        about: `${series} ${first.file.path}`,
        asks: true,
        paths: [first, ...others].map(({ file }) => file.path),
        message: `${told(first, others)}${again === undefined ? "" : `; ${inCode(again.file.path)} does the same under another version, so that databases run it again`}${squash(others, added)}`,
      };
    }
  },
  examples: {
    "an old migration": `
      > D db/migrate/20260102030405_add_note.rb
        class AddNote < ActiveRecord::Migration[7.1]
          def change
            add_column :orders, :note, :text
          end
        end`,
    "the same under another version": {
      reverse: "reports",
      change: `
      > D db/migration/V7__note.sql
        ALTER TABLE orders ADD note text;
      A db/migration/V9__note.sql
        ALTER TABLE orders ADD note text;`,
    },
    "many that are put together": {
      reverse: "reports",
      change: `
      > D prisma/migrations/20260102000000_orders/migration.sql
        CREATE TABLE orders (id bigint);
      D prisma/migrations/20260103000000_note/migration.sql
        ALTER TABLE orders ADD note text;
      A prisma/migrations/20260301000000_init/migration.sql
        CREATE TABLE orders (id bigint, note text);`,
    },
    "a file of the way back": `
      D migrations/000007_orders.down.sql
        DROP TABLE orders;`,
    "a name is put right, and the version stays": `
      D db/migrate/20260102030405_ad_note.rb
        class AddNote < ActiveRecord::Migration[7.1]
          def change
            add_column :orders, :note, :text
          end
        end
      A db/migrate/20260102030405_add_note.rb
        class AddNote < ActiveRecord::Migration[7.1]
          def change
            add_column :orders, :note, :text
          end
        end`,
    "a service moves with its history": `
      D shop/db/migration/V1__orders.sql
        CREATE TABLE orders (id bigint);
      A services/shop/db/migration/V1__orders.sql
        CREATE TABLE orders (id bigint);`,
    "a repeatable one": `
      D db/migration/R__report.sql
        CREATE OR REPLACE VIEW report AS SELECT 1;`,
    "a schema that the framework writes": `
      D db/schema.rb
        ActiveRecord::Schema[7.1].define(version: 1) do
        end`,
  },
});

/** The same migration in another file: what it did is there, wherever it lies now. */
function isSame(gone: HistoryFile, other: HistoryFile): boolean {
  if (other.before !== null || other.after === null || gone.before === null) return false;
  return other.framework === gone.framework && keeps(gone.before, other.after) === true;
}

function told(first: HistoryFile, others: readonly HistoryFile[]): string {
  const { file, framework } = first;
  if (others.length === 0)
    return `the migration ${inCode(file.path)} (${framework}) stands on the base branch and is gone`;
  return `${others.length + 1} migrations (${framework}) stand on the base branch and are gone, the first of them ${inCode(file.path)}`;
}

function squash(others: readonly HistoryFile[], added: readonly HistoryFile[]): string {
  const [one] = added;
  if (others.length === 0 || one === undefined) return "";
  return `; ${inCode(one.file.path)} comes in their place, which a database that has had them must not run`;
}
