import { fileName, numberedStep, sqlFramework, wholeFile } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** SQL in a folder of migrations, whoever runs it: sqlx, Atlas, refinery, a script. What is called the way back is not run on the way up. */
export const plain = sqlFramework({
  name: "SQL",
  claims: inMigrationsFolder,
  late: "unordered",
  step: (path) => (leadsBack(path) ? null : numberedStep(path)),
  configured: [{ file: "atlas.hcl", names: /\bdev\s*=\s*"(?:docker:\/\/)?(\w+)[:/]/gu }],
  pieces: (text, path) => (leadsBack(path) ? [] : wholeFile(text)),
  inTransaction: (text) => (/^--\s*(?:no-transaction\b|atlas:txmode\s+none\b)/imu.test(text) ? false : null),
});

function leadsBack(path: string): boolean {
  return /(?:[._-](?:down|undo|rollback)\.sql|^(?:down|undo|rollback)\.sql)$/iu.test(fileName(path));
}
