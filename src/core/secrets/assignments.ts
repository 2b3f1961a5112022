import type { Reading } from "./shape.ts";

/** A literal that is given to a name: `name = "value"`, `name: value`, `<name>value</name>`, `--name value`, `("NAME", "value")`. */
export interface Assignment {
  readonly name: string;
  readonly nameStart: number;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const nameMax = 64;
const gapMax = 24;
const valueMax = 512;

/**
 * The assignment to the name that stands around `at`, or null. In a program (`code`) only a quoted value is a literal. Values longer than
 * 512 characters and values over several lines are none: keys and tokens of that length are known by their form.
 */
export function assignmentAt(reading: Reading, at: number, code: boolean): Assignment | null {
  const { text } = reading;
  const nameStart = back(text, at);
  const nameEnd = ahead(text, at);
  reading.work.steps += nameEnd - nameStart;
  const value = valueAfter(reading, nameStart, nameEnd, code);
  return value === null ? null : { name: text.slice(nameStart, nameEnd), nameStart, ...value };
}

/** A name for comparing: lower case, without separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

type Value = Pick<Assignment, "value" | "start" | "end">;

function valueAfter(reading: Reading, nameStart: number, nameEnd: number, code: boolean): Value | null {
  const { text } = reading;
  const before = text[nameStart - 1] ?? "";
  const option = text.startsWith("--", nameStart) || text.startsWith("ENV ", nameStart - 4);
  // In a text within a text the quotes stand behind a backslash.
  const escape = text[nameEnd] === "\\" && text[nameStart - 2] === "\\" ? 1 : 0;
  const quotedName = isQuote(before) && text[nameEnd + escape] === before;
  let position = quotedName ? nameEnd + escape + 1 : nameEnd;
  if (text[position] === "]" || text[position] === "?") position += 1;
  const after = skipBlanks(text, position);
  reading.work.steps += after - position + 2;
  const paired = pairedAt(reading, nameStart, nameEnd);
  if (paired >= 0) return literalAt(reading, paired, false);
  const separator = separatorAt(text, after, quotedName, before === "<");
  if (separator > 0) return literalAt(reading, skipBlanks(text, after + separator), code);
  return option && after > position ? literalAt(reading, after, code) : null;
}

const pairing = 160;

/**
 * Where the literal stands if the name is itself a value: `name: DB_PASSWORD` with `value: ...` behind it, in YAML, JSON, XML and HCL, or
 * `variable "db_password"` with its `default = ...`. -1 if it is none.
 */
function pairedAt(reading: Reading, nameStart: number, nameEnd: number): number {
  const { text } = reading;
  const before = text.slice(Math.max(0, nameStart - 14), nameStart);
  const after = text.slice(nameEnd, nameEnd + pairing);
  reading.work.steps += before.length + after.length;
  const value = /(name|key)["']?\s{0,2}[:=]\s{0,2}["']?$/i.test(before)
    ? /^["']?\s{0,24}[,;]?\s{0,24}["']?value["']?\s{0,4}[:=]\s{0,4}/i.exec(after)
    : before.endsWith('variable "')
      ? /^"\s{0,4}\{[^}]{0,120}?\bdefault\s{0,8}=\s{0,4}/.exec(after)
      : null;
  return value === null ? -1 : nameEnd + value[0].length;
}

/** Length of the separator, 0 if there is none. A comparison is none. */
function separatorAt(text: string, at: number, quotedName: boolean, element: boolean): number {
  const two = text.slice(at, at + 2);
  if (two === "==" || two === "=~" || two === "::") return 0;
  if (two === ":=" || two === "=>" || two === "?=" || two === "+=" || two === "||") return two === "||" ? 0 : 2;
  const one = two[0] ?? "";
  if (one === "=" || one === ":") return 1;
  if (one === "," && quotedName) return 1;
  return one === ">" && element ? 1 : 0;
}

function literalAt(reading: Reading, at: number, code: boolean): Value | null {
  const { text } = reading;
  const from = code ? typeAnnotationEnd(reading, at) : at;
  const prefixed = /[rbufRBUF@$]/.test(text[from] ?? "") && isQuote(text[from + 1] ?? "") ? from + 1 : from;
  const quote = text[prefixed] ?? "";
  if (isQuote(quote)) return quotedAt(reading, prefixed + 1, quote);
  const inner = text[prefixed + 1] ?? "";
  if (quote === "\\" && isQuote(inner)) return escapedAt(reading, prefixed + 2, inner);
  return code ? null : bareAt(reading, prefixed);
}

const typed =
  /^(?:&\s?(?:'static\s)?)?[A-Za-z_][\w.]*(?:<[\w\s,.]{1,24}>)?(?:\[\])?\??(?:\s?\|\s?\w{1,16}){0,2}\s{0,4}=(?!=)/;
const typeMax = 80;

/** Behind `: string =` of a declaration with a type, where there is one. */
function typeAnnotationEnd({ text, work }: Reading, at: number): number {
  work.steps += typeMax;
  const found = typed.exec(text.slice(at, at + typeMax));
  return found === null ? at : skipBlanks(text, at + found[0].length);
}

function quotedAt(reading: Reading, start: number, quote: string): Value | null {
  const { text } = reading;
  const limit = Math.min(text.length, start + valueMax);
  let end = start;
  while (end < limit && text[end] !== quote && text[end] !== "\n") end += text[end] === "\\" ? 2 : 1;
  reading.work.steps += end - start;
  return text[end] === quote && end > start ? { value: text.slice(start, end), start, end } : null;
}

/** A value between quotes that a text within a text has behind backslashes. */
function escapedAt(reading: Reading, start: number, quote: string): Value | null {
  const { text } = reading;
  const limit = Math.min(text.length, start + valueMax);
  let end = start;
  while (end < limit && text[end] !== "\\" && text[end] !== "\n") end += 1;
  reading.work.steps += end - start;
  return text[end] === "\\" && text[end + 1] === quote && end > start
    ? { value: text.slice(start, end), start, end }
    : null;
}

function bareAt(reading: Reading, start: number): Value | null {
  const { text } = reading;
  const limit = Math.min(text.length, start + valueMax + 1);
  let end = start;
  while (end < limit && !/[\s"'`,;<>(){}\\|&]/.test(text[end] ?? " ")) end += 1;
  reading.work.steps += end - start;
  const length = end - start;
  return length === 0 || length > valueMax ? null : { value: text.slice(start, end), start, end };
}

function back(text: string, at: number): number {
  const limit = Math.max(0, at - nameMax);
  let start = at;
  while (start > limit && isNamePart(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function ahead(text: string, at: number): number {
  const limit = Math.min(text.length, at + nameMax);
  let end = at;
  while (end < limit && isNamePart(text.charCodeAt(end))) end += 1;
  return end;
}

function skipBlanks(text: string, at: number): number {
  const limit = Math.min(text.length, at + gapMax);
  let position = at;
  while (position < limit && (text[position] === " " || text[position] === "\t")) position += 1;
  return position;
}

function isNamePart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46
  );
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === "`";
}
