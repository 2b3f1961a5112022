import type { Call, Code } from "../../code.ts";
import type { Column, Default, Effect, Name } from "../model.ts";
import { argument, flag, type Scope, stringOf, stringsOf } from "./scope.ts";
import { defaultOfSql } from "./sections.ts";

/** What Active Record makes of its types in PostgreSQL; others are named as the database names them. */
const types: Readonly<Record<string, string>> = {
  string: "varchar",
  integer: "integer",
  primary_key: "bigint",
  float: "double precision",
  decimal: "numeric",
  datetime: "timestamp",
  timestamptz: "timestamp with time zone",
  binary: "bytea",
  virtual: "text",
};

export function columnType(written: string, call: Call): string {
  const [limit, precision, scale] = ["limit", "precision", "scale"].map((name) => flag(call, name));
  if (written === "integer" && typeof limit === "number")
    return limit > 4 ? "bigint" : limit < 4 ? "smallint" : "integer";
  const type = types[written] ?? written.toLowerCase();
  const array = flag(call, "array") === true ? "[]" : "";
  if (typeof precision === "number" && type === "numeric")
    return `numeric(${precision}${typeof scale === "number" ? `,${scale}` : ""})${array}`;
  return typeof limit === "number" && type === "varchar" ? `varchar(${limit})${array}` : `${type}${array}`;
}

/** A lambda is an expression of SQL, everything else a value. */
export function defaultOf(value: Code | undefined, scope: Scope): Default {
  if (value === undefined || (value.kind === "literal" && value.value === null)) return "none";
  if (value.kind !== "function") return value.kind === "name" || value.kind === "call" ? "unknown" : "constant";
  const sql = stringOf(value.body[0], scope);
  return sql === null ? "unknown" : defaultOfSql(sql);
}

export function columnOf(name: string, written: string | null, call: Call, scope: Scope): Column {
  const generated = written === "virtual" || written === "primary_key" || flag(call, "primary_key") === true;
  return {
    name,
    type: written === null ? null : columnType(written, call),
    notNull: flag(call, "null") === false,
    default: generated ? "generated" : defaultOf(argument(call, "default", null), scope),
    constraints: flag(call, "primary_key") === true ? ["primary key"] : [],
  };
}

export function timestamps(call: Call, scope: Scope): readonly Column[] {
  const notNull = flag(call, "null") !== true;
  return ["created_at", "updated_at"].map((name) => ({ ...columnOf(name, "datetime", call, scope), notNull }));
}

/** The columns, index and foreign key of a reference. On a new table the last two go with it. */
export function reference(table: Name, name: string, call: Call, scope: Scope): readonly Effect[] {
  const type = flag(call, "type");
  const column = columnOf(`${name}_id`, typeof type === "string" ? type : "bigint", call, scope);
  const polymorphic = argument(call, "polymorphic", null);
  const isPolymorphic = polymorphic !== undefined && flag(call, "polymorphic") !== false;
  const columns = isPolymorphic ? [columnOf(`${name}_type`, "string", call, scope), column] : [column];
  const index = argument(call, "index", null);
  const key = argument(call, "foreign_key", null);
  const options = index?.kind === "map" ? index.entries : [];
  const option = (wanted: string): Code | undefined =>
    options.find((entry) => entry.key.kind === "text" && entry.key.value === wanted)?.value;
  return [
    ...columns.map((one): Effect => ({ does: "adds-column", table, column: one, ifNotExists: scope.maybe })),
    ...(index?.kind === "literal" && index.value !== true
      ? []
      : [
          {
            does: "creates-index",
            table,
            name: stringOf(option("name"), scope),
            unique: isTrue(option("unique")),
            concurrently: stringOf(option("algorithm"), scope) === "concurrently",
            columns: columns.map((one) => one.name),
          } satisfies Effect,
        ]),
    ...(key === undefined || (key.kind === "literal" && key.value !== true)
      ? []
      : [foreignKey(table, name, key, scope)]),
  ];
}

function foreignKey(table: Name, name: string, key: Code, scope: Scope): Effect {
  const options = key.kind === "map" ? key.entries : [];
  const option = (wanted: string): Code | undefined =>
    options.find((entry) => entry.key.kind === "text" && entry.key.value === wanted)?.value;
  const validate = option("validate");
  const target = stringOf(option("to_table"), scope) ?? `${name}s`;
  return {
    does: "adds-constraint",
    table,
    kind: "foreign key",
    name: null,
    columns: [`${name}_id`],
    validated: !(validate?.kind === "literal" && validate.value === false),
    usingIndex: false,
    references: { schema: null, name: target },
    notNull: [],
  };
}

function isTrue(code: Code | undefined): boolean {
  return code?.kind === "literal" && code.value === true;
}

/** The names that stand before the options: `t.string :a, :b, null: false`. Null where one of them is no plain name. */
export function namesIn(call: Call, from: number, scope: Scope): readonly string[] | null {
  const names = call.arguments.slice(from).map((one) => stringsOf(one, scope));
  return !call.open && names.every((one) => one !== null) ? names.flat() : null;
}
