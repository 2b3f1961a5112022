import { z } from "zod";
import { placeOf } from "../../change/hunks.ts";
import { inCode } from "../../terraform/telling.ts";
import { defineRule } from "../../rule.ts";
import { keeps } from "../../views/migration-history.ts";

export default defineRule({
  id: "sql-migration-rewritten",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "medium",
  summary: "A migration that databases may have had already is edited.",
  why: "A database runs a migration once. Those that have had it keep what it did before the edit, new ones get the other, and frameworks that remember checksums refuse to deploy from then on.",
  remedy:
    "Put back the migration as it was and write a new one that makes the difference. Where no database has had it yet, somebody who knows can accept this.",
  needs: "migrationHistory",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const { file, framework, step, before, after } of files) {
      if (before === null || after === null || step.repeatable) continue;
      if (keeps(before, after) !== false) continue;
      yield {
        at: placeOf(file),
        about: file.path,
        asks: true,
        message: `the migration ${inCode(file.path)} (${framework}) stands on the base branch and does something else now: a database that has had it is left as it was`,
      };
    }
  },
  examples: {
    "a column more in an old Flyway migration": {
      reverse: "reports",
      change: `
      M db/migration/V7__orders.sql
        CREATE TABLE orders (
      >   id bigint PRIMARY KEY,
      +   note text
      -   id bigint PRIMARY KEY
        );`,
    },
    "another column is dropped by a migration of Rails": {
      reverse: "reports",
      change: `
      M db/migrate/20260102030405_tidy_users.rb
        class TidyUsers < ActiveRecord::Migration[7.1]
          def change
      -     remove_column :users, :nick, :string
      >     remove_column :users, :email, :string
          end
        end`,
    },
    "a default in a migration of Django": {
      reverse: "reports",
      change: `
      M shop/orders/migrations/0007_note.py
        from django.db import migrations, models
        class Migration(migrations.Migration):
            operations = [
      -         migrations.AddField("order", "note", models.TextField(null=True)),
      >         migrations.AddField("order", "note", models.TextField(default="")),
            ]`,
    },
    "the upgrade of Alembic": {
      reverse: "reports",
      change: `
      M api/alembic/versions/1a2b3c4d5e6f_note.py
        revision = "1a2b3c4d5e6f"
        def upgrade():
      -     op.add_column("orders", sa.Column("note", sa.Text()))
      >     op.add_column("orders", sa.Column("remark", sa.Text()))
        def downgrade():
            op.drop_column("orders", "note")`,
    },
    "a changeset that ran is edited": {
      reverse: "reports",
      change: `
      M db/changelog/orders.sql
        --liquibase formatted sql
        --changeset person-a:1
      - ALTER TABLE orders ADD note text;
      > ALTER TABLE orders ADD note varchar(20);`,
    },
    "a program that is not read": {
      reverse: "reports",
      change: `
      M src/migrations/1700000000000-note.ts
        export class Note1700000000000 implements MigrationInterface {
      -   up = (queryRunner) => queryRunner.query("ALTER TABLE orders ADD note text");
      >   up = (queryRunner) => queryRunner.query("ALTER TABLE orders ADD remark text");
        }`,
    },
    "a comment and layout": `
      M db/migration/V7__orders.sql
      + -- Orders are kept for ten years.
        CREATE TABLE orders (
      -   id bigint PRIMARY KEY);
      +     id bigint PRIMARY KEY
      + );`,
    "a docstring, quotes and imports": `
      M shop/orders/migrations/0007_note.py
      + """Adds a note."""
      - from django.db import models, migrations
      + from django.db import migrations, models
        class Migration(migrations.Migration):
            operations = [
      -         migrations.AddField('order', 'note', models.TextField(null=True)),
      +         migrations.AddField("order", "note", models.TextField(null=True)),
            ]`,
    "a repeatable migration is meant to be edited": `
      M db/migration/R__report.sql
      - CREATE OR REPLACE VIEW report AS SELECT 1;
      + CREATE OR REPLACE VIEW report AS SELECT 2;`,
    "the way back": `
      M migrations/0007_orders.sql
        -- +goose Up
        CREATE TABLE orders (id bigint);
        -- +goose Down
      - DROP TABLE orders;
      + DROP TABLE IF EXISTS orders;`,
    "a file of the way back": `
      M migrations/000007_orders.down.sql
      - DROP TABLE orders;
      + DROP TABLE IF EXISTS orders;`,
    "the down method": `
      M db/migrate/20260102030405_tidy_users.rb
        class TidyUsers < ActiveRecord::Migration[7.1]
          def up
            remove_column :users, :nick
          end
          def down
      -     add_column :users, :nick, :text
      +     add_column :users, :nick, :string
          end
        end`,
    "a changeset more": `
      M db/changelog/orders.sql
        --liquibase formatted sql
        --changeset person-a:1
        ALTER TABLE orders ADD note text;
      + --changeset person-a:2
      + ALTER TABLE orders ADD remark text;`,
    "a new migration": `
      A db/migration/V8__note.sql
        ALTER TABLE orders ADD note text;`,
    "the schema that the framework writes": `
      M db/structure.sql
      - CREATE TABLE orders (id bigint);
      + CREATE TABLE orders (id bigint, note text);`,
  },
});
