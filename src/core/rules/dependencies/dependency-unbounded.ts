import { z } from "zod";
import { inCode } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-unbounded",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary: "A manifest newly takes whatever version of a package there is.",
  why: "The next build installs what was published a minute ago, by whoever can publish under that name.",
  remedy: "Name the version or the range that was tested.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      const before = Map.groupBy(file.before.declared, ({ name }) => name);
      for (const { name, range, line } of file.after.declared) {
        const were = before.get(name) ?? [];
        const at = { path: file.path, side: "head", line } as const;
        const about = `${file.path} ${name}`;
        if (range !== null && /\$\{|\{\{/u.test(range) && !were.some((was) => was.range === range)) {
          yield { at, about, undecided: `which versions of ${inCode(name)} ${inCode(range)} takes` };
        }
        if (!isUnbounded(range) || were.some((was) => isUnbounded(was.range))) continue;
        // Without a range is how new packages are asked for where the lockfile or another file holds them.
        if (range === null && were.length === 0) continue;
        const [was] = were;
        const now = range === null || range === "" ? "no range" : inCode(range);
        const former = was === undefined ? "is new with" : `had ${inCode(was.range ?? "")} and now has`;
        yield {
          at,
          about,
          message: `${inCode(name)} ${former} ${now}`,
          asks: true,
        };
      }
    }
  },
  examples: {
    "a range becomes any version": `
      M package.json
        {
          "dependencies": {
      -     "left": "^1.0.0"
      >     "left": "*"
          }
        }`,
    "a new package with its latest version": `
      M package.json
        {
          "dependencies": {
      >     "left": "latest"
          }
        }`,
    "a pin of pip is taken off": `
      M requirements.txt
      - left==1.0.0
      > left`,
    "a newer range": `
      M package.json
        {
          "dependencies": {
      -     "left": "^1.0.0"
      +     "left": "^2.0.0"
          }
        }`,
  },
});

function isUnbounded(range: string | null): boolean {
  return range === null || /^(?:\*|x|latest|>=\s*0(?:\.0)*|)$/iu.test(range.trim());
}
