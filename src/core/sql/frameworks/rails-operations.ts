import type { Call } from "../../code.ts";
import type { ConstraintKind, Effect, Name, ObjectKind } from "../model.ts";
import { columnOf, columnType, defaultOf, namesIn, reference, timestamps } from "./rails-columns.ts";
import { argument, flag, type Scope, stringOf, stringsOf } from "./scope.ts";
import { nameOf } from "./sections.ts";

/** What an operation on a table does; null where its arguments are not plain. The names are those of Active Record's schema statements. */
export type Operation = (call: Call, scope: Scope) => readonly Effect[] | null;

type OnTable = (table: Name, call: Call, scope: Scope, from: number) => readonly Effect[] | null;

/**
 * Operations on a table. `add_x :users, ...` and `t.x ...` inside of `change_table :users` are the same but for where the arguments begin.
 * https://api.rubyonrails.org/classes/ActiveRecord/ConnectionAdapters/SchemaStatements.html
 */
const onTable: Readonly<Record<string, OnTable>> = {
  add_column: (table, call, scope, from) => {
    const [name, type] = [stringOf(call.arguments[from], scope), stringOf(call.arguments[from + 1], scope)];
    if (name === null || type === null || call.open) return null;
    return [
      {
        does: "adds-column",
        table,
        column: columnOf(name, type, call, scope),
        ifNotExists: scope.maybe || flag(call, "if_not_exists") === true,
      },
    ];
  },
  remove_column: (table, call, scope, from) => {
    const column = stringOf(call.arguments[from], scope);
    return column === null ? null : [{ does: "drops-column", table, column, cascade: false }];
  },
  remove_columns: (table, call, scope, from) =>
    namesIn(call, from, scope)?.map((column) => ({ does: "drops-column", table, column, cascade: false })) ?? null,
  rename_column: (table, call, scope, from) => {
    const [column, to] = [stringOf(call.arguments[from], scope), stringOf(call.arguments[from + 1], scope)];
    return column === null || to === null ? null : [{ does: "renames-column", table, column, to }];
  },
  change_column: (table, call, scope, from) => {
    const [column, type] = [stringOf(call.arguments[from], scope), stringOf(call.arguments[from + 1], scope)];
    if (column === null || type === null || call.open) return null;
    const using = argument(call, "using", null) !== undefined;
    const value = argument(call, "default", null);
    return [
      { does: "changes-type", table, column, from: null, to: columnType(type, call), using },
      ...nullness(table, column, flag(call, "null")),
      ...(value === undefined
        ? []
        : [{ does: "sets-default", table, column, default: defaultOf(value, scope) } as const]),
    ];
  },
  change_column_null: (table, call, scope, from) => {
    const column = stringOf(call.arguments[from], scope);
    const allowed = call.arguments[from + 1];
    if (column === null || allowed?.kind !== "literal" || typeof allowed.value !== "boolean") return null;
    const filled = call.arguments[from + 2];
    return [
      ...(filled === undefined ? [] : [{ does: "updates-rows", table, rows: "some", columns: [column] } as const]),
      ...nullness(table, column, allowed.value),
    ];
  },
  change_column_default: (table, call, scope, from) => {
    const column = stringOf(call.arguments[from], scope);
    const to = argument(call, "to", from + 1);
    return column === null || to === undefined
      ? null
      : [{ does: "sets-default", table, column, default: defaultOf(to, scope) }];
  },
  add_index: (table, call, scope, from) => {
    // An index may be on an expression, which is no column.
    const columns = stringsOf(call.arguments[from], scope);
    if (columns === null || call.open) return null;
    return [
      {
        does: "creates-index",
        table,
        name: stringOf(argument(call, "name", null), scope),
        unique: flag(call, "unique") === true,
        concurrently: flag(call, "algorithm") === "concurrently",
        columns,
      },
    ];
  },
  remove_index: (table, call, scope, from) => {
    const columns = stringsOf(argument(call, "column", from), scope);
    const name = stringOf(argument(call, "name", null), scope);
    if (columns === null && name === null) return null;
    const called = name ?? `index_${table.name}_on_${(columns ?? []).join("_and_")}`;
    const concurrently = flag(call, "algorithm") === "concurrently";
    return [{ does: "drops-index", table, name: nameOf(called), concurrently, cascade: false }];
  },
  rename_index: (_, call, scope, from) => {
    const [name, to] = [stringOf(call.arguments[from], scope), stringOf(call.arguments[from + 1], scope)];
    return name === null || to === null ? null : [{ does: "renames", what: "other", name: nameOf(name), to }];
  },
  add_reference: (table, call, scope, from) =>
    namesIn(call, from, scope)?.flatMap((name) => reference(table, name, call, scope)) ?? null,
  remove_reference: (table, call, scope, from) =>
    namesIn(call, from, scope)?.flatMap((name) =>
      [`${name}_id`, ...(flag(call, "polymorphic") === true ? [`${name}_type`] : [])].map((column) => ({
        does: "drops-column",
        table,
        column,
        cascade: false,
      })),
    ) ?? null,
  add_timestamps: (table, call, scope) =>
    timestamps(call, scope).map((column) => ({ does: "adds-column", table, column, ifNotExists: scope.maybe })),
  remove_timestamps: (table) =>
    ["created_at", "updated_at"].map((column) => ({ does: "drops-column", table, column, cascade: false })),
  add_foreign_key: (table, call, scope, from) => {
    const to = stringOf(call.arguments[from], scope);
    if (to === null) return null;
    const column = stringOf(argument(call, "column", null), scope);
    return [
      constraint(table, "foreign key", call, scope, {
        references: nameOf(to),
        columns: column === null ? [] : [column],
      }),
    ];
  },
  remove_foreign_key: (table, call, scope, from) => dropsConstraint(table, "foreign key", call, scope, from),
  add_check_constraint: (table, call, scope, from) => {
    const expression = stringOf(call.arguments[from], scope);
    if (expression === null) return null;
    const column = /^\s*\(*\s*"?(\w+)"?\s+is\s+not\s+null\s*\)*\s*$/iu.exec(expression)?.[1];
    return [constraint(table, "check", call, scope, { notNull: column === undefined ? [] : [column] })];
  },
  add_not_null_constraint: (table, call, scope, from) => {
    const column = stringOf(call.arguments[from], scope);
    return column === null
      ? null
      : [constraint(table, "not null", call, scope, { columns: [column], notNull: [column] })];
  },
  validate_not_null_constraint: (table, call, scope, from) => validates(table, call, scope, from),
  remove_check_constraint: (table, call, scope, from) => dropsConstraint(table, "check", call, scope, from),
  add_unique_constraint: (table, call, scope, from) => [
    constraint(table, "unique", call, scope, {
      columns: stringsOf(call.arguments[from], scope) ?? [],
      usingIndex: argument(call, "using_index", null) !== undefined,
    }),
  ],
  remove_unique_constraint: (table, call, scope, from) => dropsConstraint(table, "unique", call, scope, from),
  add_exclusion_constraint: (table, call, scope) => [constraint(table, "exclusion", call, scope, {})],
  remove_exclusion_constraint: (table, call, scope, from) => dropsConstraint(table, "exclusion", call, scope, from),
  validate_foreign_key: (table, call, scope, from) => validates(table, call, scope, from),
  validate_check_constraint: (table, call, scope, from) => validates(table, call, scope, from),
  validate_constraint: (table, call, scope, from) => validates(table, call, scope, from),
  change_table_comment: () => [{ does: "nothing" }],
  change_column_comment: () => [{ does: "nothing" }],
};

/** What the operations above are called on the `t` of `change_table`, where not by their name without the verb's object. */
const onBlock: Readonly<Record<string, string>> = {
  column: "add_column",
  remove: "remove_columns",
  rename: "rename_column",
  change: "change_column",
  change_null: "change_column_null",
  change_default: "change_column_default",
  index: "add_index",
  references: "add_reference",
  belongs_to: "add_reference",
  remove_belongs_to: "remove_reference",
  timestamps: "add_timestamps",
  foreign_key: "add_foreign_key",
  check_constraint: "add_check_constraint",
  unique_constraint: "add_unique_constraint",
  exclusion_constraint: "add_exclusion_constraint",
  unique_key: "add_unique_constraint",
};
const aliases: Readonly<Record<string, string>> = {
  add_belongs_to: "add_reference",
  remove_belongs_to: "remove_reference",
};

/** An operation whose first argument is the table; undefined where the name is none of them. */
export function tableOperation(call: Call, scope: Scope): readonly Effect[] | null | undefined {
  const operate = onTable[aliases[call.name] ?? call.name];
  if (operate === undefined) return undefined;
  const table = stringOf(call.arguments[0], scope);
  return table === null ? null : operate(nameOf(table), call, scope, 1);
}

/** A line of a `change_table` block. What is no operation there is a type: `t.string :name`. */
export function blockOperation(table: Name, call: Call, scope: Scope): readonly Effect[] | null {
  const operate = onTable[onBlock[call.name] ?? call.name];
  if (operate !== undefined) return operate(table, call, scope, 0);
  return (
    namesIn(call, 0, scope)?.map((name) => ({
      does: "adds-column",
      table,
      column: columnOf(name, call.name, call, scope),
      ifNotExists: scope.maybe || flag(call, "if_not_exists") === true,
    })) ?? null
  );
}

function nullness(table: Name, column: string, allowed: unknown): readonly Effect[] {
  if (allowed === true) return [{ does: "drops-not-null", table, column }];
  return allowed === false ? [{ does: "sets-not-null", table, column }] : [];
}

function constraint(
  table: Name,
  kind: ConstraintKind,
  call: Call,
  scope: Scope,
  more: { references?: Name; columns?: readonly string[]; notNull?: readonly string[]; usingIndex?: boolean },
): Effect {
  return {
    does: "adds-constraint",
    table,
    kind,
    name: stringOf(argument(call, "name", null), scope),
    columns: more.columns ?? [],
    validated: flag(call, "validate") !== false,
    usingIndex: more.usingIndex ?? false,
    references: more.references ?? null,
    notNull: more.notNull ?? [],
  };
}

function dropsConstraint(
  table: Name,
  kind: ConstraintKind,
  call: Call,
  scope: Scope,
  from: number,
): readonly Effect[] | null {
  const named = ["name", "column"].map((name) => stringOf(argument(call, name, null), scope));
  const name = named.find((one) => one !== null) ?? stringOf(call.arguments[from], scope) ?? "";
  return name === "" ? null : [{ does: "drops-constraint", table, name, kind, cascade: false }];
}

function validates(table: Name, call: Call, scope: Scope, from: number): readonly Effect[] | null {
  const name = stringOf(argument(call, "name", null) ?? argument(call, "column", null) ?? call.arguments[from], scope);
  return name === null ? null : [{ does: "validates-constraint", table, name }];
}

/** Operations that are on no table, by what they are done to. */
export const elsewhere: Readonly<Record<string, Operation>> = {
  rename_table: (call, scope) => {
    const [name, to] = call.arguments.map((one) => stringOf(one, scope));
    if (name === undefined || name === null || to === undefined || to === null) return null;
    return [{ does: "renames", what: "table", name: nameOf(name), to }];
  },
  drop_table: (call, scope) =>
    namesIn(call, 0, scope)?.map((name) => drops("table", name, flag(call, "force") === "cascade")) ?? null,
  drop_join_table: (call, scope) => {
    const names = namesIn(call, 0, scope);
    const named = stringOf(argument(call, "table_name", null), scope) ?? names?.toSorted().join("_");
    return named === undefined ? null : [drops("table", named, false)];
  },
  enable_extension: (call, scope) => creates("extension", call, scope),
  disable_extension: (call, scope) => dropped("extension", true, call, scope),
  create_enum: (call, scope) => creates("type", call, scope),
  drop_enum: (call, scope) => dropped("type", false, call, scope),
  create_schema: (call, scope) => creates("schema", call, scope),
  drop_schema: (call, scope) => dropped("schema", true, call, scope),
  create_database: (call, scope) => creates("database", call, scope),
  drop_database: (call, scope) => dropped("database", false, call, scope),
  add_enum_value: (call, scope) => {
    const [type, value] = [stringOf(call.arguments[0], scope), stringOf(call.arguments[1], scope)];
    return type === null || value === null ? null : [{ does: "adds-enum-value", type: nameOf(type), value }];
  },
  rename_enum: (call, scope) => {
    const [name, to] = [stringOf(call.arguments[0], scope), stringOf(argument(call, "to", 1), scope)];
    return name === null || to === null ? null : [{ does: "renames", what: "type", name: nameOf(name), to }];
  },
  rename_enum_value: (call, scope) => {
    const type = stringOf(call.arguments[0], scope);
    const [value, to] = [stringOf(argument(call, "from", 1), scope), stringOf(argument(call, "to", 2), scope)];
    return type === null || value === null || to === null
      ? null
      : [{ does: "renames-enum-value", type: nameOf(type), value, to }];
  },
};

export function drops(what: ObjectKind, name: string, cascade: boolean): Effect {
  return { does: "drops", what, name: nameOf(name), on: null, cascade };
}

function creates(what: ObjectKind, call: Call, scope: Scope): readonly Effect[] | null {
  const name = stringOf(call.arguments[0], scope);
  return name === null ? null : [{ does: "creates", what, name: nameOf(name), on: null }];
}

function dropped(what: ObjectKind, cascade: boolean, call: Call, scope: Scope): readonly Effect[] | null {
  const name = stringOf(call.arguments[0], scope);
  return name === null ? null : [drops(what, name, cascade)];
}
