import type { Tools } from "../syntax.ts";

/**
 * What migrations do, in words that SQL and the operations of ORMs share. Readers (SQL dialects, frameworks) make effects; rules see effects
 * only. Everything is plain data: it can be kept by blob and sent to a worker.
 */

export type Dialect = "postgresql" | "mysql" | "sqlite" | "mssql" | "oracle" | "unknown";

/** A name as the database stores it (PostgreSQL folds what is not quoted). `schema` is null where the search path decides. */
export interface Name {
  readonly schema: string | null;
  readonly name: string;
}

export type ObjectKind =
  | "table"
  | "view"
  | "materialized view"
  | "foreign table"
  | "schema"
  | "database"
  | "tablespace"
  | "sequence"
  | "type"
  | "domain"
  | "function"
  | "trigger"
  | "policy"
  | "rule"
  | "event trigger"
  | "extension"
  | "publication"
  | "subscription"
  | "replication slot"
  | "role"
  | "server"
  | "statistics"
  | "other";

export type ConstraintKind = "check" | "foreign key" | "unique" | "primary key" | "exclusion" | "not null";

/**
 * `constant` is stored once for all rows (PostgreSQL 11 and later, MySQL INSTANT), `volatile` is computed row by row (which rewrites the
 * table), `generated` is a stored generated column, an identity or a serial (rewrites too), `unknown` an expression that nobody here can tell.
 */
export type Default = "none" | "constant" | "volatile" | "generated" | "unknown";

export interface Column {
  readonly name: string;
  /** As the dialect spells it, lower case, with its parameters: `varchar(20)`, `numeric(10,2)`. Null where it is not written. */
  readonly type: string | null;
  readonly notNull: boolean;
  readonly default: Default;
  /** Constraints written at the column: they are added (and validated) with it. */
  readonly constraints: readonly ConstraintKind[];
}

/** Which rows a statement touches. `all`: no condition, or one that is true of every row; `some`: a condition that names a column. */
export type Rows = "all" | "some";

export type Effect =
  | {
      readonly does: "creates-table";
      readonly table: Name;
      readonly temporary: boolean;
      readonly columns: readonly Column[];
      /** `if not exists` on a table that may be there already creates nothing: the exemption for new tables is not given by it alone. */
      readonly ifNotExists: boolean;
    }
  | { readonly does: "creates"; readonly what: ObjectKind; readonly name: Name; readonly on: Name | null }
  /** `on` is the table of a trigger, policy or rule. A table, column, index and constraint that is dropped has its own words or `what`. */
  | {
      readonly does: "drops";
      readonly what: ObjectKind;
      readonly name: Name;
      readonly on: Name | null;
      readonly cascade: boolean;
    }
  | { readonly does: "adds-column"; readonly table: Name; readonly column: Column; readonly ifNotExists: boolean }
  | { readonly does: "drops-column"; readonly table: Name; readonly column: string; readonly cascade: boolean }
  | { readonly does: "renames-column"; readonly table: Name; readonly column: string; readonly to: string }
  /** `from` is null where nothing that was read says it. `using`: an expression converts the values. */
  | {
      readonly does: "changes-type";
      readonly table: Name;
      readonly column: string;
      readonly from: string | null;
      readonly to: string;
      readonly using: boolean;
    }
  | { readonly does: "sets-not-null"; readonly table: Name; readonly column: string }
  | { readonly does: "drops-not-null"; readonly table: Name; readonly column: string }
  | { readonly does: "sets-default"; readonly table: Name; readonly column: string; readonly default: Default }
  | { readonly does: "renames"; readonly what: ObjectKind; readonly name: Name; readonly to: string }
  | {
      readonly does: "adds-constraint";
      readonly table: Name;
      readonly kind: ConstraintKind;
      readonly name: string | null;
      readonly columns: readonly string[];
      /** The statement reads the whole table to see whether its rows keep it: false with `not valid` (or `not enforced`). */
      readonly validated: boolean;
      /** `using index`: the index is there already. */
      readonly usingIndex: boolean;
      /** The other table of a foreign key. */
      readonly references: Name | null;
      /** The columns that a check requires to be not null, and nothing else: what lets `set not null` skip its scan. */
      readonly notNull: readonly string[];
    }
  | { readonly does: "validates-constraint"; readonly table: Name; readonly name: string }
  | {
      readonly does: "drops-constraint";
      readonly table: Name;
      readonly name: string;
      /** Null where the name alone does not say. */
      readonly kind: ConstraintKind | null;
      readonly cascade: boolean;
    }
  | {
      readonly does: "creates-index";
      readonly table: Name;
      readonly name: string | null;
      readonly unique: boolean;
      readonly concurrently: boolean;
      readonly columns: readonly string[];
    }
  /** `table` is null where the statement does not name it. */
  | {
      readonly does: "drops-index";
      readonly table: Name | null;
      readonly name: Name;
      readonly concurrently: boolean;
      readonly cascade: boolean;
    }
  | { readonly does: "truncates"; readonly table: Name; readonly cascade: boolean }
  | { readonly does: "deletes-rows"; readonly table: Name; readonly rows: Rows }
  | { readonly does: "updates-rows"; readonly table: Name; readonly rows: Rows; readonly columns: readonly string[] }
  | { readonly does: "inserts-rows"; readonly table: Name }
  | { readonly does: "attaches-partition"; readonly table: Name; readonly partition: Name }
  | {
      readonly does: "detaches-partition";
      readonly table: Name;
      readonly partition: Name;
      readonly concurrently: boolean;
    }
  | { readonly does: "drops-partition"; readonly table: Name; readonly partition: string }
  | { readonly does: "locks"; readonly table: Name; readonly mode: string }
  /** Builds the whole table or index anew while nobody may use it, unless `concurrently`. `name` is null for all of a database. */
  | {
      readonly does: "rebuilds";
      readonly by: "vacuum full" | "cluster" | "reindex" | "refresh" | "charset" | "copy" | "storage";
      readonly name: Name | null;
      readonly concurrently: boolean;
    }
  /** `privileges` are lower case; `all` stands alone. `on` says the objects as the statement does: `table public.users`. */
  | {
      readonly does: "grants";
      readonly privileges: readonly string[];
      readonly on: string;
      readonly to: readonly string[];
      readonly grantOption: boolean;
      /** `future`: default privileges, for all that will be created. */
      readonly future: boolean;
    }
  | {
      readonly does: "revokes";
      readonly privileges: readonly string[];
      readonly on: string;
      readonly from: readonly string[];
    }
  /** `gains` and `loses` are lower case: `superuser`, `bypassrls`, `createrole`, `createdb`, `replication`, `login`. */
  | {
      readonly does: "changes-role";
      readonly role: string;
      readonly gains: readonly string[];
      readonly loses: readonly string[];
    }
  | {
      readonly does: "row-security";
      readonly table: Name;
      readonly becomes: "enabled" | "disabled" | "forced" | "not forced";
    }
  /** `to` are the roles (`public` where none is named); `always`: its condition is true of every row. */
  | {
      readonly does: "writes-policy";
      readonly name: string;
      readonly table: Name;
      readonly to: readonly string[];
      readonly always: boolean;
    }
  | { readonly does: "adds-enum-value"; readonly type: Name; readonly value: string }
  | { readonly does: "renames-enum-value"; readonly type: Name; readonly value: string; readonly to: string }
  | { readonly does: "changes-sequence"; readonly name: Name; readonly restarts: boolean }
  /** `body` is what a call of it would do; `searchPath`: it sets one of its own. */
  | {
      readonly does: "writes-function";
      readonly name: Name;
      readonly replaces: boolean;
      readonly securityDefiner: boolean;
      readonly searchPath: boolean;
      readonly body: readonly Effect[];
    }
  /** Runs a function or procedure that is none of the database's own. */
  | { readonly does: "calls"; readonly name: Name }
  | { readonly does: "switches-trigger"; readonly table: Name; readonly trigger: string; readonly on: boolean }
  /** `value` is null for a default. `for`: whom it holds for. */
  | {
      readonly does: "sets";
      readonly setting: string;
      readonly value: string | null;
      readonly for: "transaction" | "session" | "role" | "database" | "system";
    }
  | { readonly does: "runs-program"; readonly program: string }
  /** Reads or writes a file of the database server, or talks to another database. */
  | { readonly does: "reaches-outside"; readonly by: string }
  | { readonly does: "changes-owner"; readonly what: ObjectKind; readonly name: Name; readonly to: string }
  | { readonly does: "transaction"; readonly edge: "begin" | "commit" | "rollback" }
  /** Read and known to matter to none of the rules: a comment, a select, an analysis. */
  | { readonly does: "nothing" }
  /** Not read: a clause that completes "Cannot decide: what this statement does: ...". */
  | { readonly does: "unknown"; readonly reason: string };

/** Lines count from 1 in the file. `text` is the statement as written, for fingerprints and for the reader. */
export interface Statement {
  readonly line: number;
  readonly endLine: number;
  readonly dialect: Dialect;
  readonly text: string;
  readonly effects: readonly Effect[];
}

/**
 * What a framework's reader finds in the up direction of one file, in order. `sql` is text of a dialect that begins at `firstLine` (which
 * may lie in the middle of a Ruby file; the text keeps its line breaks). `operation` is one call of an ORM with its effects. `undecided` is
 * a noun clause, as everywhere: "what `data_migration()` runs".
 */
export type Section =
  | {
      readonly kind: "sql";
      readonly dialect: Dialect;
      readonly text: string;
      readonly firstLine: number;
    }
  | {
      readonly kind: "operation";
      readonly dialect: Dialect;
      readonly line: number;
      readonly endLine: number;
      readonly text: string;
      readonly effects: readonly Effect[];
    }
  | { readonly kind: "undecided"; readonly line: number; readonly undecided: string };

/**
 * One migration as a framework sees it. `inTransaction`: the framework runs it in one unless it says otherwise (`disable_ddl_transaction!`,
 * `atomic = False`, `-- +goose NO TRANSACTION`); null where that depends on what is not read.
 */
export interface MigrationFile {
  readonly path: string;
  /** For people: `Rails`, `Flyway`, `Prisma`; `SQL` where only the folder says that it is a migration. */
  readonly framework: string;
  readonly dialect: Dialect;
  readonly inTransaction: boolean | null;
  readonly sections: readonly Section[];
}

/**
 * A reader of one framework. `claims` decides by the path alone, so that a file which cannot be read is a gap and no silence; `read` gives the
 * sections of the up direction. `around` answers the text at head of another file of the change set (`prisma/schema.prisma`), null where
 * there is none: it is for the dialect.
 */
export interface Framework {
  readonly name: string;
  readonly claims: (path: string) => boolean;
  readonly read: (
    file: { readonly path: string; readonly sha: string; readonly text: string },
    tools: Tools,
    around: (path: string) => string | null,
  ) => MigrationFile;
}

/** What was read of a migration, statement by statement; `undecided` with their lines. */
export interface ReadMigration {
  readonly path: string;
  readonly framework: string;
  readonly dialect: Dialect;
  readonly inTransaction: boolean | null;
  readonly statements: readonly Statement[];
  readonly undecided: readonly { readonly line: number; readonly undecided: string }[];
}

export const unknown = (reason: string): Effect => ({ does: "unknown", reason });
export const nothing: Effect = { does: "nothing" };

/** `public.users`, as people write it. */
export function spell(name: Name): string {
  return name.schema === null ? name.name : `${name.schema}.${name.name}`;
}
