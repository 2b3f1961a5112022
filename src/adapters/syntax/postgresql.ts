import { hasSqlDetails, parsePlPgSQLSync, parseSync } from "libpg-query";
import { z } from "zod";
import type { Parsed, PostgresStatement } from "../../core/syntax.ts";

const parseResult = z.object({
  stmts: z
    .array(
      z.object({
        stmt: z.unknown(),
        stmt_location: z.int().nonnegative().default(0),
        stmt_len: z.int().nonnegative().default(0),
      }),
    )
    .default([]),
});
const plpgsqlResult = z.object({ plpgsql_funcs: z.array(z.unknown()) });

/** Parses all statements of a text. The library counts bytes and stops at a NUL byte without a word: such a text is refused. */
export function readPostgres(text: string): Parsed<readonly PostgresStatement[]> {
  return guarded(text, () => {
    if (text === "") return [];
    const bytes = Buffer.from(text, "utf8");
    const charactersAt = bytes.length === text.length ? (offset: number) => offset : counter(bytes);
    return parseResult.parse(parseSync(text)).stmts.map(({ stmt, stmt_location: start, stmt_len: length }) => ({
      start: charactersAt(start),
      // The length is 0 where the statement reaches to the end of the text.
      end: charactersAt(length === 0 ? bytes.length : start + length),
      tree: stmt,
    }));
  });
}

/** Parses the body of one `DO` or `CREATE FUNCTION` in PL/pgSQL, which is given as that statement. */
export function readPlpgsql(text: string): Parsed<unknown> {
  return guarded(text, () => plpgsqlResult.parse(parsePlPgSQLSync(text)).plpgsql_funcs);
}

function guarded<T>(text: string, read: () => T): Parsed<T> {
  const nul = text.indexOf("\0");
  if (nul !== -1) return { ok: false, line: lineAt(text, nul), reason: "it holds a NUL character" };
  try {
    return { ok: true, value: read() };
  } catch (error) {
    // The grammar refuses text, and the stack of the WebAssembly module runs out; it stays usable after both.
    if (!(error instanceof Error)) throw error;
    const at = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    const reason = error instanceof RangeError ? "it is nested too deeply" : error.message;
    return { ok: false, line: lineAt(text, at), reason };
  }
}

/** Turns growing byte offsets into offsets of a string, in one pass. */
function counter(bytes: Buffer): (offset: number) => number {
  let [seenBytes, seen] = [0, 0];
  return (offset) => {
    if (offset < seenBytes) [seenBytes, seen] = [0, 0];
    seen += bytes.toString("utf8", seenBytes, offset).length;
    seenBytes = offset;
    return seen;
  };
}

/** The library names a character, not a byte, where an error stands. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
