import { type Dialect, type Effect, nothing, type ObjectKind, type Rows, unknown } from "../model.ts";
import { alterTable } from "./alter-table.ts";
import { columnFrom } from "./columns.ts";
import { atCommas, Cursor, type Lexeme, lexemesOf } from "./cursor.ts";

/**
 * What a statement of a dialect without a grammar here does, by its head and the parts that it knows for certain. Whatever else it says is
 * `unknown`: it never guesses.
 */
export function classify(text: string, dialect: Dialect): readonly Effect[] {
  const lexemes = lexemesOf(text, dialect);
  if (lexemes.length === 0) return [nothing];
  if (lexemes.some(({ kind }) => kind === "other"))
    return [unknown("it holds a quote or a comment that is not closed, or a placeholder")];
  // T-SQL needs nothing between two statements: a second head inside is a second statement.
  if (dialect === "mssql" && hasSecondHead(lexemes)) return [unknown("it may be several statements")];
  const effects = ofStatement(lexemes);
  return effects.length === 0 ? [nothing] : effects;
}

function hasSecondHead(lexemes: readonly Lexeme[]): boolean {
  const heads = ["drop", "truncate", "delete", "exec", "execute", "alter", "grant", "merge"];
  const inAlter = lexemes[0]?.text === "alter";
  return lexemes.some(({ kind, text }, at) => {
    if (at === 0 || kind !== "word" || !heads.includes(text)) return false;
    const before = lexemes[at - 1]?.text ?? "";
    return !(inAlter && (text === "drop" || text === "alter")) && before !== "on" && before !== ",";
  });
}

function ofStatement(lexemes: readonly Lexeme[]): readonly Effect[] {
  const cursor = new Cursor(lexemes);
  const [head] = lexemes;
  if (head?.kind !== "word") return [unknown("its first word cannot be read")];
  cursor.take(head.text);
  switch (head.text) {
    case "create":
      return created(cursor);
    case "drop":
      return dropped(cursor);
    case "alter":
      if (cursor.take("table")) return alterTable(cursor);
      return cursor.takeAny("view") ? [nothing] : [unknown(`\`alter ${cursor.peek()}\` is not known`)];
    case "truncate": {
      cursor.take("table");
      const table = cursor.name();
      return table === null
        ? [unknown("which table it empties cannot be read")]
        : [{ does: "truncates", table, cascade: false }];
    }
    case "delete":
      return deleted(cursor);
    case "update":
      return updated(cursor);
    case "rename":
      return renamed(cursor);
    case "insert":
    case "replace":
      return inserted(cursor);
    case "optimize": {
      const name = cursor.take("table") ? cursor.name() : null;
      return [{ does: "rebuilds", by: "storage", name, concurrently: false }];
    }
    case "set":
      return set(cursor);
    case "grant":
    case "revoke":
      return granted(head.text === "grant", cursor);
    case "begin":
    case "start":
      return cursor.rest.length <= 1 ? [{ does: "transaction", edge: "begin" }] : [unknown("it opens a block")];
    case "commit":
      return [{ does: "transaction", edge: "commit" }];
    case "rollback":
      return [{ does: "transaction", edge: "rollback" }];
    case "select":
      return lexemes.some(({ kind, text }) => kind === "word" && text === "into")
        ? [unknown("it selects into something")]
        : [nothing];
    case "show":
    case "use":
    case "analyze":
    case "unlock":
    case "print":
    case "savepoint":
    case "release":
    case "desc":
    case "describe":
      return [nothing];
    case "comment":
      return cursor.take("on") ? [nothing] : [unknown("`comment` without `on` is not known")];
    case "pragma":
      return [{ does: "sets", setting: cursor.part(), value: cursor.take("=") ? cursor.peek() : null, for: "session" }];
    case "lock":
      return (
        (cursor.takeAny("tables", "table") ? cursor.names() : null)?.map(
          (table) => ({ does: "locks", table, mode: "exclusive" }) as const,
        ) ?? [unknown("what it locks cannot be read")]
      );
    default:
      return [unknown(`\`${head.text}\` is not known here`)];
  }
}

function created(cursor: Cursor): readonly Effect[] {
  cursor.take("or", "replace");
  cursor.take("or", "alter");
  const temporary = cursor.takeAny("temporary", "temp");
  if (cursor.take("table")) {
    const ifNotExists = cursor.take("if", "not", "exists");
    const table = cursor.name();
    if (table === null) return [unknown("which table it creates cannot be read")];
    const columns = atCommas(cursor.parenthesised() ?? []).flatMap((part) => {
      const inner = new Cursor(part);
      const isConstraint =
        ["primary", "unique", "key", "index", "constraint", "foreign", "check", "fulltext"].includes(inner.peek()) &&
        part[0]?.kind === "word";
      const name = isConstraint ? "" : inner.part();
      return name === "" ? [] : [columnFrom(name, inner.rest)];
    });
    return [{ does: "creates-table", table, temporary: temporary || table.name.startsWith("#"), columns, ifNotExists }];
  }
  const unique = cursor.take("unique");
  cursor.takeAny("fulltext", "spatial", "clustered", "nonclustered");
  if (cursor.take("index")) {
    const concurrently = cursor.take("concurrently");
    cursor.take("if", "not", "exists");
    const name = cursor.part();
    const table = cursor.take("on") ? cursor.name() : null;
    if (table === null) return [unknown("which table its index is for cannot be read")];
    const columns = (cursor.parenthesised() ?? []).flatMap(({ kind, text }) => (kind === "mark" ? [] : [text]));
    return [{ does: "creates-index", table, name, unique, concurrently, columns }];
  }
  const what = kinds[cursor.peek()];
  if (what === undefined || temporary || unique) return [unknown(`\`create ${cursor.peek()}\` is not known`)];
  cursor.take(cursor.peek());
  cursor.take("if", "not", "exists");
  const name = cursor.name();
  if (name === null) return [unknown(`which ${what} it creates cannot be read`)];
  if (what !== "function") return [{ does: "creates", what, name, on: null }];
  return [
    {
      does: "writes-function",
      name,
      replaces: false,
      securityDefiner: false,
      searchPath: false,
      body: [unknown("the body of its procedure is not read")],
    },
  ];
}

const kinds: Readonly<Record<string, ObjectKind | undefined>> = {
  view: "view",
  schema: "schema",
  database: "database",
  sequence: "sequence",
  trigger: "trigger",
  procedure: "function",
  function: "function",
  event: "other",
  type: "type",
};

const dropKinds: Readonly<Record<string, ObjectKind | undefined>> = {
  ...kinds,
  table: "table",
  tables: "table",
  user: "role",
  role: "role",
  login: "role",
  tablespace: "tablespace",
  synonym: "other",
};

function dropped(cursor: Cursor): readonly Effect[] {
  const temporary = cursor.take("temporary");
  if (cursor.take("index")) {
    const concurrently = cursor.take("concurrently");
    cursor.take("if", "exists");
    const name = cursor.name();
    const table = cursor.take("on") ? cursor.name() : null;
    return name === null
      ? [unknown("which index it drops cannot be read")]
      : [{ does: "drops-index", table, name, concurrently, cascade: false }];
  }
  const word = cursor.peek();
  const isMaterialized = cursor.take("materialized");
  const what = isMaterialized ? "materialized view" : dropKinds[word];
  if (what === undefined) return [unknown(`\`drop ${word}\` is not known`)];
  cursor.take(cursor.peek());
  cursor.take("if", "exists");
  const names = cursor.names();
  if (names === null) return [unknown(`which ${what} it drops cannot be read`)];
  if (temporary) return [nothing];
  const cascade = cursor.take("cascade");
  return names.map((name) => ({ does: "drops", what, name, on: null, cascade }));
}

function deleted(cursor: Cursor): readonly Effect[] {
  if (!cursor.take("from")) return [unknown("its `delete` names several tables, or none")];
  const table = cursor.name();
  if (table === null) return [unknown("which table it deletes from cannot be read")];
  const rows = rowsOf(cursor.rest);
  return rows === null ? [unknown("its condition cannot be read")] : [{ does: "deletes-rows", table, rows }];
}

function updated(cursor: Cursor): readonly Effect[] {
  cursor.take("ignore");
  const table = cursor.name();
  if (table === null || !cursor.take("set")) return [unknown("its `update` names several tables, or none")];
  const rest = cursor.rest;
  const where = rest.findIndex(({ kind, text }) => kind === "word" && text === "where");
  const assignments = atCommas(where === -1 ? rest : rest.slice(0, where));
  const columns = assignments.map((assignment) => new Cursor(assignment).part());
  const rows = rowsOf(rest);
  return rows === null ? [unknown("its condition cannot be read")] : [{ does: "updates-rows", table, rows, columns }];
}

const notAColumn: ReadonlySet<string> = new Set([
  "where",
  "true",
  "false",
  "and",
  "or",
  "not",
  "null",
  "is",
  "limit",
  "like",
  "in",
  "between",
  "order",
  "by",
]);

/** `where` decides only where it names something that may be a column: `1 = 1`, `true` and `id = id` do not. */
function rowsOf(rest: readonly Lexeme[]): Rows | null {
  const at = rest.findIndex(({ kind, text }) => kind === "word" && text === "where");
  if (at === -1) return "all";
  const condition = rest.slice(at + 1);
  if (condition.some(({ kind, text }) => kind === "word" && text === "or")) {
    const arms = condition
      .map(({ text }) => text)
      .join(" ")
      .split(/\bor\b/u);
    if (arms.some((arm) => /^\s*(?:true|1|(\S+) = \1)\s*$/u.test(arm))) return "all";
  }
  const names = condition.filter(({ kind, text }) => kind === "name" || (kind === "word" && !notAColumn.has(text)));
  if (names.length === 0) return "all";
  const [left, operator, right, ...more] = condition;
  if (more.length === 0 && operator?.text === "=" && left?.text === right?.text && left?.kind === right?.kind)
    return "all";
  return "some";
}

function renamed(cursor: Cursor): readonly Effect[] {
  if (!cursor.takeAny("table", "tables")) return [unknown(`\`rename ${cursor.peek()}\` is not known`)];
  const effects: Effect[] = [];
  do {
    const name = cursor.name();
    const to = cursor.take("to") ? cursor.part() : "";
    if (name === null || to === "") return [unknown("which table it renames cannot be read")];
    effects.push({ does: "renames", what: "table", name, to });
  } while (cursor.take(","));
  return effects;
}

function inserted(cursor: Cursor): readonly Effect[] {
  if (cursor.take("or")) cursor.takeAny("ignore", "replace", "abort", "fail", "rollback");
  cursor.take("ignore");
  cursor.takeAny("into");
  const table = cursor.name();
  return table === null ? [unknown("which table it inserts into cannot be read")] : [{ does: "inserts-rows", table }];
}

function set(cursor: Cursor): readonly Effect[] {
  const scope =
    cursor.take("global") ||
    cursor.take("persist") ||
    /^@@(?:global|persist)/u.test(cursor.rest.map(({ text }) => text).join(""));
  if (cursor.takeAny("session", "local") || cursor.peek() === "@")
    return scope ? [unknown("it sets a setting of the server")] : [nothing];
  const setting = cursor.part();
  if (setting === "") return [unknown("what it sets cannot be read")];
  cursor.take("=");
  return [{ does: "sets", setting, value: cursor.peek(), for: scope ? "system" : "session" }];
}

function granted(isGrant: boolean, cursor: Cursor): readonly Effect[] {
  const rest = cursor.rest;
  const find = (...words: readonly string[]) =>
    rest.findIndex(({ kind, text }) => kind === "word" && words.includes(text));
  const [on, to] = [find("on"), find("to", "from")];
  if (on === -1 || to < on) return [unknown("what it grants cannot be read")];
  const privileges = atCommas(rest.slice(0, on)).map((part) =>
    part
      .map(({ text }) => text)
      .join(" ")
      .replace(/^all privileges$/u, "all"),
  );
  const object = rest
    .slice(on + 1, to)
    .map(({ text }) => text)
    .join("");
  const roles = atCommas(rest.slice(to + 1)).map((part) => part[0]?.text.replaceAll("'", "") ?? "");
  if (!isGrant) return [{ does: "revokes", privileges, on: object, from: roles }];
  const grantOption = rest.some(({ text }, at) => text === "grant" && rest[at + 1]?.text === "option");
  return [{ does: "grants", privileges, on: object, to: roles, grantOption, future: false }];
}
