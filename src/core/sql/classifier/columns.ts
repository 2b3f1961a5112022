import type { Column, ConstraintKind, Default } from "../model.ts";
import { Cursor, type Lexeme } from "./cursor.ts";

/** The column that a definition without its name gives: `varchar(20) not null default 'x'`. */
export function columnFrom(name: string, lexemes: readonly Lexeme[]): Column {
  const cursor = new Cursor(lexemes);
  const type = typeFrom(cursor);
  const rest = cursor.rest;
  const has = (...words: readonly string[]) => indexOf(rest, words) !== -1;
  const constraints: ConstraintKind[] = [];
  if (has("primary", "key")) constraints.push("primary key");
  if (has("unique")) constraints.push("unique");
  if (has("references")) constraints.push("foreign key");
  if (has("check")) constraints.push("check");
  return { name, type, notNull: has("not", "null") || has("primary", "key"), default: defaultFrom(rest), constraints };
}

export function typeFrom(cursor: Cursor): string | null {
  const name = cursor.name();
  if (name === null) return null;
  const inner = cursor.parenthesised();
  const modifiers = inner === null ? "" : `(${inner.map(({ text }) => text).join("")})`;
  const sign = cursor.take("unsigned") ? " unsigned" : "";
  return `${name.name.toLowerCase()}${modifiers}${sign}`;
}

function indexOf(lexemes: readonly Lexeme[], words: readonly string[]): number {
  return lexemes.findIndex((_, at) =>
    words.every((word, index) => {
      const lexeme = lexemes[at + index];
      return lexeme?.kind === "word" && lexeme.text === word;
    }),
  );
}

function defaultFrom(rest: readonly Lexeme[]): Default {
  if (["auto_increment", "autoincrement", "identity"].some((word) => indexOf(rest, [word]) !== -1)) return "generated";
  if (indexOf(rest, ["generated"]) !== -1 || indexOf(rest, ["as"]) !== -1) {
    return indexOf(rest, ["stored"]) !== -1 ? "generated" : "constant";
  }
  const at = indexOf(rest, ["default"]);
  if (at === -1) return "none";
  const value = rest[at + 1];
  if (value?.kind === "word" && value.text === "null") return "none";
  if (value?.kind === "text" || value?.kind === "number") return "constant";
  if (value?.kind === "mark" && value.text === "-") return "constant";
  const steady = ["true", "false", "current_timestamp", "now", "current_date", "b", "x", "n"];
  return value?.kind === "word" && steady.includes(value.text) ? "constant" : "unknown";
}
