import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import { migrations } from "../../../src/core/views/migrations.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function view(change: string) {
  const { view: seen, gaps } = migrations(parseExample(change).change, tools);
  return {
    effects: seen.judged.map(({ at, effect }) => `${at.path}:${at.line} ${effect.does}`),
    gaps: gaps.map(({ id, level, line }) => ({ id, level, line })),
  };
}

test("of a file that is edited, only what is new is judged", () => {
  const { effects } = view(`
    M db/migrations/0002_a.sql
      DROP TABLE a;
    + -- and another one
    + drop table b;`);
  expect(effects).toEqual(["db/migrations/0002_a.sql:3 drops"]);
});

test("a condition that is taken away behind what looks like a comment is new", () => {
  const { effects } = view(`
    M db/migrations/0002_a.sql
    - UPDATE a SET b = '-- ' WHERE id = 1;
    + UPDATE a SET b = '-- ';`);
  expect(effects).toEqual(["db/migrations/0002_a.sql:1 updates-rows"]);
});

test("what cannot be read is one gap for the file, and the rest is judged", () => {
  const { effects, gaps } = view(`
    A db/migrations/0002_a.sql
      DROPP TABLE a;
      DROP TABLE b;
      SELECT do_it();`);
  expect(effects).toEqual(["db/migrations/0002_a.sql:2 drops"]);
  expect(gaps).toEqual([{ id: "migration:db/migrations/0002_a.sql", level: "hold", line: 1 }]);
});

test("what could not be read before either is no gap again", () => {
  const { gaps } = view(`
    M db/migrations/0002_a.sql
      DROPP TABLE a;
    + SELECT 1;`);
  expect(gaps).toEqual([]);
});

test("a migration that could be read and cannot be read any more blocks", () => {
  const { gaps } = view(`
    M db/migrations/0002_a.sql (binary)
      SELECT 1;`);
  expect(gaps).toEqual([{ id: "unreadable:db/migrations/0002_a.sql", level: "block", line: null }]);
});

test("migrations run in the order of their numbers, and what one made is not old to the next", () => {
  const seen = migrations(
    parseExample(`
    A db/migrations/V10__b.sql
      DROP TABLE a;
    A db/migrations/V2__a.sql
      CREATE TABLE a (id int);`).change,
    tools,
  ).view.judged;
  expect(seen.map(({ effect, created }) => `${effect.does} ${created}`)).toEqual(["creates-table no", "drops yes"]);
});

test("a search path makes a name another one", () => {
  const seen = migrations(
    parseExample(`
    A db/migrations/V2__a.sql
      SET search_path = scratch;
      CREATE TABLE a (id int);
      DROP TABLE a;
      SET search_path = public;
      DROP TABLE a;`).change,
    tools,
  ).view.judged;
  expect(seen.flatMap(({ effect, created }) => (effect.does === "drops" ? [created] : []))).toEqual(["yes", "no"]);
});

test("what a function does that the change wrote happens where it is called", () => {
  const { effects, gaps } = view(`
    A db/migrations/0002_a.sql
      CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DROP TABLE a';
      SELECT f();`);
  expect(effects).toEqual(["db/migrations/0002_a.sql:1 writes-function", "db/migrations/0002_a.sql:2 drops"]);
  expect(gaps).toEqual([]);
});
