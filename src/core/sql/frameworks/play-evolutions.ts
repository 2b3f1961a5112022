import { markedPieces, numberedStep, sqlFramework } from "./framework.ts";

/** https://www.playframework.com/documentation/latest/Evolutions */
export const play = sqlFramework({
  name: "Play evolutions",
  claims: (path) => /(?:^|\/)evolutions\/[^/]+\/\d+\.sql$/u.test(path),
  late: "refuses",
  step: numberedStep,
  configured: [],
  pieces: (text) =>
    markedPieces(
      text,
      (line) => (/^(?:#|--).*!Ups/u.test(line) ? true : /^(?:#|--).*!Downs/u.test(line) ? false : null),
      false,
    ),
  inTransaction: () => true,
});
