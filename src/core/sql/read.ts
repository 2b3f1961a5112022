import type { Syntax } from "../syntax.ts";
import { classify } from "./classifier/classify.ts";
import { dialectOf } from "./dialects.ts";
import { lineCounter } from "./lexer.ts";
import { type Dialect, type Effect, type Statement, unknown } from "./model.ts";
import { nestingOf, nestingLimit } from "./nesting.ts";
import { withPlaceholders } from "./placeholders.ts";
import { doBlock, functionEffects } from "./postgresql/bodies.ts";
import { effectsOf } from "./postgresql/statements.ts";
import { nodeOf } from "./postgresql/tree.ts";
import { type Piece, split } from "./split.ts";

/** Beyond these a text (a statement) stays unread, and that is said. */
export const sizeLimits = { text: 4 * 1024 * 1024, statement: 512 * 1024 } as const;

export interface ReadSql {
  /** The dialect that was read: the one that was given, or what the text shows. */
  readonly dialect: Dialect;
  readonly statements: readonly Statement[];
}

/**
 * Reads SQL statement by statement. Lines are counted from `firstLine`. What cannot be read is a statement whose effect is `unknown`: the
 * others are read all the same. PostgreSQL goes through its own grammar; other dialects through a classifier that knows the heads of
 * statements; text of an unknown dialect through the grammar and, where that refuses it, the classifier.
 */
export function readSql(text: string, given: Dialect, firstLine: number, syntax: Syntax): ReadSql {
  const dialect = given === "unknown" ? dialectOf(text) : given;
  const whole = (reason: string): ReadSql => ({
    dialect,
    statements: [{ line: firstLine, endLine: firstLine, dialect, text: "", effects: [unknown(reason)] }],
  });
  if (text.length > sizeLimits.text) return whole(`it is larger than ${sizeLimits.text / 1024 / 1024} MiB`);
  if (text.includes("\0")) return whole("it holds a NUL character");
  const code = dialect === "mysql" ? withConditionalComments(text) : text;
  const lineAt = lineCounter(code);
  const statements: Statement[] = [];
  for (const piece of split(code, dialect)) {
    const line = firstLine + lineAt(piece.start) - 1;
    statements.push(...readPiece(code, piece, line, dialect, syntax));
  }
  // To one database it is a comment, to the other one code.
  const hidden = dialect === "unknown" ? conditional.exec(text) : null;
  if (hidden === null) return { dialect, statements };
  const line = firstLine + lineAt(hidden.index) - 1;
  const effects = [unknown("a comment of it is code for MySQL, and nothing says which database it is for")];
  return { dialect, statements: [...statements, { line, endLine: line, dialect, text: hidden[0], effects }] };
}

const conditional = /\/\*M?!\d*([\s\S]*?)\*\//u;

/** MySQL runs what stands in a comment that begins with an exclamation mark. Offsets stay as they are. */
function withConditionalComments(text: string): string {
  return text.replaceAll(new RegExp(conditional, "gu"), (whole: string, inner: string) => {
    return `${" ".repeat(whole.length - inner.length - 2)}${inner}  `;
  });
}

function readPiece(text: string, piece: Piece, line: number, dialect: Dialect, syntax: Syntax): readonly Statement[] {
  const raw = text.slice(piece.start, piece.end).trimEnd();
  const one = (effects: readonly Effect[]): readonly Statement[] => [
    { line, endLine: line + raw.split("\n").length - 1, dialect, text: raw, effects },
  ];
  if (piece.kind === "command") return one(commandEffects(raw));
  if (raw.length > sizeLimits.statement) return one([unknown(`it is longer than ${sizeLimits.statement / 1024} KiB`)]);
  if (dialect !== "postgresql" && dialect !== "unknown") return one(classify(raw, dialect));
  if (nestingOf(text, piece.tokens) > nestingLimit) return one([unknown("it is nested too deeply")]);
  const filled = () => withPlaceholders(text, piece);
  const first = readPostgres(raw, line, dialect, syntax);
  if (first.ok) return first.statements;
  const placeholders = filled();
  const second = placeholders === null ? first : readPostgres(placeholders, line, dialect, syntax);
  if (second.ok) return second.statements;
  if (dialect === "unknown") return one(classify(raw, dialect));
  return one([unknown(`it cannot be read: ${first.reason}`)]);
}

type Outcome =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly reason: string };

function readPostgres(raw: string, line: number, dialect: Dialect, syntax: Syntax): Outcome {
  const parsed = syntax.postgresql(raw);
  if (!parsed.ok) return parsed;
  const lineAt = lineCounter(raw);
  const statements = parsed.value.flatMap(({ start, end, tree }): readonly Statement[] => {
    const blank = raw.slice(start, end).search(/\S/u);
    const text = raw.slice(start + Math.max(0, blank), end).trimEnd();
    const first = line + lineAt(start + Math.max(0, blank)) - 1;
    const lines = { line: first, endLine: first + text.split("\n").length - 1, dialect };
    const { type, fields } = nodeOf(tree);
    if (type === "DoStmt") {
      const bodyLine = first + Math.max(0, text.slice(0, bodyStart(text)).split("\n").length - 1);
      return doBlock(fields, text, syntax).map((inner) => {
        const own = bodyLine + inner.line - 1;
        return { ...lines, line: own, endLine: own, text: inner.text, effects: inner.effects };
      });
    }
    const effects = type === "CreateFunctionStmt" ? functionEffects(fields, text, syntax) : effectsOf(tree);
    return [{ ...lines, text, effects }];
  });
  return { ok: true, statements };
}

function bodyStart(text: string): number {
  const quote = text.search(/\$\w*\$|'/u);
  return Math.max(0, quote);
}

/** Commands of psql that neither read another file nor run anything. https://www.postgresql.org/docs/current/app-psql.html */
const idle =
  /^\\(?:echo|qecho|warn|set|unset|timing|pset|x|a|t|f|encoding|restrict|unrestrict|conninfo|errverbose|prompt|d\w*\+?|l\+?|z|sf\+?|sv\+?|\?|h|r|p)(?:\s|$)/u;

function commandEffects(text: string): readonly Effect[] {
  const command = /^\\\S*/u.exec(text)?.[0] ?? text;
  if (/^\\g(?:\s*$|\s*;)/u.test(text) || idle.test(text)) return [{ does: "nothing" }];
  return [unknown(`\`${command}\` is a command of psql that reads, runs or changes what is not written here`)];
}
