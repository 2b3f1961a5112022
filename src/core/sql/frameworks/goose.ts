import { markedPieces, numberedStep, sqlFramework, unreadFramework } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** https://pressly.github.io/goose/documentation/annotations/ and sql-migrate, whose marks differ by their first word. */
const mark = /^\s*--\s*\+(?:goose|migrate)\s+(?<word>Up|Down)\b/iu;

const sideOf = (line: string): boolean | null => {
  const word = mark.exec(line)?.groups?.["word"]?.toLowerCase();
  return word === undefined ? null : word === "up";
};

export const goose = sqlFramework({
  name: "goose",
  claims: inMigrationsFolder,
  recognises: (_, text) => /^\s*--\s*\+goose\b/imu.test(text),
  late: "refuses",
  step: numberedStep,
  configured: [],
  pieces: (text) => markedPieces(text, sideOf, false),
  inTransaction: (text) => !/^\s*--\s*\+goose\s+NO\s+TRANSACTION\b/imu.test(text),
});

export const sqlMigrate = sqlFramework({
  name: "sql-migrate",
  claims: inMigrationsFolder,
  recognises: (_, text) => /^\s*--\s*\+migrate\b/imu.test(text),
  late: "runs",
  step: numberedStep,
  configured: [{ file: "dbconfig.yml", names: /^\s*dialect:\s*["']?(\w+)/gmu }],
  pieces: (text) => markedPieces(text, sideOf, false),
  inTransaction: (text) => !/^\s*--\s*\+migrate\s+Up\b.*\bnotransaction\b/imu.test(text),
});

export const gooseCode = unreadFramework({
  name: "goose in Go",
  claims: (path) => /(?:^|\/)[^/]*migrations?\/(?:.*\/)?\d+_\w+\.go$/iu.test(path) && !path.endsWith("_test.go"),
});
