import { markedPieces, numberedStep, sqlFramework } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** https://github.com/jackc/tern#migrations */
export const tern = sqlFramework({
  name: "tern",
  claims: inMigrationsFolder,
  recognises: (_, text) => /^---- create above \/ drop below ----\s*$/mu.test(text),
  late: "refuses",
  step: numberedStep,
  configured: "postgresql",
  pieces: (text) =>
    markedPieces(text, (line) => (/^---- create above \/ drop below ----\s*$/u.test(line) ? false : null), true),
  inTransaction: (text) => !/^---- tern: disable-tx ----/mu.test(text),
});
