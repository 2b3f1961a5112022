import { z } from "zod";
import { inCode } from "../../terraform/telling.ts";
import { defineRule } from "../../rule.ts";
import { compareVersions, type Late } from "../../sql/frameworks/framework.ts";

export default defineRule({
  id: "sql-migration-out-of-order",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "A new migration comes before one that databases may have had already.",
  why: "Frameworks that remember only how far a database has come never look back: they leave out the new migration without a word, or stop the deployment.",
  remedy: "Give the migration a version behind the last one of the base branch.",
  needs: "migrationHistory",
  options: z.strictObject({}),
  *detect({ files, last }) {
    for (const { file, framework, late, step, before } of files) {
      const end = last.get(step.series);
      const consequence = consequences[late];
      if (before !== null || step.version === null || consequence === null || end === undefined) continue;
      if (end.step.version === null || compareVersions(step.version, end.step.version) > 0) continue;
      // The file itself, renamed: what is said of it is that it went.
      if (end.after === null) continue;
      yield {
        at: { path: file.path, side: "head", line: 1 },
        about: file.path,
        message: `the version ${inCode(step.version)} is not behind ${inCode(end.step.version)} (${inCode(end.file.path)}), which stands on the base branch: ${framework} ${consequence}`,
        after: step.version,
      };
    }
  },
  examples: {
    "golang-migrate leaves it out": `
      = migrations/000012_orders.up.sql
        CREATE TABLE orders (id bigint);
      > A migrations/000011_note.up.sql
        ALTER TABLE users ADD note text;`,
    "Flyway stops": `
      = db/migration/V1_10__orders.sql
        CREATE TABLE orders (id bigint);
      > A db/migration/V1_9__note.sql
        ALTER TABLE users ADD note text;`,
    "two with one number": `
      = migrations/00012_orders.sql
        -- +goose Up
        CREATE TABLE orders (id bigint);
      > A migrations/00012_note.sql
        -- +goose Up
        ALTER TABLE users ADD note text;`,
    "behind the last": `
      = migrations/000012_orders.up.sql
        CREATE TABLE orders (id bigint);
      A migrations/000013_note.up.sql
        ALTER TABLE users ADD note text;`,
    "numbers are compared as numbers": `
      = db/migration/V1_9__orders.sql
        CREATE TABLE orders (id bigint);
      A db/migration/V1_10__note.sql
        ALTER TABLE users ADD note text;`,
    "Rails runs whatever has not run": `
      = db/migrate/20260202030405_add_orders.rb
        class AddOrders < ActiveRecord::Migration[7.1]
          def change
            create_table :orders
          end
        end
      A db/migrate/20260102030405_add_note.rb
        class AddNote < ActiveRecord::Migration[7.1]
          def change
            add_column :users, :note, :text
          end
        end`,
    "the way back of one that is there": `
      = migrations/000012_orders.up.sql
        CREATE TABLE orders (id bigint);
      A migrations/000012_orders.down.sql
        DROP TABLE orders;`,
  },
});

const consequences: Readonly<Record<Late, string | null>> = {
  skips: "looks only behind the last version that a database has had, so that this one is never run there",
  refuses: "refuses to deploy it",
  runs: null,
  unordered: null,
};
