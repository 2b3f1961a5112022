import { type Call, type Code, within } from "../../code.ts";
import type { Dialect, MigrationFile, Name, Section } from "../model.ts";
import { operations } from "./alembic-operations.ts";
import { following, type Understand } from "./follow.ts";
import type { KnownFramework } from "./framework.ts";
import { pythonConfigured, pythonDialect, pythonMigration } from "./python-migration.ts";
import { argument, inside, type Scope, scopeOf, stringOf, textOf } from "./scope.ts";
import { nameOf, operation, sqlSection, together, undecided } from "./sections.ts";

/** Its order is in the files (`down_revision`), and Alembic refuses to run where that has two ends. https://alembic.sqlalchemy.org */
export const alembic: KnownFramework = {
  name: "Alembic",
  claims: (path) =>
    /(?:^|\/)versions\/(?:.*\/)?[^/_][^/]*\.py$/u.test(path) ||
    /(?:^|\/)(?:alembic|migrations)\/(?:.*\/)?[0-9a-f]{12}_\w+\.py$/u.test(path),
  recognises: (_, text) => /^\s*def upgrade\b/mu.test(text) && /\bop\b|^(?:down_)?revision\b/mu.test(text),
  late: "unordered",
  step: (path) => ({ series: path.replace(/[^/]*$/u, ""), version: null, repeatable: false }),
  configured: pythonConfigured,
  readsSiblings: false,
  applied: () => ({ kind: "python", without: new Set(["downgrade"]) }),
  read(file, tools, around): MigrationFile {
    const dialect = pythonDialect(file.path, file.text, around);
    return pythonMigration("Alembic", file, tools, dialect, (code) => {
      const follow = following(understanding(dialect));
      const upgrades = code.filter((one) => one.kind === "function" && one.name === "upgrade");
      const sections = upgrades.flatMap((one) => (one.kind === "function" ? follow(one.body, scopeOf(code)) : []));
      const breaksOff = [...within(code)].some(
        (one) => one.kind === "call" && (one.name === "autocommit_block" || one.name === "commit"),
      );
      return { inTransaction: breaksOff ? null : true, sections: together(sections) };
    });
  },
};

/** What only reads, declares or speaks. */
const inert = new Set([
  "get_bind",
  "get_context",
  "inspect",
  "table",
  "column",
  "Table",
  "MetaData",
  "Enum",
  "ENUM",
  "Column",
  "print",
  "len",
  "info",
  "warning",
  "debug",
  "getLogger",
  "get_columns",
  "get_indexes",
  "get_table_names",
  "has_table",
  "is_offline_mode",
  "get_foreign_keys",
  "get_x_argument",
  "text",
  "f",
  "fetchall",
  "fetchone",
  "scalar",
  "commit",
  "from_engine",
  "get_unique_constraints",
  "any",
  "select",
  "sessionmaker",
]);

function understanding(dialect: Dialect): Understand {
  return (call, scope, follow) => {
    const { name, block } = call;
    if (name === "batch_alter_table" && block !== null) {
      const table = tableOf(call, scope);
      const value = table === null ? undefined : (call.arguments[0] ?? argument(call, "table_name", null));
      return follow(block.body, inside(scope, block.parameters, [value]));
    }
    if (
      (name === "autocommit_block" || name === "begin_transaction" || name === "begin" || name === "begin_nested") &&
      block !== null
    )
      return follow(block.body, inside(scope, block.parameters, []));
    if (isAlembic(call.of) && name === "execute") return executed(call, scope, dialect);
    if (name === "execute" || name === "exec_driver_sql") return executed(call, scope, dialect);
    const enumeration = enumerationOf(call, scope);
    if (enumeration !== null)
      return [
        operation(call, dialect, [
          name === "create"
            ? { does: "creates", what: "type", name: enumeration, on: null }
            : { does: "drops", what: "type", name: enumeration, on: null, cascade: false },
        ]),
      ];
    const batch = batchOf(call.of, scope);
    if (isAlembic(call.of) || batch !== null) {
      if (inert.has(name)) return [];
      const effects = Object.hasOwn(operations, name) ? (operations[name]?.(call, scope, batch) ?? null) : null;
      return [effects === null ? undecided(call) : operation(call, dialect, effects)];
    }
    return inert.has(name) ? [] : null;
  };
}

function isAlembic(of: Code | null): boolean {
  return of?.kind === "name" && (of.name === "op" || of.name === "alembic.op");
}

function tableOf(call: Call, scope: Scope): Name | null {
  const name = stringOf(argument(call, "table_name", 0), scope);
  return name === null ? null : nameOf(name);
}

/** The variable of a batch stands for its table. */
function batchOf(of: Code | null, scope: Scope): Name | null {
  const table = of?.kind === "name" && scope.depth > 0 ? scope.bound.get(of.name) : undefined;
  const name = table?.kind === "text" ? table.value : null;
  return name === null ? null : nameOf(name);
}

/** `sa.Enum(..., name="mood").create(bind)`, of the type itself or of a variable that holds it. */
function enumerationOf(call: Code & Call, scope: Scope): Name | null {
  if (call.name !== "create" && call.name !== "drop") return null;
  const type = call.of?.kind === "name" ? scope.bound.get(call.of.name) : call.of;
  if (type?.kind !== "call" || !/^enum$/iu.test(type.name)) return null;
  const name = stringOf(argument(type, "name", null), scope);
  return name === null ? null : nameOf(name);
}

function executed(call: Code & Call, scope: Scope, dialect: Dialect): readonly Section[] {
  const text = textOf(argument(call, "sqltext", 0), scope);
  return [text === null ? undecided(call) : sqlSection(text, dialect)];
}
