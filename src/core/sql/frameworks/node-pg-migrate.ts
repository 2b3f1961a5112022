import { markedPieces, numberedStep, sqlFramework } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** https://salsita.github.io/node-pg-migrate/migrations/#sql */
export const nodePgMigrate = sqlFramework({
  name: "node-pg-migrate",
  claims: inMigrationsFolder,
  recognises: (_, text) => /^\s*--\s*up migration\b/imu.test(text),
  late: "refuses",
  step: numberedStep,
  configured: "postgresql",
  pieces: (text) =>
    markedPieces(
      text,
      (line) =>
        /^\s*--\s*up migration\b/iu.test(line) ? true : /^\s*--\s*down migration\b/iu.test(line) ? false : null,
      true,
    ),
  inTransaction: () => true,
});
