import { foldersStep, numberedStep, sqlFramework, wholeFile } from "./framework.ts";
import { hasBreakpoint, isStepFolder } from "./prisma.ts";
import { inMigrationsFolder } from "./paths.ts";

/** Drizzle runs whatever the journal has after the last that ran, in one transaction. https://orm.drizzle.team/docs/migrations */
export const drizzle = sqlFramework({
  name: "Drizzle",
  claims: (path) => isStepFolder(path) || /(?:^|\/)drizzle\/.*\.sql$/u.test(path) || inMigrationsFolder(path),
  recognises: (path, text) => hasBreakpoint(text) || /(?:^|\/)drizzle\//u.test(path),
  // The journal orders by when a migration was made; names only tend to agree with it.
  late: "unordered",
  step: (path) => (isStepFolder(path) ? foldersStep(path) : numberedStep(path)),
  configured: [
    { file: "meta/_journal.json", names: /"dialect"\s*:\s*"(\w+)"/gu },
    ...["ts", "js", "mjs", "mts", "json"].map((extension) => ({
      file: `drizzle.config.${extension}`,
      names: /\bdialect["']?\s*:\s*["'](\w+)["']/gu,
    })),
  ],
  // The mark may stand behind a statement of the same line: it is a comment to every database, and stays.
  pieces: wholeFile,
  inTransaction: () => true,
});
