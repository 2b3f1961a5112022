import type { Dialect } from "./model.ts";

/**
 * `word` is a keyword or a name without quotes, `name` one with quotes, `text` a string in any quotes, `block` a dollar-quoted string and
 * `open` what is begun and never ended. Comments and white space are `gap`.
 */
export interface Token {
  readonly kind: "gap" | "word" | "name" | "text" | "block" | "number" | "mark" | "template" | "open";
  readonly start: number;
  readonly end: number;
}

/** How dialects differ in what begins a token. An unknown dialect is read as PostgreSQL, with the other quotes for names beside it. */
interface Manner {
  readonly backslash: boolean;
  readonly hash: boolean;
  readonly backtick: boolean;
  readonly bracket: boolean;
  readonly dollar: boolean;
  readonly nested: boolean;
}

const postgres: Manner = {
  backslash: false,
  hash: false,
  backtick: false,
  bracket: false,
  dollar: true,
  nested: true,
};
const manners: Readonly<Record<Dialect, Manner>> = {
  postgresql: postgres,
  mysql: { backslash: true, hash: true, backtick: true, bracket: false, dollar: false, nested: false },
  sqlite: { ...postgres, backtick: true, bracket: true, dollar: false, nested: false },
  mssql: { ...postgres, bracket: true, dollar: false },
  oracle: { ...postgres, dollar: false, nested: false },
  unknown: { ...postgres, backtick: true },
};

const space = /[\s\uFEFF]+/uy;
const lineComment = /--[^\n]*/uy;
const hashComment = /#[^\n]*/uy;
const plainText = /'(?:[^']|'')*'/uy;
const escapedText = /'(?:[^'\\]|\\[\s\S]|'')*'/uy;
const escapedDouble = /"(?:[^"\\]|\\[\s\S]|"")*"/uy;
const doubleQuoted = /"(?:[^"]|"")*"/uy;
const backtick = /`(?:[^`]|``)*`/uy;
const bracket = /\[[^\]\n]*\]/uy;
const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const template = /\$\{[^}\n]*\}|\{\{[^}\n]*\}\}|<%[\s\S]*?%>/uy;
const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;
/** Behind a word may stand a delimiter such as `$$`. */
const plainWord = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number = /\d[\p{L}\p{N}_.]*/uy;
const escapePrefix = /[eE](?=')/uy;

/** The token that begins at an offset of the text. Every character belongs to one token. */
export function tokenAt(text: string, at: number, dialect: Dialect): Token {
  const manner = manners[dialect];
  const { kind, end } =
    gapAt(text, at, manner) ??
    quotedAt(text, at, manner) ??
    found("template", template, text, at) ??
    found("word", dialect === "mysql" ? plainWord : word, text, at) ??
    found("number", number, text, at) ??
    ({ kind: "mark", end: at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) } as const);
  return { kind, start: at, end };
}

type Found = Pick<Token, "kind" | "end">;

function found(kind: Token["kind"], pattern: RegExp, text: string, at: number): Found | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? { kind, end: pattern.lastIndex } : null;
}

function gapAt(text: string, at: number, { hash, nested }: Manner): Found | null {
  const plain = found("gap", space, text, at) ?? found("gap", lineComment, text, at);
  if (plain !== null) return plain;
  if (hash && text[at] === "#") return found("gap", hashComment, text, at);
  return text.startsWith("/*", at) ? commentAt(text, at, nested) : null;
}

function commentAt(text: string, at: number, nested: boolean): Found {
  const edges = /\/\*|\*\//gu;
  edges.lastIndex = at + 2;
  let depth = 1;
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    if (edge[0] === "*/") depth -= 1;
    else if (nested) depth += 1;
    if (depth === 0) return { kind: "gap", end: edges.lastIndex };
  }
  return { kind: "open", end: text.length };
}

function quotedAt(text: string, at: number, manner: Manner): Found | null {
  const open: Found = { kind: "open", end: text.length };
  switch (text.charAt(at)) {
    case "'":
      return found("text", manner.backslash ? escapedText : plainText, text, at) ?? open;
    case '"':
      return manner.backslash
        ? (found("text", escapedDouble, text, at) ?? open)
        : (found("name", doubleQuoted, text, at) ?? open);
    case "`":
      return manner.backtick ? (found("name", backtick, text, at) ?? open) : null;
    case "[":
      return manner.bracket ? found("name", bracket, text, at) : null;
    case "e":
    case "E": {
      const prefix = found("text", escapePrefix, text, at);
      return prefix === null ? null : (found("text", escapedText, text, prefix.end) ?? open);
    }
    case "$":
      return manner.dollar ? blockAt(text, at) : null;
    default:
      return null;
  }
}

function blockAt(text: string, at: number): Found | null {
  const tag = found("block", dollarTag, text, at);
  if (tag === null) return null;
  const end = text.indexOf(text.slice(at, tag.end), tag.end);
  return end === -1 ? { kind: "open", end: text.length } : { kind: "block", end: end + tag.end - at };
}

/** The line of an offset, counted from 1. Offsets may be asked for in any order; growing ones are answered in one pass. */
export function lineCounter(text: string): (offset: number) => number {
  let [line, seen] = [1, 0];
  return (offset) => {
    if (offset < seen) [line, seen] = [1, 0];
    for (let at = text.indexOf("\n", seen); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
    seen = offset;
    return line;
  };
}
