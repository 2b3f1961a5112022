import { describe, expect, test } from "vitest";
import { migration, rails, told } from "./reading.ts";

const users = { schema: null, name: "users" };

describe("operations of Rails", () => {
  test("a column, its type, default and nullness", () => {
    expect(
      told(rails('add_column :users, :rank, :integer, limit: 8, null: false, default: -> { "gen_random_uuid()" }')),
    ).toEqual([
      {
        does: "adds-column",
        table: users,
        column: { name: "rank", type: "bigint", notNull: true, default: "volatile", constraints: [] },
        ifNotExists: false,
      },
    ]);
  });

  test("columns and tables that go", () => {
    expect(told(rails("remove_columns :users, :a, :b, type: :string", "drop_table :users, force: :cascade"))).toEqual([
      { does: "drops-column", table: users, column: "a", cascade: false },
      { does: "drops-column", table: users, column: "b", cascade: false },
      { does: "drops", what: "table", name: users, on: null, cascade: true },
    ]);
  });

  test("a table that is created by force is dropped first", () => {
    expect(told(rails("create_table :users, force: true do |t|", "  t.string :name", "end"))).toMatchObject([
      { does: "drops", name: users },
      { does: "creates-table", table: users, columns: [{ name: "name", type: "varchar" }] },
    ]);
  });

  test("a reference brings its index and its foreign key", () => {
    const line = "add_reference :users, :team, foreign_key: { validate: false }, index: { algorithm: :concurrently }";
    expect(told(rails(line))).toMatchObject([
      { does: "adds-column", column: { name: "team_id", type: "bigint" } },
      { does: "creates-index", concurrently: true, columns: ["team_id"] },
      { does: "adds-constraint", kind: "foreign key", validated: false, references: { name: "teams" } },
    ]);
  });

  test("lines of change_table", () => {
    const lines = ["change_table :users do |t|", "  t.remove :a", "  t.rename :b, :c", "  t.index :c", "end"];
    expect(told(rails(...lines))).toMatchObject([
      { does: "drops-column", table: users, column: "a" },
      { does: "renames-column", table: users, column: "b", to: "c" },
      { does: "creates-index", table: users, columns: ["c"], concurrently: false },
    ]);
  });

  test("a check that a column is not null", () => {
    expect(told(rails('add_check_constraint :users, "email IS NOT NULL", name: "e", validate: false'))).toMatchObject([
      { does: "adds-constraint", kind: "check", validated: false, notNull: ["email"] },
    ]);
  });

  test("a table that may be there already is not new", () => {
    expect(told(rails("unless table_exists?(:users)", "  create_table :users", "end"))).toMatchObject([
      { does: "creates-table", ifNotExists: true },
    ]);
  });
});

describe("SQL inside of Ruby", () => {
  test("a heredoc keeps its lines", () => {
    expect(told(rails("execute <<~SQL.squish", "  DROP TABLE", "  users", "SQL"))).toEqual(["4: DROP TABLE\nusers"]);
  });

  test("a constant is put in, a variable that nobody knows is not", () => {
    expect(told(rails('table = "users"', 'execute "DROP TABLE #{table}"'))).toEqual(["4: DROP TABLE users"]);
    expect(told(rails("execute \"DROP TABLE #{ENV.fetch('T')}\""))).toEqual([
      "3? what `execute \"DROP TABLE #{ENV.fetch('T')}\"` does",
    ]);
  });
});

describe("Ruby around the operations", () => {
  test.each([
    "safety_assured { drop_table :users }",
    "up_only { drop_table :users }",
    "reversible { |dir| dir.up { drop_table :users } }",
  ])("%s hides nothing", (line) => {
    expect(told(rails(line))).toMatchObject([{ does: "drops", name: users }]);
  });

  test("the way down of reversible is not taken", () => {
    expect(told(rails("reversible { |dir| dir.down { drop_table :users } }"))).toEqual([]);
  });

  test("a loop over what is written out is taken turn by turn", () => {
    expect(told(rails("%i[users teams].each { |name| drop_table name }"))).toMatchObject([
      { name: users },
      { name: { name: "teams" } },
    ]);
  });

  test("a method of the file is followed", () => {
    const text =
      "class A < ActiveRecord::Migration[7.1]\n  def up = tidy(:users)\n  def tidy(name)\n    drop_table name\n  end\nend\n";
    expect(told(migration("db/migrate/20260102030405_a.rb", text))).toMatchObject([{ does: "drops", name: users }]);
  });

  test.each([
    "User.update_all(admin: true)",
    "tables.each { |name| drop_table name }",
    "drop_table name_of_it",
    "revert Other",
  ])("%s is undecided", (line) => {
    expect(told(rails(line))).toEqual([`3? what \`${line}\` does`]);
  });

  test("what is undecided in one stretch is one question", () => {
    expect(told(rails("User.a!", "User.b!", "drop_table :users", "User.c!"))).toMatchObject([
      "3? what `User.a!` and 1 statement after it do",
      { does: "drops" },
      "6? what `User.c!` does",
    ]);
  });

  test("what is no Ruby is undecided", () => {
    expect(told(migration("db/migrate/20260102030405_a.rb", "class A\n  def up("))).toHaveLength(1);
    expect(told(migration("db/migrate/20260102030405_a.rb", "puts 1\n"))).toHaveLength(1);
  });

  test("a migration without its transaction", () => {
    const text = "class A < ActiveRecord::Migration[7.1]\n  disable_ddl_transaction!\n  def change\n  end\nend\n";
    expect(migration("db/migrate/20260102030405_a.rb", text).inTransaction).toBe(false);
    expect(rails().inTransaction).toBe(true);
  });
});
