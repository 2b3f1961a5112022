import { describe, expect, test } from "vitest";
import { alembic, django, djangoText, migration, told } from "./reading.ts";

const orders = { schema: null, name: "orders" };
const order = { schema: null, name: "orders_order" };

describe("operations of Alembic", () => {
  test("columns", () => {
    const added =
      'op.add_column("orders", sa.Column("note", sa.String(20), server_default=sa.text("now()"), nullable=False))';
    expect(told(alembic(added, 'op.drop_column("orders", "old")'))).toEqual([
      {
        does: "adds-column",
        table: orders,
        column: { name: "note", type: "varchar(20)", notNull: true, default: "constant", constraints: [] },
        ifNotExists: false,
      },
      { does: "drops-column", table: orders, column: "old", cascade: false },
    ]);
  });

  test("what becomes of a column", () => {
    const line = 'op.alter_column("orders", "a", type_=sa.Integer(), existing_type=sa.BigInteger(), nullable=False)';
    expect(told(alembic(line))).toEqual([
      { does: "changes-type", table: orders, column: "a", from: "bigint", to: "integer", using: false },
      { does: "sets-not-null", table: orders, column: "a" },
    ]);
  });

  test("a batch is of its table", () => {
    const lines = [
      'with op.batch_alter_table("orders") as batch_op:',
      '    batch_op.drop_column("a")',
      '    batch_op.create_index("i", ["b"])',
    ];
    expect(told(alembic(...lines))).toMatchObject([
      { does: "drops-column", table: orders, column: "a" },
      { does: "creates-index", table: orders, name: "i", columns: ["b"] },
    ]);
  });

  test("an index outside of the transaction", () => {
    const lines = [
      "with op.get_context().autocommit_block():",
      '    op.create_index("i", "orders", ["a"], postgresql_concurrently=True)',
    ];
    expect(told(alembic(...lines))).toMatchObject([{ does: "creates-index", concurrently: true }]);
    expect(alembic(...lines).inTransaction).toBeNull();
  });

  test("SQL keeps its lines, and what is put together of unknowns is undecided", () => {
    expect(told(alembic('op.execute("""', "DROP TABLE orders", '""")'))).toEqual(["2: DROP TABLE orders"]);
    expect(told(alembic('op.execute(f"DROP TABLE {name()}")'))).toHaveLength(1);
    expect(told(alembic('op.execute(f"DROP TABLE {name()}")'))[0]).toMatch(/^2\? what/u);
  });

  test("a line break that is written as an escape is no line of the file", () => {
    expect(told(alembic('op.execute("DROP TABLE a;\\nDROP TABLE b;")'))).toEqual(["2: DROP TABLE a; DROP TABLE b;"]);
  });

  test.each(["session.commit_all()", "for name in names():\n        op.drop_table(name)", "op.invent()"])(
    "%j is undecided",
    (line) => {
      expect(told(alembic(line))[0]).toMatch(/^2\? what/u);
    },
  );

  test.each([
    'conn.execute("DELETE FROM a RETURNING b").fetchall()',
    'rows = conn.execute("DELETE FROM a RETURNING b").fetchall()',
    'rows = [conn.execute("DELETE FROM a RETURNING b")]',
    'if conn.execute("DELETE FROM a RETURNING b"):\n        pass',
    'print(conn.execute("DELETE FROM a RETURNING b"))',
  ])("%j hides no statement", (line) => {
    expect(told(alembic(line))).toEqual(["2: DELETE FROM a RETURNING b"]);
  });

  test("the way down is not read", () => {
    const text = "def upgrade():\n    pass\n\ndef downgrade():\n    op.drop_table('a')\n";
    expect(told(migration("alembic/versions/1a2b_a.py", text))).toEqual([]);
  });
});

describe("operations of Django", () => {
  test("fields that come and go", () => {
    const lines = [
      'migrations.AddField("order", "note", models.CharField(max_length=20, default="")),',
      'migrations.RemoveField(model_name="order", name="old"),',
    ];
    expect(told(django(lines))).toEqual([
      {
        does: "adds-column",
        table: order,
        column: { name: "note", type: "varchar(20)", notNull: true, default: "constant", constraints: [] },
        ifNotExists: false,
      },
      { does: "drops-column", table: order, column: "old", cascade: true },
    ]);
  });

  test("a model that goes, and one whose table has another name", () => {
    const lines = [
      'migrations.DeleteModel(name="Order"),',
      'migrations.CreateModel(name="Tag", fields=[("id", models.AutoField(primary_key=True))], options={"db_table": "tags"}),',
    ];
    expect(told(django(lines))).toMatchObject([
      { does: "drops", what: "table", name: order },
      { does: "creates-table", table: { name: "orders_tag" } },
      { does: "creates-table", table: { name: "tags" } },
    ]);
  });

  const initial = djangoText([
    'migrations.CreateModel("Order", [("note", models.CharField(max_length=20)), ("shop", models.ForeignKey(to="shops.Shop"))]),',
  ]);

  test("a field is altered from what the migrations before left of it", () => {
    const lines = ['migrations.AlterField("order", "note", models.CharField(max_length=10, null=True)),'];
    expect(told(django(lines, { "0001_initial": initial }))).toEqual([
      { does: "changes-type", table: order, column: "note", from: "varchar(20)", to: "varchar(10)", using: true },
      { does: "drops-not-null", table: order, column: "note" },
    ]);
  });

  test("what the database does not know of a field changes nothing", () => {
    const lines = ['migrations.AlterField("order", "note", models.CharField(max_length=20, help_text="a")),'];
    expect(told(django(lines, { "0001_initial": initial }))).toEqual([{ does: "nothing" }]);
  });

  test("a field whose former state nobody has read is undecided, and so is another target", () => {
    expect(told(django(['migrations.AlterField("order", "note", models.CharField(max_length=20)),']))[0]).toMatch(
      /^4\? what/u,
    );
    const retargeted = ['migrations.AlterField("order", "shop", models.ForeignKey(to="shops.Branch")),'];
    expect(told(django(retargeted, { "0001_initial": initial }))[0]).toMatch(/^4\? what/u);
  });

  test("the column of a relation goes by its name in the database", () => {
    expect(told(django(['migrations.RemoveField("order", "shop"),'], { "0001_initial": initial }))).toMatchObject([
      { does: "drops-column", column: "shop_id" },
    ]);
  });

  test("state and database apart: only the database counts", () => {
    const lines = [
      "migrations.SeparateDatabaseAndState(",
      '    state_operations=[migrations.DeleteModel("Order")],',
      '    database_operations=[migrations.RunSQL("DROP TABLE b")],',
      "),",
    ];
    expect(told(django(lines))).toEqual(["6: DROP TABLE b"]);
  });

  test("indexes, built beside the writes or in their way", () => {
    const index = 'models.Index(fields=["-note"], name="i")';
    const lines = [`AddIndexConcurrently("order", ${index}),`, `migrations.AddIndex("order", ${index}),`];
    expect(told(django(lines))).toMatchObject([
      { does: "creates-index", table: order, name: "i", columns: ["note"], concurrently: true },
      { does: "creates-index", concurrently: false },
    ]);
  });

  test("programs are undecided, and nothing is nothing", () => {
    expect(told(django(["migrations.RunPython(forwards, backwards),"]))).toEqual([
      "4? what `migrations.RunPython(forwards, backwards)` does",
    ]);
    expect(told(django(["migrations.RunPython(migrations.RunPython.noop, backwards),"]))).toEqual([]);
  });

  test("a list that is put together elsewhere is undecided", () => {
    const text = "class Migration(migrations.Migration):\n    operations = build()\n";
    expect(told(migration("shop/orders/migrations/0002_a.py", text))).toHaveLength(1);
  });

  test("outside of a transaction", () => {
    const text = "class Migration(migrations.Migration):\n    atomic = False\n    operations = []\n";
    expect(migration("shop/orders/migrations/0002_a.py", text).inTransaction).toBe(false);
  });
});
