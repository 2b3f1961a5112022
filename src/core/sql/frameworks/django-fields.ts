import type { Call, Code } from "../../code.ts";
import type { Column, ConstraintKind, Default, Effect, Name } from "../model.ts";
import { argument, flag, type Scope, stringOf } from "./scope.ts";
import { defaultOfSql } from "./sections.ts";

/** What a field is to the database. Null: it is no column (`ManyToManyField`, `GenericRelation`). */
export interface Field {
  readonly column: Column | null;
  readonly index: boolean;
  readonly unique: boolean;
  readonly references: Name | null;
  /** What a relation points at, as it is written: with another target the column takes other values. */
  readonly target: string | null;
  /** A table of its own that holds the pairs. */
  readonly joins: boolean;
}

/** https://docs.djangoproject.com/en/stable/ref/models/fields/, as PostgreSQL has them. */
const types: Readonly<Record<string, string>> = {
  AutoField: "integer",
  BigAutoField: "bigint",
  SmallAutoField: "smallint",
  BigIntegerField: "bigint",
  BinaryField: "bytea",
  BooleanField: "boolean",
  NullBooleanField: "boolean",
  DateField: "date",
  DateTimeField: "timestamp with time zone",
  DurationField: "interval",
  FloatField: "double precision",
  GenericIPAddressField: "inet",
  IntegerField: "integer",
  JSONField: "jsonb",
  PositiveBigIntegerField: "bigint",
  PositiveIntegerField: "integer",
  PositiveSmallIntegerField: "smallint",
  SmallIntegerField: "smallint",
  TextField: "text",
  TimeField: "time",
  UUIDField: "uuid",
};
/** Texts whose longest length has a value where none is written. */
const lengths: Readonly<Record<string, number | null>> = {
  CharField: null,
  SlugField: 50,
  URLField: 200,
  EmailField: 254,
  FileField: 100,
  ImageField: 100,
};
const relations = new Set(["ForeignKey", "OneToOneField"]);
const none = new Set(["GenericRelation", "GenericForeignKey", "TaggableManager"]);

/** A field as it stands in `AddField(..., field=models.CharField(...))`; null where its arguments are not written there. */
export function fieldOf(name: string, code: Code | undefined, scope: Scope): Field | null {
  if (code?.kind !== "call" || code.open) return null;
  const kind = code.name;
  if (none.has(kind))
    return { column: null, index: false, unique: false, references: null, target: null, joins: false };
  if (kind === "ManyToManyField") {
    const joins = argument(code, "through", null) === undefined;
    return { column: null, index: false, unique: false, references: null, target: null, joins };
  }
  const related = relations.has(kind);
  const primary = flag(code, "primary_key") === true;
  const unique = flag(code, "unique") === true || kind === "OneToOneField";
  const target = related && flag(code, "db_constraint") !== false ? stringOf(argument(code, "to", 0), scope) : null;
  const constraints: ConstraintKind[] = [
    ...(primary ? ["primary key" as const] : []),
    ...(unique ? ["unique" as const] : []),
    ...(target === null ? [] : ["foreign key" as const]),
  ];
  const written = stringOf(argument(code, "db_column", null), scope);
  return {
    column: {
      name: written ?? (related ? `${name}_id` : name),
      type: typeOf(kind, code),
      notNull: flag(code, "null") !== true && kind !== "NullBooleanField",
      default: primary || kind.endsWith("AutoField") || kind === "GeneratedField" ? "generated" : defaultOf(code),
      constraints,
    },
    index:
      !unique &&
      !primary &&
      (related || kind === "SlugField" ? flag(code, "db_index") !== false : flag(code, "db_index") === true),
    unique,
    target: related ? targetOf(code, scope) : null,
    references: target === null ? null : { schema: null, name: target.replace(".", "_").toLowerCase() },
    joins: false,
  };
}

function targetOf(call: Call, scope: Scope): string {
  const to = argument(call, "to", 0);
  const column = stringOf(argument(call, "to_field", null), scope) ?? "id";
  return `${(stringOf(to, scope) ?? to?.text ?? "").toLowerCase()}.${column}`;
}

function typeOf(kind: string, call: Call): string | null {
  if (Object.hasOwn(lengths, kind)) {
    const length = flag(call, "max_length") ?? lengths[kind];
    return typeof length === "number" ? `varchar(${length})` : "varchar";
  }
  if (kind === "DecimalField")
    return `numeric(${String(flag(call, "max_digits"))},${String(flag(call, "decimal_places"))})`;
  return types[kind] ?? null;
}

/** Django computes `default` once and gives it to all rows; `db_default` is an expression of the database. */
function defaultOf(call: Call): Default {
  const inDatabase = argument(call, "db_default", null);
  if (inDatabase !== undefined) {
    if (inDatabase.kind === "text" || inDatabase.kind === "literal") return "constant";
    return /(?:^|\.)Now\(\)$/u.test(inDatabase.text) ? "constant" : defaultOfSql(inDatabase.text);
  }
  if (argument(call, "default", null) !== undefined) return "constant";
  if (flag(call, "auto_now") === true || flag(call, "auto_now_add") === true) return "constant";
  // Texts that may be blank get an empty one.
  return flag(call, "blank") === true &&
    flag(call, "null") !== true &&
    /^(?:Char|Text|Slug|URL|Email|File|Image)/u.test(call.name)
    ? "constant"
    : "none";
}

/** What adding a field to a table that is there does: the column, and the index that comes with it. */
export function addsField(table: Name, name: string, field: Field): readonly Effect[] {
  if (field.joins)
    return [
      {
        does: "creates-table",
        table: { ...table, name: `${table.name}_${name}` },
        temporary: false,
        columns: [],
        ifNotExists: false,
      },
    ];
  if (field.column === null) return [{ does: "nothing" }];
  const { column } = field;
  return [
    { does: "adds-column", table, column, ifNotExists: false },
    ...(field.index
      ? [
          {
            does: "creates-index",
            table,
            name: null,
            unique: false,
            concurrently: false,
            columns: [column.name],
          } as const,
        ]
      : []),
  ];
}

/** What becomes of a column whose field was `was` and is `is`. */
export function altersField(table: Name, was: Field, is: Field): readonly Effect[] | null {
  if (was.column === null && is.column === null) return [{ does: "nothing" }];
  if (was.column === null || is.column === null) return null;
  if (was.target !== is.target) return null;
  const [before, after] = [was.column, is.column];
  const column = after.name;
  const found: Effect[] = [];
  if (before.name !== column) found.push({ does: "renames-column", table, column: before.name, to: column });
  if (after.type !== before.type || after.type === null) {
    if (after.type === null && is.references === null) return null;
    if (after.type !== before.type)
      found.push({ does: "changes-type", table, column, from: before.type, to: after.type ?? "bigint", using: true });
  }
  if (!before.notNull && after.notNull) {
    if (after.default === "constant") found.push({ does: "updates-rows", table, rows: "some", columns: [column] });
    found.push({ does: "sets-not-null", table, column });
  }
  if (before.notNull && !after.notNull) found.push({ does: "drops-not-null", table, column });
  const made = { table, name: null, columns: [column] } as const;
  if (!was.unique && is.unique)
    found.push({
      does: "adds-constraint",
      ...made,
      kind: "unique",
      validated: true,
      usingIndex: false,
      references: null,
      notNull: [],
    });
  if (!was.index && is.index) found.push({ does: "creates-index", ...made, unique: false, concurrently: false });
  if (was.references === null && is.references !== null)
    found.push({
      does: "adds-constraint",
      ...made,
      kind: "foreign key",
      validated: true,
      usingIndex: false,
      references: is.references,
      notNull: [],
    });
  return found.length === 0 ? [{ does: "nothing" }] : found;
}
