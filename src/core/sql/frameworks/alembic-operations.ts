import type { Call, Code } from "../../code.ts";
import type { Column, ConstraintKind, Default, Effect, Name } from "../model.ts";
import { argument, flag, type Scope, stringOf, stringsOf } from "./scope.ts";
import { defaultOfSql, nameOf } from "./sections.ts";

/**
 * An operation of Alembic; null where its arguments are not plain. `table` is that of a batch: its operations leave the table out.
 * https://alembic.sqlalchemy.org/en/latest/ops.html
 */
type Operation = (call: Call, scope: Scope, table: Name | null) => readonly Effect[] | null;

/** The arguments behind the table, and the table, wherever it comes from. */
function onTable(
  read: (table: Name, rest: Arguments, call: Call, scope: Scope) => readonly Effect[] | null,
): Operation {
  return (call, scope, batch) => {
    const table = batch ?? tableAt(call, scope, "table_name", 0);
    return table === null ? null : read(table, argumentsFrom(call, batch === null ? 1 : 0), call, scope);
  };
}

/** Constraints and indexes are named before their table. */
function namedOnTable(
  names: readonly string[],
  read: (table: Name, name: string | null, rest: Arguments, call: Call, scope: Scope) => readonly Effect[] | null,
): Operation {
  return (call, scope, batch) => {
    const written = names.map((name) => argument(call, name, null)).find((one) => one !== undefined);
    const table = batch ?? (written === undefined ? tableAt(call, scope, "", 1) : tableNamed(call, scope, written));
    if (table === null) return null;
    const name = stringOf(argument(call, nameKey(call), 0), scope);
    return read(table, name, argumentsFrom(call, batch === null && written === undefined ? 2 : 1), call, scope);
  };
}

function nameKey(call: Call): string {
  return call.name.endsWith("index") ? "index_name" : "constraint_name";
}

type Arguments = (name: string, index: number) => Code | undefined;

function argumentsFrom(call: Call, from: number): Arguments {
  return (name, index) => argument(call, name, from + index);
}

function tableAt(call: Call, scope: Scope, name: string, index: number): Name | null {
  return tableNamed(call, scope, argument(call, name, index));
}

function tableNamed(call: Call, scope: Scope, written: Code | undefined): Name | null {
  const name = stringOf(written, scope);
  const schema = stringOf(argument(call, "schema", null), scope);
  return name === null ? null : schema === null ? nameOf(name) : { schema, name };
}

export const operations: Readonly<Record<string, Operation>> = {
  create_table: (call, scope) => {
    const table = tableAt(call, scope, "table_name", 0);
    if (table === null) return null;
    const columns = call.arguments.slice(1).flatMap((one) => columnOf(one, scope)?.column ?? []);
    const ifNotExists = scope.maybe || flag(call, "if_not_exists") === true;
    return [{ does: "creates-table", table, temporary: false, columns, ifNotExists }];
  },
  drop_table: (call, scope) => {
    const name = tableAt(call, scope, "table_name", 0);
    return name === null ? null : [{ does: "drops", what: "table", name, on: null, cascade: false }];
  },
  rename_table: (call, scope) => {
    const name = tableAt(call, scope, "old_table_name", 0);
    const to = stringOf(argument(call, "new_table_name", 1), scope);
    return name === null || to === null ? null : [{ does: "renames", what: "table", name, to }];
  },
  add_column: onTable((table, rest, call, scope) => {
    const found = columnOf(rest("column", 0), scope);
    if (found === null) return null;
    return [
      {
        does: "adds-column",
        table,
        column: found.column,
        ifNotExists: scope.maybe || flag(call, "if_not_exists") === true,
      },
      ...found.beside(table),
    ];
  }),
  drop_column: onTable((table, rest, _, scope) => {
    const column = stringOf(rest("column_name", 0), scope);
    return column === null ? null : [{ does: "drops-column", table, column, cascade: false }];
  }),
  alter_column: onTable((table, rest, call, scope) => {
    const column = stringOf(rest("column_name", 0), scope);
    return column === null || call.open ? null : alters(table, column, call, scope);
  }),
  create_index: namedOnTable(["table_name"], (table, name, rest, call, scope) => {
    const columns = stringsOf(rest("columns", 0), scope);
    return [
      {
        does: "creates-index",
        table,
        name,
        unique: flag(call, "unique") === true,
        concurrently: flag(call, "postgresql_concurrently") === true,
        columns: columns ?? [],
      },
    ];
  }),
  drop_index: (call, scope, batch) => {
    const name = stringOf(argument(call, "index_name", 0), scope);
    const table = batch ?? tableAt(call, scope, "table_name", 1);
    const concurrently = flag(call, "postgresql_concurrently") === true;
    return name === null ? null : [{ does: "drops-index", table, name: nameOf(name), concurrently, cascade: false }];
  },
  create_foreign_key: namedOnTable(["source_table"], (table, name, rest, call, scope) => {
    const target = stringOf(rest("referent_table", 0), scope);
    const columns = stringsOf(rest("local_cols", 1), scope) ?? [];
    return target === null ? null : [constraint(table, "foreign key", name, columns, call, nameOf(target))];
  }),
  create_unique_constraint: namedOnTable(["table_name"], (table, name, rest, call, scope) => [
    constraint(table, "unique", name, stringsOf(rest("columns", 0), scope) ?? [], call, null),
  ]),
  create_primary_key: namedOnTable(["table_name"], (table, name, rest, call, scope) => [
    constraint(table, "primary key", name, stringsOf(rest("columns", 0), scope) ?? [], call, null),
  ]),
  create_check_constraint: namedOnTable(["table_name"], (table, name, _, call) => [
    constraint(table, "check", name, [], call, null),
  ]),
  create_exclude_constraint: namedOnTable(["table_name"], (table, name, _, call) => [
    constraint(table, "exclusion", name, [], call, null),
  ]),
  drop_constraint: namedOnTable(["table_name"], (table, name, rest, _, scope) => {
    const kind = kinds[stringOf(rest("type_", 0), scope) ?? ""] ?? null;
    return name === null ? null : [{ does: "drops-constraint", table, name, kind, cascade: false }];
  }),
  bulk_insert: (call, scope) => {
    const written = call.arguments[0];
    const declared = written?.kind === "name" ? scope.bound.get(written.name) : written;
    const table = declared?.kind === "call" ? stringOf(declared.arguments[0], scope) : null;
    return table === null ? null : [{ does: "inserts-rows", table: nameOf(table) }];
  },
  create_table_comment: () => [{ does: "nothing" }],
  drop_table_comment: () => [{ does: "nothing" }],
};

const kinds: Readonly<Record<string, ConstraintKind>> = {
  foreignkey: "foreign key",
  unique: "unique",
  check: "check",
  primary: "primary key",
};

function constraint(
  table: Name,
  kind: ConstraintKind,
  name: string | null,
  columns: readonly string[],
  call: Call,
  references: Name | null,
): Effect {
  const validated = flag(call, "postgresql_not_valid") !== true;
  return { does: "adds-constraint", table, kind, name, columns, validated, usingIndex: false, references, notNull: [] };
}

function alters(table: Name, column: string, call: Call, scope: Scope): readonly Effect[] | null {
  const nullable = argument(call, "nullable", null);
  const type = argument(call, "type_", null);
  const value = argument(call, "server_default", null);
  const to = argument(call, "new_column_name", null);
  const renamed = stringOf(to, scope);
  if ((to !== undefined && renamed === null) || (nullable !== undefined && nullable.kind !== "literal")) return null;
  const found: Effect[] = [];
  if (type !== undefined) {
    const [from, becomes] = [typeOf(argument(call, "existing_type", null), scope), typeOf(type, scope)];
    if (becomes === null) return null;
    const using = argument(call, "postgresql_using", null) !== undefined;
    found.push({ does: "changes-type", table, column, from, to: becomes, using });
  }
  if (nullable?.kind === "literal")
    found.push({ does: nullable.value === false ? "sets-not-null" : "drops-not-null", table, column });
  if (value !== undefined) found.push({ does: "sets-default", table, column, default: defaultOf(value, scope) });
  if (renamed !== null) found.push({ does: "renames-column", table, column, to: renamed });
  return found.length === 0 ? [{ does: "nothing" }] : found;
}

interface Found {
  readonly column: Column;
  /** What is made beside the column: its index. */
  readonly beside: (table: Name) => readonly Effect[];
}

/** `sa.Column("name", sa.String(20), sa.ForeignKey("users.id"), nullable=False)`; null for whatever is no column. */
function columnOf(code: Code | undefined, scope: Scope): Found | null {
  const call = code?.kind === "name" ? scope.bound.get(code.name) : code;
  if (call?.kind !== "call" || call.name !== "Column" || call.open) return null;
  const name = stringOf(argument(call, "name", 0), scope);
  if (name === null) return null;
  const rest = call.arguments.slice(1);
  const has = (wanted: string): boolean => rest.some((one) => one.kind === "call" && one.name === wanted);
  const primary = flag(call, "primary_key") === true;
  const constraints: ConstraintKind[] = [
    ...(primary ? ["primary key" as const] : []),
    ...(flag(call, "unique") === true ? ["unique" as const] : []),
    ...(has("ForeignKey") ? ["foreign key" as const] : []),
  ];
  const generated =
    has("Identity") || has("Computed") || (primary && argument(call, "server_default", null) === undefined);
  const column: Column = {
    name,
    type: typeOf(argument(call, "type_", 1), scope),
    notNull: primary || flag(call, "nullable") === false,
    default: generated ? "generated" : defaultOf(argument(call, "server_default", null), scope),
    constraints,
  };
  const index: Omit<Extract<Effect, { does: "creates-index" }>, "table"> = {
    does: "creates-index",
    name: null,
    unique: false,
    concurrently: false,
    columns: [name],
  };
  return { column, beside: (table) => (flag(call, "index") === true ? [{ ...index, table }] : []) };
}

/** https://docs.sqlalchemy.org/en/20/core/type_basics.html, as PostgreSQL names them. */
const types: Readonly<Record<string, string>> = {
  string: "varchar",
  unicode: "varchar",
  unicodetext: "text",
  biginteger: "bigint",
  smallinteger: "smallint",
  float: "double precision",
  datetime: "timestamp",
  largebinary: "bytea",
  timestamp: "timestamp",
  int: "integer",
};

function typeOf(code: Code | undefined, scope: Scope): string | null {
  const value = code?.kind === "name" ? (scope.bound.get(code.name) ?? code) : code;
  if (value?.kind === "name") return typeNamed(value.name, null);
  if (value?.kind !== "call") return null;
  const [first, second] = value.arguments.map((one) => (one.kind === "literal" ? one.value : null));
  if (value.name === "Enum" || value.name === "ENUM") return stringOf(argument(value, "name", null), scope) ?? "enum";
  if (value.name === "ARRAY") return `${typeOf(value.arguments[0], scope) ?? "unknown"}[]`;
  if (flag(value, "timezone") === true) return `${typeNamed(value.name, null)} with time zone`;
  const length = flag(value, "length") ?? flag(value, "precision") ?? first;
  const scale = flag(value, "scale") ?? second;
  return typeNamed(
    value.name,
    typeof length === "number" ? `${length}${typeof scale === "number" ? `,${scale}` : ""}` : null,
  );
}

function typeNamed(written: string, parameters: string | null): string {
  const name = written.slice(written.lastIndexOf(".") + 1).toLowerCase();
  const type = types[name] ?? name;
  return parameters === null ? type : `${type}(${parameters})`;
}

function defaultOf(value: Code | undefined, scope: Scope): Default {
  if (value === undefined || (value.kind === "literal" && value.value === null)) return "none";
  if (value.kind === "text") return "constant";
  if (value.kind !== "call") return "unknown";
  if (value.name === "text") {
    const sql = stringOf(value, scope);
    return sql === null ? "unknown" : defaultOfSql(sql);
  }
  if (["now", "current_timestamp", "true", "false"].includes(value.name) || /\b(?:false|true)\(\)$/u.test(value.text))
    return "constant";
  return "unknown";
}
