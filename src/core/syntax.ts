import type { Code } from "./code.ts";
import type { HclBody } from "./hcl.ts";
import type { AwsActions } from "./iam/aws/catalogue.ts";

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** One statement with the part of the text that it came from, in characters, and PostgreSQL's own parse tree of it. */
export interface PostgresStatement {
  readonly start: number;
  readonly end: number;
  readonly tree: unknown;
}

/**
 * Readers that need a grammar in WebAssembly, and vocabularies, as values: loaded once at the edge, then synchronous functions of the text alone.
 * `core` knows this type; `adapters/syntax` loads it. (YAML and JSON need no loading.)
 */
export interface Syntax {
  readonly hcl: (text: string) => Parsed<HclBody>;
  readonly ruby: (text: string) => Parsed<readonly Code[]>;
  readonly python: (text: string) => Parsed<readonly Code[]>;
  readonly postgresql: (text: string) => Parsed<readonly PostgresStatement[]>;
  /** The body of one `DO` or `CREATE FUNCTION` in PL/pgSQL, which is given as that statement. */
  readonly plpgsql: (text: string) => Parsed<unknown>;
  /** The vocabulary that the wildcards of policies stand for. */
  readonly awsActions: AwsActions;
}

/** Keeps what a reader made of a blob. The key names reader, its version and the blob; a memo that forgets is correct too. */
export type Memo = <T>(key: string, compute: () => T) => T;

/** What views may use beside the change itself. */
export interface Tools {
  readonly syntax: Syntax;
  readonly memo: Memo;
}
