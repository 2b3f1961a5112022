import { foldersStep, sqlFramework, wholeFile } from "./framework.ts";

const stepFolder = /(?:^|\/)\d+_[^/]+\/migration\.sql$/u;

/** Prisma and newer versions of Drizzle name files alike; only the marks between statements tell them apart. */
export function isStepFolder(path: string): boolean {
  return stepFolder.test(path);
}

export function hasBreakpoint(text: string): boolean {
  return /-->\s*statement-breakpoint/u.test(text);
}

/** https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories */
export const prisma = sqlFramework({
  name: "Prisma",
  claims: isStepFolder,
  recognises: (_, text) => !hasBreakpoint(text),
  late: "runs",
  step: foldersStep,
  configured: [
    { file: "migration_lock.toml", names: /^\s*provider\s*=\s*"(\w+)"/gmu },
    { file: "schema.prisma", names: /^\s*provider\s*=\s*"((?:postgres|mysql|sqlite|sqlserver)\w*)"/gmu },
  ],
  pieces: wholeFile,
  // The whole file is one query: PostgreSQL makes a transaction of it where it has several statements.
  inTransaction: () => null,
});
