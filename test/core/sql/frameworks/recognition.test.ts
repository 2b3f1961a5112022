import { describe, expect, test } from "vitest";
import { frameworkOf } from "../../../../src/core/sql/frameworks/list.ts";
import { compareVersions } from "../../../../src/core/sql/frameworks/framework.ts";
import { migration } from "./reading.ts";

describe("a framework is known by the path", () => {
  test.each([
    ["db/migration/V1_2__orders.sql", "Flyway", "1.2"],
    ["db/migration/R__report.sql", "Flyway", null],
    ["db/migration/B10__base.sql", "Flyway", "10"],
    ["db/migration/V7__Orders.java", "Flyway in Java", null],
    ["migrations/000012_orders.up.sql", "golang-migrate", "000012"],
    ["migrations/2026-01-02-030405_orders/up.sql", "Diesel", "2026-01-02-030405"],
    ["prisma/migrations/20260102030405_orders/migration.sql", "Prisma", "20260102030405"],
    ["drizzle/0003_orders.sql", "Drizzle", "0003"],
    ["supabase/migrations/20260102030405_orders.sql", "Supabase", "20260102030405"],
    ["conf/evolutions/default/3.sql", "Play evolutions", "3"],
    ["db/migrate/20260102030405_add_orders.rb", "Rails", "20260102030405"],
    ["engines/shop/db/migrate/20260102030405_add_orders.rb", "Rails", "20260102030405"],
    ["shop/orders/migrations/0007_note.py", "Django", "0007"],
    ["database/migrations/2026_01_02_030405_create_orders.php", "Laravel", "2026_01_02_030405"],
    ["src/Migrations/Version20260102030405.php", "Doctrine", null],
    ["priv/repo/migrations/20260102030405_orders.exs", "Ecto", "20260102030405"],
    ["Shop/Migrations/20260102030405_Orders.cs", "Entity Framework", "20260102030405"],
    ["internal/migrations/00007_orders.go", "goose in Go", "00007"],
    ["migrations/0007_orders.sql", "SQL", "0007"],
  ])("%s", (path, name, version) => {
    const framework = frameworkOf(path, "");
    expect(framework?.name).toBe(name);
    expect(framework?.step(path)?.version).toBe(version);
  });
});

describe("where the path is that of many, the text tells", () => {
  test.each([
    ["-- +goose Up\n", "goose"],
    ["-- +migrate Up\n", "sql-migrate"],
    ["-- migrate:up\n", "dbmate"],
    ["-- Up Migration\n", "node-pg-migrate"],
    ["---- create above / drop below ----\n", "tern"],
    ["--liquibase formatted sql\n", "Liquibase"],
    ["CREATE TABLE a (b int);\n--> statement-breakpoint\n", "Drizzle"],
    ["CREATE TABLE a (b int);\n", "SQL"],
  ])("%j", (text, name) => {
    expect(frameworkOf("db/migrations/0001_a.sql", text)?.name).toBe(name);
  });

  test.each([
    ["export class A implements MigrationInterface {}", "TypeORM"],
    ["module.exports = { up: (queryInterface) => queryInterface.dropTable('a') }", "Sequelize"],
    ["exports.up = (knex) => knex.schema.dropTable('a')", "Knex"],
  ])("%j", (text, name) => {
    expect(frameworkOf("src/migrations/20260102030405-a.ts", text)?.name).toBe(name);
  });
});

test.each([
  "db/schema.rb",
  "db/structure.sql",
  "src/migrations/index.ts",
  "src/migrations/20260102-a.test.ts",
  "shop/orders/migrations/__init__.py",
  "api/versions/list.ts",
  "internal/migrations/00007_orders_test.go",
  "Shop/Migrations/20260102030405_Orders.Designer.cs",
  "docs/report.sql",
  "migrations/fixtures/users.sql",
])("%s is no migration", (path) => {
  expect(frameworkOf(path, "")).toBeNull();
});

test("a changelog of a project is none of Liquibase", () => {
  expect(frameworkOf("docs/changelog.yml", "- version: 1\n")).toBeNull();
  expect(frameworkOf("docs/changelog.yml", "databaseChangeLog:\n")?.name).toBe("Liquibase");
});

test("a framework that is not read asks one question for each file", () => {
  const path = "database/migrations/2026_01_02_030405_create_orders.php";
  expect(migration(path, "<?php").sections).toEqual([
    { kind: "undecided", line: 1, undecided: `what the migration \`${path}\` does: Laravel is not read` },
  ]);
});

test("versions are compared as numbers", () => {
  expect(compareVersions("1.9", "1.10")).toBe(-1);
  expect(compareVersions("002", "2")).toBe(0);
  expect(compareVersions("20260102030405", "3")).toBe(1);
});

describe("the database is the one that the nearest configuration names", () => {
  test.each([
    ["prisma/migrations/1_a/migration.sql", "prisma/migrations/migration_lock.toml", 'provider = "mysql"', "mysql"],
    ["drizzle/0001_a.sql", "drizzle/meta/_journal.json", '{"dialect": "sqlite"}', "sqlite"],
    ["db/migrate/20260102030405_a.rb", "config/database.yml", "default:\n  adapter: trilogy\n", "mysql"],
    ["db/migrate/20260102030405_a.rb", "Gemfile", 'gem "pg"\n', "postgresql"],
    ["shop/a/migrations/0001_a.py", "pyproject.toml", '  "psycopg[binary]>=3",\n', "postgresql"],
    ["alembic/versions/1a_a.py", "alembic.ini", "sqlalchemy.url = postgresql+psycopg2://db/a\n", "postgresql"],
    ["db/migrations/mysql/0001_a.sql", "none", "", "mysql"],
    ["db/migrate/20260102030405_a.rb", "Gemfile", 'gem "pg"\ngem "sqlite3"\n', "unknown"],
  ])("%s beside %s", (path, other, text, dialect) => {
    const own = path.endsWith("1a_a.py") ? "def upgrade():\n    op.drop_table('a')\n" : "";
    expect(migration(path, own, { [other]: text }).dialect).toBe(dialect);
  });
});
