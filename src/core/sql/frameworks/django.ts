import type { Call, Code } from "../../code.ts";
import type { Dialect, Effect, MigrationFile, Name, Section } from "../model.ts";
import type { Tools } from "../../syntax.ts";
import { addsField, altersField, type Field, fieldOf } from "./django-fields.ts";
import { formerField, listed } from "./django-history.ts";
import { type Around, fileName, folderOf, type KnownFramework, leadingVersion } from "./framework.ts";
import { type PythonFile, pythonConfigured, pythonDialect, pythonMigration } from "./python-migration.ts";
import { argument, itemsOf, type Scope, scopeOf, stringOf, stringsOf, textOf } from "./scope.ts";
import { nameOf, operation, sqlSection, together, undecided } from "./sections.ts";

/** The order is in the files (`dependencies`), and Django refuses to run where that has two ends. https://docs.djangoproject.com/en/stable/ref/migration-operations/ */
export const django: KnownFramework = {
  name: "Django",
  claims: (path) => /(?:^|\/)\w*migrations\/[a-zA-Z0-9]\w*\.py$/u.test(path),
  recognises: (path, text) => /\bclass Migration\b/u.test(text) || /^\d{4}_/u.test(fileName(path)),
  late: "unordered",
  step: (path) => ({
    series: folderOf(path),
    version: leadingVersion(fileName(path).replace("_", "-")),
    repeatable: false,
  }),
  configured: pythonConfigured,
  readsSiblings: true,
  applied: () => ({ kind: "python", without: new Set() }),
  read(file, tools, around): MigrationFile {
    const dialect = pythonDialect(file.path, file.text, around);
    return pythonMigration("Django", file, tools, dialect, (code) => {
      const operations = listed(code, "operations");
      const reading: Reading = { file, code, scope: scopeOf(code), dialect, tools, around };
      const sections =
        operations === null
          ? [
              {
                kind: "undecided",
                line: 1,
                undecided: "what this migration does: its operations are no plain list",
              } as const,
            ]
          : sectionsOf(operations, [], reading);
      return { inTransaction: !/^\s+atomic\s*=\s*False\b/mu.test(file.text), sections: together(sections) };
    });
  },
};

interface Reading {
  readonly file: PythonFile;
  readonly code: readonly Code[];
  readonly scope: Scope;
  readonly dialect: Dialect;
  readonly tools: Tools;
  readonly around: Around;
}

/** `earlier` are the operations that stand before the list itself. */
function sectionsOf(operations: readonly Code[], earlier: readonly Code[], reading: Reading): readonly Section[] {
  return operations.flatMap((one, index) => sectionOf(one, [...earlier, ...operations.slice(0, index)], reading));
}

function sectionOf(code: Code, earlier: readonly Code[], reading: Reading): readonly Section[] {
  const { scope, dialect } = reading;
  if (code.kind !== "call") return [undecided(code)];
  if (code.name === "RunSQL") return runsSql(code, scope, dialect);
  if (code.name === "RunPython") return isNoop(argument(code, "code", 0)) ? [] : [undecided(code)];
  if (code.name === "SeparateDatabaseAndState") {
    const inner = argument(code, "database_operations", 0);
    const operations = inner === undefined ? [] : itemsOf(inner, scope);
    return operations === null ? [undecided(code)] : sectionsOf(operations, earlier, reading);
  }
  const effects = Object.hasOwn(onModel, code.name) ? (onModel[code.name]?.(code, reading, earlier) ?? null) : null;
  return [effects === null ? undecided(code) : operation(code, dialect, effects)];
}

/** One text, a list of them, or of pairs of a text and its parameters. `RunSQL.noop` is an empty one. */
function runsSql(code: Code & Call, scope: Scope, dialect: Dialect): readonly Section[] {
  const sql = argument(code, "sql", 0);
  if (isNoop(sql)) return [];
  const written = sql === undefined ? null : (itemsOf(sql, scope) ?? [sql]);
  if (written === null) return [undecided(code)];
  return written.map((one) => {
    const text = textOf(one.kind === "list" ? one.items[0] : one, scope);
    return text === null ? undecided(code) : sqlSection(text, dialect);
  });
}

function isNoop(code: Code | undefined): boolean {
  return code?.kind === "name" && /\bnoop$/u.test(code.name);
}

type Operation = (call: Code & Call, reading: Reading, earlier: readonly Code[]) => readonly Effect[] | null;

/** Django's names of tables: the app's folder and the model, unless a model says otherwise, which later migrations do not repeat. */
function tableOf(model: string, { file }: Reading): Name {
  const app = folderOf(file.path).split("/").at(-2) ?? "";
  return { schema: null, name: `${app}_${model.toLowerCase()}` };
}

function texts(call: Call, scope: Scope, ...names: readonly string[]): readonly string[] | null {
  const found = names.map((name, index) => stringOf(argument(call, name, index), scope));
  return found.every((one) => one !== null) ? found : null;
}

function formerOf(model: string, field: string, earlier: readonly Code[], reading: Reading): Field | null {
  const { file, code, tools, around } = reading;
  return formerField(file.path, code, earlier, { model: model.toLowerCase(), field }, tools, around);
}

const nothing: Operation = () => [{ does: "nothing" }];

const onModel: Readonly<Record<string, Operation>> = {
  CreateModel(call, reading) {
    const { scope } = reading;
    const name = stringOf(argument(call, "name", 0), scope);
    if (name === null) return null;
    const options = argument(call, "options", null);
    const option = (wanted: string): Code | undefined =>
      options?.kind === "map" ? options.entries.find(({ key }) => stringOf(key, scope) === wanted)?.value : undefined;
    const [proxy, managed] = [option("proxy"), option("managed")];
    if (isValue(proxy, true) || isValue(managed, false)) return [{ does: "nothing" }];
    const fields = (itemsOf(argument(call, "fields", 1), scope) ?? []).flatMap((one) => {
      const [fieldName, field] = one.kind === "list" ? one.items : [];
      const named = stringOf(fieldName, scope);
      return named === null ? [] : [{ named, field: fieldOf(named, field, scope) }];
    });
    const table = tableOf(name, reading);
    const written = stringOf(option("db_table"), scope);
    const called = [table, ...(written === null ? [] : [nameOf(written)])];
    return called.map((one) => ({
      does: "creates-table",
      table: one,
      temporary: false,
      columns: fields.flatMap(({ field }) => field?.column ?? []),
      ifNotExists: false,
    }));
  },
  DeleteModel(call, reading) {
    const [name] = texts(call, reading.scope, "name") ?? [];
    return name === undefined
      ? null
      : [{ does: "drops", what: "table", name: tableOf(name, reading), on: null, cascade: true }];
  },
  RenameModel(call, reading) {
    const [from, to] = texts(call, reading.scope, "old_name", "new_name") ?? [];
    if (from === undefined || to === undefined) return null;
    return [{ does: "renames", what: "table", name: tableOf(from, reading), to: tableOf(to, reading).name }];
  },
  AlterModelTable(call, reading) {
    const [name, table] = texts(call, reading.scope, "name", "table") ?? [];
    if (name === undefined || table === undefined) return null;
    return [{ does: "renames", what: "table", name: tableOf(name, reading), to: table }];
  },
  AddField(call, reading) {
    const [model, name] = texts(call, reading.scope, "model_name", "name") ?? [];
    const field = name === undefined ? null : fieldOf(name, argument(call, "field", 2), reading.scope);
    return model === undefined || name === undefined || field === null
      ? null
      : addsField(tableOf(model, reading), name, field);
  },
  RemoveField(call, reading, earlier) {
    const [model, name] = texts(call, reading.scope, "model_name", "name") ?? [];
    if (model === undefined || name === undefined) return null;
    const table = tableOf(model, reading);
    const was = formerOf(model, name, earlier, reading);
    if (was?.joins === true) {
      const pairs = { ...table, name: `${table.name}_${name}` };
      return [{ does: "drops", what: "table", name: pairs, on: null, cascade: true }];
    }
    // A field that is no column (a generic relation) leaves nothing behind.
    if (was !== null && was.column === null) return [{ does: "nothing" }];
    return [{ does: "drops-column", table, column: was?.column?.name ?? name, cascade: true }];
  },
  RenameField(call, reading) {
    const [model, from, to] = texts(call, reading.scope, "model_name", "old_name", "new_name") ?? [];
    return model === undefined || from === undefined || to === undefined
      ? null
      : [{ does: "renames-column", table: tableOf(model, reading), column: from, to }];
  },
  AlterField(call, reading, earlier) {
    const { scope } = reading;
    const [model, name] = texts(call, scope, "model_name", "name") ?? [];
    const is = name === undefined ? null : fieldOf(name, argument(call, "field", 2), scope);
    if (model === undefined || name === undefined || is === null) return null;
    const was = formerOf(model, name, earlier, reading);
    return was === null ? null : altersField(tableOf(model, reading), was, is);
  },
  AddIndex: (call, reading) => addsIndex(call, reading, false),
  AddIndexConcurrently: (call, reading) => addsIndex(call, reading, true),
  RemoveIndex: (call, reading) => removesIndex(call, reading, false),
  RemoveIndexConcurrently: (call, reading) => removesIndex(call, reading, true),
  RenameIndex: nothing,
  AddConstraint: (call, reading) => addsConstraint(call, reading, true),
  AddConstraintNotValid: (call, reading) => addsConstraint(call, reading, false),
  ValidateConstraint(call, reading) {
    const [model, name] = texts(call, reading.scope, "model_name", "name") ?? [];
    return model === undefined || name === undefined
      ? null
      : [{ does: "validates-constraint", table: tableOf(model, reading), name }];
  },
  RemoveConstraint(call, reading) {
    const [model, name] = texts(call, reading.scope, "model_name", "name") ?? [];
    return model === undefined || name === undefined
      ? null
      : [{ does: "drops-constraint", table: tableOf(model, reading), name, kind: null, cascade: false }];
  },
  AlterUniqueTogether: (call, reading) => setsTogether(call, reading, "unique_together", true),
  AlterIndexTogether: (call, reading) => setsTogether(call, reading, "index_together", false),
  AlterModelOptions: nothing,
  AlterModelManagers: nothing,
  AlterModelTableComment: nothing,
  AlterOrderWithRespectTo: () => null,
  AlterConstraint: nothing,
  ...Object.fromEntries(
    [
      "CreateExtension",
      "BtreeGinExtension",
      "BtreeGistExtension",
      "CITextExtension",
      "CryptoExtension",
      "HStoreExtension",
      "TrigramExtension",
      "UnaccentExtension",
      "BloomExtension",
    ].map((name): [string, Operation] => [
      name,
      (call, { scope }) => [
        {
          does: "creates",
          what: "extension",
          name: { schema: null, name: stringOf(call.arguments[0], scope) ?? name },
          on: null,
        },
      ],
    ]),
  ),
};

function isValue(code: Code | undefined, value: boolean): boolean {
  return code?.kind === "literal" && code.value === value;
}

/** `models.Index(fields=["-created"], name="...")`: an index of expressions has no fields. */
function addsIndex(call: Call, reading: Reading, concurrently: boolean): readonly Effect[] | null {
  const { scope } = reading;
  const model = stringOf(argument(call, "model_name", 0), scope);
  const index = argument(call, "index", 1);
  if (model === null || index?.kind !== "call") return null;
  const columns = (stringsOf(argument(index, "fields", null), scope) ?? []).map((name) => name.replace(/^-/u, ""));
  const name = stringOf(argument(index, "name", null), scope);
  return [{ does: "creates-index", table: tableOf(model, reading), name, unique: false, concurrently, columns }];
}

function removesIndex(call: Call, reading: Reading, concurrently: boolean): readonly Effect[] | null {
  const [model, name] = texts(call, reading.scope, "model_name", "name") ?? [];
  if (model === undefined || name === undefined) return null;
  return [{ does: "drops-index", table: tableOf(model, reading), name: nameOf(name), concurrently, cascade: false }];
}

const constraints = { UniqueConstraint: "unique", CheckConstraint: "check", ExclusionConstraint: "exclusion" } as const;

function addsConstraint(call: Call, reading: Reading, validated: boolean): readonly Effect[] | null {
  const { scope } = reading;
  const model = stringOf(argument(call, "model_name", 0), scope);
  const written = argument(call, "constraint", 1);
  const kind =
    written?.kind === "call" ? Object.entries(constraints).find(([name]) => name === written.name)?.[1] : undefined;
  if (model === null || written?.kind !== "call" || kind === undefined) return null;
  const name = stringOf(argument(written, "name", null), scope);
  const columns = stringsOf(argument(written, "fields", null), scope) ?? [];
  const table = tableOf(model, reading);
  // With a condition or expressions Django makes a unique index of it.
  const partial = ["condition", "expressions"].some((one) => argument(written, one, null) !== undefined);
  if (kind === "unique" && (partial || written.arguments.length > 0))
    return [{ does: "creates-index", table, name, unique: true, concurrently: false, columns }];
  return [
    {
      does: "adds-constraint",
      table,
      kind,
      name,
      columns,
      validated,
      usingIndex: false,
      references: null,
      notNull: [],
    },
  ];
}

/** The sets that a model has from now on: which of them are new is not in the operation, so all of them may be. */
function setsTogether(call: Call, reading: Reading, name: string, unique: boolean): readonly Effect[] | null {
  const { scope } = reading;
  const model = stringOf(argument(call, "name", 0), scope);
  const written = argument(call, name, 1);
  if (model === null || written === undefined) return null;
  const list = written.kind === "call" && written.name === "set" ? written.arguments[0] : written;
  const isEmpty =
    (written.kind === "call" && list === undefined) ||
    (list?.kind === "map" && list.entries.length === 0) ||
    (list?.kind === "literal" && list.value === null);
  const items = isEmpty ? [] : itemsOf(list, scope);
  const sets = items?.map((one) => stringsOf(one, scope));
  if (sets?.every((one) => one !== null) !== true) return null;
  const table = tableOf(model, reading);
  return sets.length === 0
    ? [{ does: "nothing" }]
    : sets.map((columns) =>
        unique
          ? {
              does: "adds-constraint",
              table,
              kind: "unique",
              name: null,
              columns,
              validated: true,
              usingIndex: false,
              references: null,
              notNull: [],
            }
          : { does: "creates-index", table, name: null, unique: false, concurrently: false, columns },
      );
}
