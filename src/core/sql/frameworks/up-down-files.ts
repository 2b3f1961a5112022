import { fileName, folderOf, foldersStep, numberedStep, sqlFramework, wholeFile } from "./framework.ts";

/** `000001_name.up.sql`: golang-migrate, and the reversible migrations of sqlx. https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md */
export const golangMigrate = sqlFramework({
  name: "golang-migrate",
  claims: (path) => /\d[\w.-]*\.(?:up|down)\.sql$/iu.test(fileName(path)),
  late: "skips",
  step: (path) => (isDown(path) ? null : numberedStep(path)),
  configured: [],
  pieces: (text, path) => (isDown(path) ? [] : wholeFile(text)),
  // A file of several statements goes to the server as one query, which is a transaction; a file of one is none.
  inTransaction: () => null,
});

function isDown(path: string): boolean {
  return /\.down\.sql$/iu.test(path);
}

/** A folder for each migration: `2026-01-02-030405_name/up.sql`. https://docs.rs/diesel_migrations */
export const diesel = sqlFramework({
  name: "Diesel",
  claims: (path) => /(?:^|\/)[^/]*migrations?\/(?:.*\/)?[^/]+\/(?:up|down)\.sql$/iu.test(path),
  late: "runs",
  step: (path) => (fileName(path).toLowerCase() === "up.sql" ? foldersStep(path) : null),
  configured: [{ file: "diesel.toml", names: /\bbackend\s*=\s*"(\w+)"/gu }],
  pieces: (text, path) => (fileName(path).toLowerCase() === "up.sql" ? wholeFile(text) : []),
  inTransaction: (_, path, around) =>
    !/^\s*run_in_transaction\s*=\s*false/mu.test(around(`${folderOf(path)}/metadata.toml`) ?? ""),
});
