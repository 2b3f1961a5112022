import type { Dialect, Framework, MigrationFile, Section } from "../model.ts";

/**
 * What a framework does with a migration that comes, in its order, before one that a database has had: it `runs` it all the same, it
 * `skips` it without a word, or it `refuses` to go on. `unordered`: its order is not that of the names.
 */
export type Late = "runs" | "skips" | "refuses" | "unordered";

/** Where a file stands in the history of a database. */
export interface Step {
  /** Migrations of one series run in one order: those of a folder, of a Django app. */
  readonly series: string;
  /** What the framework orders by and remembers: `20260102030405`, `1.10`. Null where the path does not say. */
  readonly version: string | null;
  /** Meant to be edited: it runs again when it differs. */
  readonly repeatable: boolean;
}

/** A framework that is known by name: how it is recognised, read and ordered. One file each; `list.ts` has them all. */
export interface KnownFramework extends Framework {
  /** Tells apart frameworks that claim the same paths. */
  readonly recognises: (path: string, text: string) => boolean;
  /** Null where the file is no step of the history: a way back, a callback. */
  readonly step: (path: string) => Step | null;
  readonly late: Late;
  /** Unchanged files that it is read with: in which folder around it, and under which name, a project says what its database is. */
  readonly configured: readonly string[];
  /** It is read with the migrations beside it, which say what it starts from. */
  readonly readsSiblings: boolean;
  /** The part of a file that may have run. Two files of one such part are one migration to a database. */
  readonly applied: (text: string, path: string) => Applied;
}

/** Pieces of SQL, code `without` the functions that lead back, or all of the text. `grows`: pieces may be added to a file that has run. */
export type Applied =
  | { readonly kind: "sql"; readonly pieces: readonly Piece[]; readonly grows: boolean }
  | { readonly kind: "ruby" | "python"; readonly without: ReadonlySet<string> }
  | { readonly kind: "text" };

export const always = (): true => true;

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The number or date that a name begins with; null where it begins with neither. */
export function leadingVersion(name: string): string | null {
  return /^\d+(?:[-_.]\d+)*(?=[-_.]|$)/u.exec(name)?.[0] ?? null;
}

/** Numbers of versions are compared as numbers, part by part: 1.9 is before 1.10, and 002 is 2. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => (version.match(/\d+/gu) ?? []).map(BigInt));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const [one, other] = [left?.[index] ?? 0n, right?.[index] ?? 0n];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** Files of one folder in the order of the numbers that they begin with. */
export function numberedStep(path: string): Step {
  return { series: folderOf(path), version: leadingVersion(fileName(path)), repeatable: false };
}

/** Folders of one folder in the order of theirs: `migrations/20260102_add/up.sql`. */
export function foldersStep(path: string): Step {
  const folder = folderOf(path);
  return { series: folderOf(folder), version: leadingVersion(fileName(folder)), repeatable: false };
}

/** A run of lines, with the number of the first. */
export interface Piece {
  readonly text: string;
  readonly firstLine: number;
}

export function sqlSections(dialect: Dialect, pieces: readonly Piece[]): readonly Section[] {
  return pieces
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, firstLine }) => ({ kind: "sql", dialect, text, firstLine }));
}

export function wholeFile(text: string): readonly Piece[] {
  return [{ text, firstLine: 1 }];
}

/**
 * The lines that a mark takes in: `sideOf` says for a line whether what follows is run on the way up (true), is not (false), or that the
 * line is no mark (null). Before the first mark nothing is, unless `atStart` says so. The marks stay out.
 */
export function markedPieces(
  text: string,
  sideOf: (line: string) => boolean | null,
  atStart: boolean,
): readonly Piece[] {
  const pieces: { text: string; firstLine: number }[] = [];
  let up = atStart;
  let fresh = true;
  for (const [index, line] of text.split("\n").entries()) {
    const side = sideOf(line);
    if (side !== null) {
      up = side;
      fresh = true;
      continue;
    }
    if (!up) continue;
    if (fresh) pieces.push({ text: line, firstLine: index + 1 });
    else {
      const last = pieces.at(-1);
      if (last !== undefined) last.text += `\n${line}`;
    }
    fresh = false;
  }
  return pieces;
}

/** A framework whose files are written in SQL; what differs is their names and which of their lines are run. */
export function sqlFramework(spec: {
  readonly name: string;
  readonly claims: (path: string) => boolean;
  readonly recognises?: (path: string, text: string) => boolean;
  readonly late: Late;
  readonly step: (path: string) => Step | null;
  /** Files in which a project says which database it has, or the one that there is. */
  readonly configured: Configured | Dialect;
  /** New migrations are added to the same file. */
  readonly grows?: boolean;
  readonly pieces: (text: string, path: string) => readonly Piece[];
  readonly inTransaction: (text: string, path: string, around: Around) => boolean | null;
}): KnownFramework {
  const { name, claims, recognises = always, late, step, configured, grows = false, pieces, inTransaction } = spec;
  return {
    name,
    claims,
    recognises,
    late,
    step,
    configured: typeof configured === "string" ? [] : configured.map(({ file }) => file),
    readsSiblings: false,
    applied: (text, path) => ({ kind: "sql", pieces: pieces(text, path), grows }),
    read({ path, text }, _, around): MigrationFile {
      const dialect = typeof configured === "string" ? configured : dialectNear(path, around, configured);
      return {
        path,
        framework: name,
        dialect,
        inTransaction: inTransaction(text, path, around),
        sections: sqlSections(dialect, pieces(text, path)),
      };
    },
  };
}

/** A framework whose migrations are programs that nobody here reads: known by their paths, and said to be undecided. */
export function unreadFramework(spec: {
  readonly name: string;
  readonly claims: (path: string) => boolean;
  readonly recognises?: (path: string, text: string) => boolean;
  readonly step?: (path: string) => Step | null;
}): KnownFramework {
  const { name, claims, recognises = always, step = numberedStep } = spec;
  return {
    name,
    claims,
    recognises,
    late: "unordered",
    step,
    configured: [],
    readsSiblings: false,
    applied: () => ({ kind: "text" }),
    read: ({ path }) => ({
      path,
      framework: name,
      dialect: "unknown",
      inTransaction: null,
      sections: [{ kind: "undecided", line: 1, undecided: `what the migration \`${path}\` does: ${name} is not read` }],
    }),
  };
}

export type Around = (path: string) => string | null;

/** A file, from any folder around a migration, and what in it names the database (the first group). */
export type Configured = readonly { readonly file: string; readonly names: RegExp }[];

const dialects: Readonly<Record<string, Dialect>> = {
  postgres: "postgresql",
  postgresql: "postgresql",
  postgis: "postgresql",
  pg: "postgresql",
  psql: "postgresql",
  pgx: "postgresql",
  psycopg: "postgresql",
  psycopg2: "postgresql",
  asyncpg: "postgresql",
  mysqlclient: "mysql",
  pymysql: "mysql",
  mysql: "mysql",
  mysql2: "mysql",
  trilogy: "mysql",
  mariadb: "mysql",
  sqlite: "sqlite",
  sqlite3: "sqlite",
  better_sqlite3: "sqlite",
  libsql: "sqlite",
  turso: "sqlite",
  d1: "sqlite",
  sqlserver: "mssql",
  mssql: "mssql",
  oracle: "oracle",
};

/** The dialect that a word of a configuration or a folder stands for. */
export function dialectNamed(word: string): Dialect {
  return dialects[word.toLowerCase().replaceAll("-", "_")] ?? "unknown";
}

/**
 * The database that the nearest configuration names, or the nearest folder of a database's name (`migrations/mysql/`). Two words that
 * disagree in one file are no answer.
 */
export function dialectNear(path: string, around: Around, configured: Configured): Dialect {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const called = dialectNamed(fileName(folder));
    if (called !== "unknown") return called;
    for (const { file, names } of configured) {
      const text = around(folder === "" ? file : `${folder}/${file}`);
      const words = text === null ? [] : [...text.matchAll(names)].map((match) => dialectNamed(match[1] ?? ""));
      const [first, ...others] = new Set(words);
      if (first !== undefined && others.length === 0) return first;
    }
    if (folder === "") return "unknown";
  }
}
