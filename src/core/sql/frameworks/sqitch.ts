import { sqlFramework, wholeFile } from "./framework.ts";

/** https://docs.sqitch.org: what leads back and what verifies lies in folders of its own. */
const sqitchHead = /^\s*--\s*(?:Deploy|Revert|Verify)\s+\S+/iu;

export const sqitch = sqlFramework({
  name: "Sqitch",
  claims: (path) => /(?:^|\/)(?:deploy|revert|verify)\/.*\.sql$/u.test(path),
  recognises: (_, text) => sqitchHead.test(text),
  late: "unordered",
  step: (path) => (leadsBack(path) ? null : { series: path, version: null, repeatable: false }),
  configured: [{ file: "sqitch.conf", names: /^\s*engine\s*=\s*(\w+)/gmu }],
  pieces: (text, path) => (leadsBack(path) ? [] : wholeFile(text)),
  inTransaction: () => false,
});

function leadsBack(path: string): boolean {
  return /(?:^|\/)(?:revert|verify)\/.*\.sql$/u.test(path);
}
