import type { Tools } from "../syntax.ts";
import { frameworks } from "./frameworks/list.ts";
import type { MigrationFile, ReadMigration, Section, Statement } from "./model.ts";
import { readSql } from "./read.ts";

/** Raise it when the readers below answer differently, so that nothing kept by a blob's SHA is taken for today's reading. */
const readerVersion = "migration@1";

/** Whether a framework, or the folder alone, says that a path is a migration. */
export function isMigration(path: string): boolean {
  return frameworks.some(({ claims }) => claims(path));
}

/** The migration that a file is, read; null where no framework claims its path. */
export function migrationOf(
  file: { readonly path: string; readonly sha: string; readonly text: string },
  tools: Tools,
  around: (path: string) => string | null,
): ReadMigration | null {
  const framework = frameworks.find(({ claims }) => claims(file.path));
  if (framework === undefined) return null;
  // A byte order mark is no part of the first statement.
  const text = file.text.replace(/^\uFEFF/u, "");
  const migration = framework.read({ ...file, text }, tools, around);
  const undecided = migration.sections.filter((section) => section.kind === "undecided");
  const read = migration.sections.map((section) => readSection(section, migration, file.sha, tools));
  return {
    path: migration.path,
    framework: migration.framework,
    dialect: read.find(({ dialect }) => dialect !== "unknown")?.dialect ?? migration.dialect,
    inTransaction: migration.inTransaction,
    statements: read.flatMap(({ statements }) => statements),
    undecided: undecided.map(({ line, undecided: what }) => ({ line, undecided: what })),
  };
}

function readSection(
  section: Section,
  { dialect }: MigrationFile,
  sha: string,
  { memo, syntax }: Tools,
): { readonly dialect: MigrationFile["dialect"]; readonly statements: readonly Statement[] } {
  switch (section.kind) {
    case "sql": {
      const key = `${readerVersion} ${sha} ${section.dialect} ${section.firstLine} ${section.text.length}`;
      return memo(key, () => readSql(section.text, section.dialect, section.firstLine, syntax));
    }
    case "operation": {
      const { line, endLine, text, effects } = section;
      return { dialect: section.dialect, statements: [{ line, endLine, dialect: section.dialect, text, effects }] };
    }
    case "undecided":
    default:
      return { dialect, statements: [] };
  }
}
