import { tokenAt } from "./lexer.ts";
import type { Dialect } from "./model.ts";

/**
 * What only one dialect accepts. None of it is valid in PostgreSQL, so that a hint which is slipped in cannot have a migration for PostgreSQL
 * read in another way: with the hint it does not run.
 */
const foreign: readonly (readonly [Dialect, RegExp])[] = [
  ["sqlite", /\bautoincrement\b|\bpragma\s+\w+|\bwithout\s+rowid\b/u],
  [
    "mysql",
    /`|\bengine\s*=|\bauto_increment\b|\bdelimiter\s+\S|\bunsigned\b|\bmodify\s+column\b|\bcharset\s*=|\bcharacter\s+set\s*=?\s*utf8|\bon\s+update\s+current_timestamp\b|\b(?:tiny|medium|long)(?:int|text|blob)\b/u,
  ],
  [
    "mssql",
    /\[dbo\]|\bnvarchar\b|\bidentity\s*\(\s*\d|\bsp_rename\b|\bdatetime2\b|\buniqueidentifier\b|(?:^|\n)\s*go\s*(?:\n|$)/u,
  ],
  ["oracle", /\bvarchar2\b|\bnumber\s*\(\s*\d/u],
];
/** What a database other than PostgreSQL does not know. */
const postgres =
  /::\s*\w|\b(?:big|small)?serial\b|\bjsonb\b|\btimestamptz\b|\bconcurrently\b|\bplpgsql\b|\busing\s+(?:gin|gist|btree|brin|hash|hnsw|ivfflat)\b|\bcreate\s+extension\b|"public"|\bpublic\.|\brow\s+level\s+security\b|\bbytea\b|\buuid\b|\btext\[\]|\bowner\s+to\b|\bwith(?:out)?\s+time\s+zone\b|\bas\s+enum\b|\bnot\s+valid\b|\balter\s+column\s+\S+\s+(?:set|drop|type)\b|\bsearch_path\b|\bgen_random_uuid\b|\bpg_\w+/u;

/** The dialect that a text can only be of; `unknown` where several may read it. Comments and strings give no hints. */
export function dialectOf(text: string): Dialect {
  const code = codeOf(text);
  for (const [dialect, hint] of foreign) if (hint.test(code)) return dialect;
  return postgres.test(code) || /\$[\w]*\$/u.test(code) ? "postgresql" : "unknown";
}

/** A text this long names its dialect, if it ever does. */
const examined = 200_000;

function codeOf(text: string): string {
  const parts: string[] = [];
  const end = Math.min(text.length, examined);
  for (let at = 0; at < end; ) {
    const { kind, start, end: next } = tokenAt(text, at, "unknown");
    const token = text.slice(start, next);
    if (kind === "gap") parts.push(token.includes("\n") ? "\n" : " ");
    else parts.push(kind === "text" ? "''" : kind === "block" ? "$$" : token.toLowerCase());
    at = next;
  }
  return parts.join("");
}
