import { markedPieces, numberedStep, sqlFramework } from "./framework.ts";
import { inMigrationsFolder } from "./paths.ts";

/** https://github.com/amacneil/dbmate#creating-migrations */
const mark = /^\s*--\s*migrate:(?<word>up|down)\b/u;

export const dbmate = sqlFramework({
  name: "dbmate",
  claims: inMigrationsFolder,
  recognises: (_, text) => /^\s*--\s*migrate:up\b/mu.test(text),
  late: "runs",
  step: numberedStep,
  configured: [],
  pieces: (text) =>
    markedPieces(
      text,
      (line) => {
        const word = mark.exec(line)?.groups?.["word"];
        return word === undefined ? null : word === "up";
      },
      false,
    ),
  inTransaction: (text) => !/^\s*--\s*migrate:up\b.*\btransaction:false\b/mu.test(text),
});
