import { describe, expect, test } from "vitest";
import { migration, told } from "./reading.ts";

const up = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;

describe("only what runs on the way up is read, on its own lines", () => {
  test("goose", () => {
    const text = up(
      "-- +goose Up",
      "-- +goose StatementBegin",
      "DROP TABLE a;",
      "-- +goose StatementEnd",
      "-- +goose Down",
      "DROP TABLE b;",
    );
    const read = migration("migrations/0001_a.sql", text);
    expect(told(read)).toEqual(["2: -- +goose StatementBegin\nDROP TABLE a;\n-- +goose StatementEnd"]);
    expect(read.inTransaction).toBe(true);
  });

  test("goose outside of a transaction", () => {
    expect(
      migration("migrations/0001_a.sql", up("-- +goose NO TRANSACTION", "-- +goose Up", "SELECT 1;")).inTransaction,
    ).toBe(false);
  });

  test("goose goes up again after the way down", () => {
    const text = up("-- +goose Up", "SELECT 1;", "-- +goose Down", "SELECT 2;", "-- +goose Up", "SELECT 3;");
    expect(told(migration("migrations/0001_a.sql", text))).toEqual(["2: SELECT 1;", "6: SELECT 3;"]);
  });

  test("dbmate", () => {
    const text = up("-- migrate:up transaction:false", "DROP TABLE a;", "-- migrate:down", "DROP TABLE b;");
    const read = migration("db/migrations/1_a.sql", text);
    expect(told(read)).toEqual(["2: DROP TABLE a;"]);
    expect(read.inTransaction).toBe(false);
  });

  test("tern", () => {
    const text = up("DROP TABLE a;", "---- create above / drop below ----", "DROP TABLE b;");
    expect(told(migration("migrations/001_a.sql", text))).toEqual(["1: DROP TABLE a;"]);
  });

  test("Play", () => {
    const text = up("# --- !Ups", "DROP TABLE a;", "# --- !Downs", "DROP TABLE b;");
    expect(told(migration("conf/evolutions/default/1.sql", text))).toEqual(["2: DROP TABLE a;"]);
  });

  test("changesets of Liquibase", () => {
    const text = up(
      "--liquibase formatted sql",
      "--changeset person-a:1",
      "DROP TABLE a;",
      "--rollback SELECT 1;",
      "--changeset person-a:2",
      "DROP TABLE b;",
    );
    expect(told(migration("db/changelog/a.sql", text))).toEqual([
      "3: DROP TABLE a;\n--rollback SELECT 1;",
      "6: DROP TABLE b;",
    ]);
  });

  test.each([
    "migrations/000001_a.down.sql",
    "migrations/2026-01-02-030405_a/down.sql",
    "db/migration/U2__a.sql",
    "migrations/0001_a_down.sql",
  ])("%s leads back", (path) => {
    expect(migration(path, "DROP TABLE a;\n").sections).toEqual([]);
  });

  test("Sqitch deploys", () => {
    expect(told(migration("deploy/a.sql", "-- Deploy shop:a to pg\nDROP TABLE a;\n"))).toHaveLength(1);
    expect(told(migration("revert/a.sql", "-- Revert shop:a from pg\nDROP TABLE a;\n"))).toEqual([]);
  });
});

test("Diesel says beside a migration that it runs outside of a transaction", () => {
  const path = "migrations/2026-01-02-030405_a/up.sql";
  const beside = { "migrations/2026-01-02-030405_a/metadata.toml": "run_in_transaction = false\n" };
  expect(migration(path, "SELECT 1;", beside).inTransaction).toBe(false);
  expect(migration(path, "SELECT 1;").inTransaction).toBe(true);
});
