import type { Code } from "../../code.ts";
import type { Dialect, Effect, Name, Section } from "../model.ts";
import type { Text } from "./scope.ts";

/** `app.users` is a table of the schema `app`. */
export function nameOf(written: string): Name {
  const [first = "", ...rest] = written.split(".");
  return rest.length === 0 ? { schema: null, name: first } : { schema: first, name: rest.join(".") };
}

export function operation(code: Code, dialect: Dialect, effects: readonly Effect[]): Section {
  return { kind: "operation", dialect, line: code.line, endLine: code.endLine, text: code.text, effects };
}

export function sqlSection(text: Text, dialect: Dialect): Section {
  return { kind: "sql", dialect, text: onItsLines(text), firstLine: text.firstLine };
}

/**
 * Line breaks that are written as `\n` are no lines of the file: they become blanks, so that what follows keeps its line. Where a comment
 * could swallow what comes after it, they stay.
 */
function onItsLines({ value, firstLine, endLine }: Text): string {
  const breaks = value.split("\n").length - 1;
  return breaks > endLine - firstLine && !/--|#/u.test(value) ? value.replaceAll("\n", " ") : value;
}

export function undecided(code: Code): Section {
  return { kind: "undecided", line: code.line, undecided: `what \`${oneLine(code.text)}\` does` };
}

const shownLength = 80;

function oneLine(text: string): string {
  const [first = "", ...rest] = text.trim().split("\n");
  const cut = first.replaceAll("`", "'").slice(0, shownLength);
  return rest.length > 0 || cut.length < first.length ? `${cut.trimEnd()} ...` : cut;
}

/** What is not decided in one stretch is one question: people look at it once. */
export function together(sections: readonly Section[]): readonly Section[] {
  const found: Section[] = [];
  let more = 0;
  let began: Extract<Section, { kind: "undecided" }> | null = null;
  for (const section of sections) {
    if (section.kind === "undecided" && began !== null) {
      more++;
      const tail = ` and ${more} ${more === 1 ? "statement" : "statements"} after it do`;
      found[found.length - 1] = { ...began, undecided: began.undecided.replace(/ does$/u, tail) };
      continue;
    }
    began = section.kind === "undecided" ? section : null;
    more = 0;
    found.push(section);
  }
  return found;
}

/** `now()` and its like are the same for all rows of one statement; what makes a value for each row rewrites the table. */
export function defaultOfSql(expression: string): "constant" | "volatile" | "unknown" {
  const plain = expression.trim().toLowerCase();
  if (
    /^(?:now\(\)|current_\w+(?:\(\d*\))?|localtimestamp|statement_timestamp\(\)|transaction_timestamp\(\))$/u.test(
      plain,
    )
  )
    return "constant";
  if (/^(?:'(?:[^']|'')*'(?:::[\w ]+(?:\[\])?)?|-?[\d.]+|true|false|null|array\[\](?:::[\w ]+\[\])?)$/u.test(plain))
    return "constant";
  if (/\b(?:gen_random_uuid|uuid_generate_v\w+|uuidv\d|random|clock_timestamp|nextval|timeofday)\s*\(/u.test(plain))
    return "volatile";
  return "unknown";
}
