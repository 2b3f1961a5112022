import type { Framework } from "../model.ts";
import { alembic } from "./alembic.ts";
import { dbmate } from "./dbmate.ts";
import { django } from "./django.ts";
import { drizzle } from "./drizzle.ts";
import { flyway, flywayCode } from "./flyway.ts";
import type { KnownFramework } from "./framework.ts";
import { goose, gooseCode, sqlMigrate } from "./goose.ts";
import { liquibase, liquibaseSql } from "./liquibase.ts";
import { nodePgMigrate } from "./node-pg-migrate.ts";
import { plain } from "./plain.ts";
import { play } from "./play-evolutions.ts";
import { prisma } from "./prisma.ts";
import { programs } from "./programs.ts";
import { rails } from "./rails.ts";
import { sqitch } from "./sqitch.ts";
import { supabase } from "./supabase.ts";
import { tern } from "./tern.ts";
import { diesel, golangMigrate } from "./up-down-files.ts";

/** The most particular first: marks in a text before names of files, names of files before names of folders. */
const known: readonly KnownFramework[] = [
  goose,
  sqlMigrate,
  dbmate,
  nodePgMigrate,
  tern,
  liquibaseSql,
  play,
  flyway,
  golangMigrate,
  prisma,
  supabase,
  drizzle,
  diesel,
  sqitch,
  rails,
  alembic,
  django,
  flywayCode,
  gooseCode,
  liquibase,
  ...programs,
  plain,
];

/** The framework that a file is of, null for none. Several may claim a path: without a text it is the first of them. */
export function frameworkOf(path: string, text: string | null): KnownFramework | null {
  return known.find(({ claims, recognises }) => claims(path) && (text === null || recognises(path, text))) ?? null;
}

/** Readers of frameworks: the first that claims a path reads it, as the framework that the text shows it to be. */
export const frameworks: readonly Framework[] = known.map(({ name, claims }) => ({
  name,
  claims,
  read(file, tools, around) {
    const { path, text } = file;
    const nothing = { path, framework: name, dialect: "unknown", inTransaction: null, sections: [] } as const;
    return frameworkOf(path, text)?.read(file, tools, around) ?? nothing;
  },
}));
