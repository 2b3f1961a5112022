import { type Effect, type Name, unknown } from "../model.ts";
import { columnFrom, typeFrom } from "./columns.ts";
import { atCommas, Cursor, type Lexeme } from "./cursor.ts";

/** `alter table` of dialects without a grammar here. A part that is not known makes an unknown effect, never none. */
export function alterTable(cursor: Cursor): readonly Effect[] {
  cursor.take("only");
  cursor.take("if", "exists");
  const table = cursor.name();
  if (table === null) return [unknown("which table it alters cannot be read")];
  return atCommas(cursor.rest).flatMap((part) => action(table, part));
}

function action(table: Name, part: readonly Lexeme[]): readonly Effect[] {
  const cursor = new Cursor(part);
  if (cursor.take("add")) return added(table, cursor);
  if (cursor.take("drop")) return dropped(table, cursor);
  if (cursor.take("rename")) return renamed(table, cursor);
  if (cursor.takeAny("modify", "change")) return changed(table, part);
  if (cursor.take("alter")) return altered(table, cursor);
  if (cursor.take("convert", "to")) return [{ does: "rebuilds", by: "charset", name: table, concurrently: false }];
  if (cursor.take("truncate", "partition")) return [{ does: "truncates", table, cascade: false }];
  if (cursor.take("algorithm")) {
    cursor.take("=");
    return cursor.take("copy") ? [{ does: "rebuilds", by: "copy", name: table, concurrently: false }] : [];
  }
  if (cursor.take("lock")) {
    cursor.take("=");
    return cursor.takeAny("exclusive", "shared") ? [{ does: "locks", table, mode: "exclusive" }] : [];
  }
  if (cursor.takeAny("engine", "force", "row_format", "order")) {
    return [{ does: "rebuilds", by: "storage", name: table, concurrently: false }];
  }
  if (cursor.takeAny("comment", "auto_increment", "enable", "default", "validate")) return [];
  if (cursor.take("disable", "trigger"))
    return [{ does: "switches-trigger", table, trigger: cursor.part(), on: false }];
  return [unknown(`a part of its \`alter table\` is not known: \`${cursor.peek()}\``)];
}

function added(table: Name, cursor: Cursor): readonly Effect[] {
  const named = cursor.take("constraint") ? (isKind(cursor.peek()) ? null : cursor.part()) : null;
  const unique = cursor.take("unique");
  if (unique || cursor.takeAny("index", "key", "fulltext", "spatial")) {
    cursor.takeAny("index", "key");
    const name = cursor.peek() === "(" ? named : cursor.part();
    const columns = (cursor.parenthesised() ?? []).flatMap(({ kind, text }) => (kind === "mark" ? [] : [text]));
    return [{ does: "creates-index", table, name, unique, concurrently: false, columns }];
  }
  const base = {
    does: "adds-constraint",
    table,
    name: named,
    usingIndex: false,
    notNull: [],
    validated: true,
  } as const;
  if (cursor.take("primary", "key")) return [{ ...base, kind: "primary key", columns: [], references: null }];
  if (cursor.take("foreign", "key")) {
    if (cursor.peek() !== "(") cursor.part();
    const columns = (cursor.parenthesised() ?? []).flatMap(({ kind, text }) => (kind === "mark" ? [] : [text]));
    const references = cursor.take("references") ? cursor.name() : null;
    return [{ ...base, kind: "foreign key", columns, references }];
  }
  if (cursor.take("check")) return [{ ...base, kind: "check", columns: [], references: null }];
  if (cursor.take("partition")) return [{ does: "nothing" }];
  cursor.take("column");
  const ifNotExists = cursor.take("if", "not", "exists");
  const several = cursor.parenthesised();
  if (several !== null) return atCommas(several).flatMap((one) => added(table, new Cursor(one)));
  const column = cursor.name();
  if (column === null) return [unknown("which column it adds cannot be read")];
  return [{ does: "adds-column", table, column: columnFrom(column.name, cursor.rest), ifNotExists }];
}

function isKind(word: string): boolean {
  return ["unique", "primary", "foreign", "check"].includes(word);
}

function dropped(table: Name, cursor: Cursor): readonly Effect[] {
  if (cursor.takeAny("index", "key")) {
    cursor.take("if", "exists");
    const name = { schema: null, name: cursor.part() };
    return [{ does: "drops-index", table, name, concurrently: false, cascade: false }];
  }
  const constraint = (kind: "foreign key" | "primary key" | "check" | null, name: string): readonly Effect[] => {
    return [{ does: "drops-constraint", table, name, kind, cascade: cursor.take("cascade") }];
  };
  if (cursor.take("foreign", "key")) return constraint("foreign key", cursor.part());
  if (cursor.take("primary", "key")) return constraint("primary key", "primary key");
  if (cursor.take("check")) return constraint("check", cursor.part());
  if (cursor.take("constraint")) {
    cursor.take("if", "exists");
    return constraint(null, cursor.part());
  }
  if (cursor.take("partition")) {
    return (cursor.names() ?? []).map(({ name }) => ({ does: "drops-partition", table, partition: name }) as const);
  }
  cursor.take("column");
  cursor.take("if", "exists");
  const several = cursor.parenthesised();
  const columns = several === null ? [cursor.part()] : atCommas(several).map((one) => new Cursor(one).part());
  if (columns.includes("")) return [unknown("what it drops cannot be read")];
  const cascade = cursor.take("cascade");
  return columns.map((column) => ({ does: "drops-column", table, column, cascade }));
}

function renamed(table: Name, cursor: Cursor): readonly Effect[] {
  if (cursor.takeAny("index", "key", "constraint")) return [{ does: "nothing" }];
  if (cursor.take("column")) {
    const column = cursor.part();
    cursor.take("to");
    return [{ does: "renames-column", table, column, to: cursor.part() }];
  }
  const hasWord = cursor.takeAny("to", "as");
  const first = cursor.part();
  // SQLite and Oracle let `column` go: `rename a to b`.
  if (!hasWord && cursor.take("to")) return [{ does: "renames-column", table, column: first, to: cursor.part() }];
  return first === ""
    ? [unknown("what it renames cannot be read")]
    : [{ does: "renames", what: "table", name: table, to: first }];
}

/** MySQL's `modify` and `change`, which state the whole column again. */
function changed(table: Name, part: readonly Lexeme[]): readonly Effect[] {
  const cursor = new Cursor(part);
  const isChange = cursor.take("change");
  if (!isChange) cursor.take("modify");
  cursor.take("column");
  const column = cursor.part();
  const to = isChange ? cursor.part() : column;
  if (column === "" || to === "") return [unknown("which column it changes cannot be read")];
  const { type, notNull } = columnFrom(to, cursor.rest);
  if (type === null) return [unknown(`the type that it gives to \`${to}\` cannot be read`)];
  const effects: Effect[] = [{ does: "changes-type", table, column, from: null, to: type, using: false }];
  if (notNull) effects.push({ does: "sets-not-null", table, column });
  if (to !== column) effects.push({ does: "renames-column", table, column, to });
  return effects;
}

function altered(table: Name, cursor: Cursor): readonly Effect[] {
  if (cursor.take("index")) return [{ does: "nothing" }];
  cursor.take("column");
  const column = cursor.part();
  if (column === "") return [unknown("which column it alters cannot be read")];
  if (cursor.take("set", "not", "null")) return [{ does: "sets-not-null", table, column }];
  if (cursor.take("drop", "not", "null")) return [{ does: "drops-not-null", table, column }];
  if (cursor.take("set", "default")) return [{ does: "sets-default", table, column, default: "constant" }];
  if (cursor.take("drop", "default")) return [{ does: "sets-default", table, column, default: "none" }];
  if (cursor.take("set", "visible") || cursor.take("set", "invisible")) return [{ does: "nothing" }];
  cursor.take("set", "data");
  cursor.take("type");
  const to = typeFrom(cursor);
  if (to === null) return [unknown(`what it does to \`${column}\` cannot be read`)];
  const effects: Effect[] = [{ does: "changes-type", table, column, from: null, to, using: cursor.peek() === "using" }];
  if (cursor.take("not", "null")) effects.push({ does: "sets-not-null", table, column });
  return effects;
}
