import type { Call, Code } from "../../code.ts";
import { within } from "../../code.ts";
import type { Column, Dialect, Effect, MigrationFile, Name, Section } from "../model.ts";
import { following, type Follow, type Understand } from "./follow.ts";
import { always, dialectNear, fileName, folderOf, type KnownFramework, leadingVersion } from "./framework.ts";
import { columnOf, namesIn, timestamps } from "./rails-columns.ts";
import { blockOperation, drops, elsewhere, tableOperation } from "./rails-operations.ts";
import { argument, flag, inside, type Scope, scopeOf, stringOf, textOf } from "./scope.ts";
import { nameOf, operation, sqlSection, together, undecided } from "./sections.ts";

const claimed = /(?:^|\/)db\/(?:[^/]+\/)*[\w-]*migrate\/(?:.*\/)?\d+_\w+\.rb$/u;

const configured = [
  { file: "config/database.yml", names: /^\s*adapter:\s*["']?(\w+)/gmu },
  { file: "Gemfile", names: /^\s*gem\s+["'](pg|mysql2|trilogy|sqlite3)["']/gmu },
];

/** Active Record. https://guides.rubyonrails.org/active_record_migrations.html */
export const rails: KnownFramework = {
  name: "Rails",
  claims: (path) => claimed.test(path) || /(?:^|\/)migrate\/\d{3,}_\w+\.rb$/u.test(path),
  recognises: always,
  late: "runs",
  step: (path) => ({
    series: folderOf(path),
    version: leadingVersion(fileName(path).replace("_", "-")),
    repeatable: false,
  }),
  configured: configured.map(({ file }) => file),
  readsSiblings: false,
  applied: () => ({ kind: "ruby", without: new Set(["down"]) }),
  read({ path, text, sha }, { syntax, memo }, around): MigrationFile {
    const dialect = dialectNear(path, around, configured);
    const parsed = memo(`ruby/1/${sha}`, () => syntax.ruby(text));
    if (!parsed.ok) return unreadable(path, dialect, parsed.line, parsed.reason);
    return { path, framework: "Rails", dialect, ...readMigration(parsed.value, dialect) };
  },
};

function unreadable(path: string, dialect: Dialect, line: number, reason: string): MigrationFile {
  const section: Section = { kind: "undecided", line, undecided: `what \`${path}\` does, since it is ${reason}` };
  return { path, framework: "Rails", dialect, inTransaction: null, sections: [section] };
}

function readMigration(file: readonly Code[], dialect: Dialect): Pick<MigrationFile, "inTransaction" | "sections"> {
  const migrations = [...within(file)].filter(
    (code) => code.kind === "class" && code.bases.some(({ text }) => /\bMigration\b/u.test(text)),
  );
  const inClass = migrations.flatMap((code) => (code.kind === "class" ? code.body : []));
  // `class << self` and whatever else stands around the methods of the migration
  const functions = [...within(inClass)].filter((code) => code.kind === "function");
  const ups = functions.filter((code) => code.kind === "function" && (code.name === "up" || code.name === "change"));
  const follow = following(understanding(dialect));
  const scope = scopeOf(file);
  const sections = ups.flatMap((code) => (code.kind === "function" ? follow(code.body, scope) : []));
  const without = inClass.some((code) => code.kind === "call" && code.name === "disable_ddl_transaction!");
  const known =
    ups.length > 0
      ? sections
      : [{ kind: "undecided", line: 1, undecided: "what this migration does: no `up` or `change` was found" } as const];
  return { inTransaction: without ? false : dialect === "mysql" ? false : true, sections: together(known) };
}

/** Words for people, and what only reads. */
const inert = new Set([
  "say",
  "puts",
  "p",
  "raise",
  "require",
  "require_relative",
  "announce",
  "write",
  "reset_column_information",
  "sleep",
  "connection",
  "freeze",
  "quote_table_name",
  "quote_column_name",
  "quote",
  "logger",
  "info",
  "warn",
]);
/** They hand on their block as it is. `safety_assured` says that somebody has looked; it is no reason not to look. */
const handsOn = new Set([
  "safety_assured",
  "up_only",
  "say_with_time",
  "suppress_messages",
  "transaction",
  "with_lock_retries",
  "disable_statement_timeout",
  "without_statement_timeout",
  "uncached",
  "tap",
]);

function understanding(dialect: Dialect): Understand {
  return (call, scope, follow) => {
    const { name, block } = call;
    if (isOfModel(call.of))
      return isQuestion(name) || name === "reset_column_information"
        ? []
        : name === "transaction" && block !== null
          ? follow(block.body, inside(scope, [], []))
          : null;
    if (handsOn.has(name) && block !== null) return follow(block.body, inside(scope, [], []));
    if (name === "reversible" && block !== null) return follow(block.body, inside(scope, block.parameters, []));
    if (call.of !== null && (name === "up" || name === "down") && block !== null)
      return name === "up" ? follow(block.body, inside(scope, [], [])) : [];
    if (inert.has(name) || isQuestion(name)) return [];
    if (name === "execute" || name === "exec_query" || name === "exec_update") return executed(call, scope, dialect);
    return schemaStatement(call, scope, dialect, follow);
  };
}

function isQuestion(name: string): boolean {
  return name.endsWith("?");
}

/** `User.update_all`: what is called on a model is a matter of the model. The connection is no model. */
function isOfModel(of: Code | null): boolean {
  if (of === null || of.kind !== "name") return false;
  return /^[A-Z]/u.test(of.name) && !/^(?:ActiveRecord|Rails)\b/u.test(of.name);
}

function executed(call: Code & Call, scope: Scope, dialect: Dialect): readonly Section[] {
  const text = textOf(call.arguments[0], scope);
  return [text === null ? undecided(call) : sqlSection(text, dialect)];
}

function schemaStatement(call: Code & Call, scope: Scope, dialect: Dialect, follow: Follow): readonly Section[] | null {
  const made = (effects: readonly Effect[] | null): readonly Section[] => [
    effects === null ? undecided(call) : operation(call, dialect, effects),
  ];
  if (call.name === "create_table" || call.name === "create_join_table") return made(createsTable(call, scope));
  if (call.name === "change_table") return changesTable(call, scope, dialect, follow);
  const effects = Object.hasOwn(elsewhere, call.name)
    ? (elsewhere[call.name]?.(call, scope) ?? null)
    : tableOperation(call, scope);
  return effects === undefined ? null : made(effects);
}

function createsTable(call: Call, scope: Scope): readonly Effect[] | null {
  const joined = call.name === "create_join_table" ? namesIn(call, 0, scope)?.toSorted().join("_") : undefined;
  const name = stringOf(argument(call, "table_name", null), scope) ?? joined ?? stringOf(call.arguments[0], scope);
  if (name === null) return null;
  const ifNotExists = flag(call, "if_not_exists") === true || scope.maybe;
  const force = argument(call, "force", null);
  const forced = force !== undefined && flag(call, "force") !== false;
  return [
    ...(forced ? [drops("table", name, flag(call, "force") === "cascade")] : []),
    {
      does: "creates-table",
      table: nameOf(name),
      temporary: flag(call, "temporary") === true,
      columns: (call.block?.body ?? []).flatMap((line) => (line.kind === "call" ? columnsOf(line, scope) : [])),
      ifNotExists,
    },
  ];
}

/** Lines of a new table. What is no column there (an index, a constraint) goes with the table, whatever it is. */
function columnsOf(call: Call, scope: Scope): readonly Column[] {
  const { name } = call;
  if (name === "timestamps") return timestamps(call, scope);
  const reference = name === "references" || name === "belongs_to";
  const isColumn = name === "column";
  if (/index$|_key$|constraint$/u.test(name) && name !== "primary_key") return [];
  const names = isColumn ? [stringOf(call.arguments[0], scope)] : (namesIn(call, 0, scope) ?? []);
  const type = isColumn ? stringOf(call.arguments[1], scope) : reference ? "bigint" : name;
  return names.flatMap((one) => (one === null ? [] : [columnOf(reference ? `${one}_id` : one, type, call, scope)]));
}

function changesTable(call: Code & Call, scope: Scope, dialect: Dialect, follow: Follow): readonly Section[] {
  const table = stringOf(call.arguments[0], scope);
  const variable = call.block?.parameters[0];
  if (table === null || call.block === null || variable === undefined) return [undecided(call)];
  return call.block.body.flatMap((line) =>
    line.kind === "call" && line.of?.kind === "name" && line.of.name === variable
      ? [onBlockVariable(line, nameOf(table), scope, dialect)]
      : follow([line], inside(scope, [variable], [])),
  );
}

function onBlockVariable(line: Code & Call, table: Name, scope: Scope, dialect: Dialect): Section {
  const effects = blockOperation(table, line, scope);
  return effects === null ? undecided(line) : operation(line, dialect, effects);
}
