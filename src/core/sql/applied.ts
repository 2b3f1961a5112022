import { type Code, essence } from "../code.ts";
import type { Tools } from "../syntax.ts";
import type { Applied } from "./frameworks/framework.ts";
import { tokenAt } from "./lexer.ts";

/**
 * What a database has had of a file, piece by piece, without comments and layout: two files that come to the same pieces did the same.
 * A file that cannot be read as what it is stands for its text.
 */
export function appliedPieces(
  applied: Applied,
  { text, sha }: { readonly text: string; readonly sha: string },
  { syntax, memo }: Tools,
): readonly string[] {
  switch (applied.kind) {
    case "sql":
      return applied.pieces.map((piece) => bareSql(piece.text));
    case "ruby": {
      const parsed = memo(`ruby/1/${sha}`, () => syntax.ruby(text));
      return [parsed.ok ? bareCode(parsed.value, applied.without) : bareText(text)];
    }
    case "python": {
      const parsed = memo(`python/1/${sha}`, () => syntax.python(text));
      return [parsed.ok ? bareCode(parsed.value, applied.without) : bareText(text)];
    }
    case "text":
      return [bareText(text)];
  }
}

function bareSql(text: string): string {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at, "unknown");
    if (token.kind !== "gap") words.push(text.slice(token.start, token.end));
    at = token.end;
  }
  // What ends the last statement is said by the end of the file as well.
  return words.join(" ").replace(/(?: ;)+$/u, "");
}

/** Imports bring names and documentation speaks: neither is run against a database. */
function bareCode(codes: readonly Code[], without: ReadonlySet<string>): string {
  return JSON.stringify(kept(codes, without).map(essence));
}

function kept(codes: readonly Code[], without: ReadonlySet<string>): readonly Code[] {
  return codes
    .filter((code) => code.kind !== "text" && !(code.kind === "function" && without.has(code.name ?? "")))
    .filter((code) => !(code.kind === "other" && /^(?:from|import)\b/u.test(code.text)))
    .map((code) => (code.kind === "class" ? { ...code, body: kept(code.body, without) } : code));
}

/** Of a language that is not read: lines that are comments as a whole are left out, and white space does not count. */
function bareText(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s*(?:\/\/|#(?!\[)|\*|\/\*)/u.test(line))
    .join(" ")
    .replaceAll(/\s+/gu, " ")
    .trim();
}
