import type { Code } from "../../code.ts";
import type { Dialect, MigrationFile, Section } from "../model.ts";
import type { Tools } from "../../syntax.ts";
import { type Around, dialectNear } from "./framework.ts";

/** Where Python projects say which database they have: a driver among their dependencies, an engine in their settings. */
const configured = [
  ...[
    "pyproject.toml",
    "requirements.txt",
    "requirements/base.txt",
    "requirements/main.in",
    "Pipfile",
    "setup.cfg",
  ].map((file) => ({
    file,
    names: /^\W*(psycopg2?|asyncpg|mysqlclient|pymysql)\b/gimu,
  })),
  ...["settings.py", "settings/base.py", "config/settings.py", "config/settings/base.py"].map((file) => ({
    file,
    names: /django\.(?:db\.backends|contrib\.gis\.db\.backends)\.(\w+)/gu,
  })),
  { file: "alembic.ini", names: /^\s*sqlalchemy\.url\s*=\s*(\w+?)(?:\+|:)/gmu },
];

export const pythonConfigured: readonly string[] = configured.map(({ file }) => file);

/** A migration that imports what only PostgreSQL has says it itself. */
export function pythonDialect(path: string, text: string, around: Around): Dialect {
  if (
    /^\s*(?:from|import)\s+(?:django\.contrib\.postgres|sqlalchemy\.dialects\.postgresql)\b|sqlalchemy\.dialects import postgresql\b/mu.test(
      text,
    )
  )
    return "postgresql";
  return dialectNear(path, around, configured);
}

export interface PythonFile {
  readonly path: string;
  readonly sha: string;
  readonly text: string;
}

/** Reads a file of Python with `read`; one that is not Python is one section that says so. */
export function pythonMigration(
  framework: string,
  { path, sha, text }: PythonFile,
  { syntax, memo }: Tools,
  dialect: Dialect,
  read: (file: readonly Code[]) => Pick<MigrationFile, "inTransaction" | "sections">,
): MigrationFile {
  const parsed = memo(`python/1/${sha}`, () => syntax.python(text));
  if (parsed.ok) return { path, framework, dialect, ...read(parsed.value) };
  const { line, reason } = parsed;
  const section: Section = { kind: "undecided", line, undecided: `what \`${path}\` does, since it is ${reason}` };
  return { path, framework, dialect, inTransaction: null, sections: [section] };
}
