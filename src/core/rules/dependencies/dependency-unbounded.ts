import { z } from "zod";
import { aboutAll } from "../../../lib/about.ts";
import { count } from "../../../lib/text.ts";
import { inCode } from "../../dependencies/changes.ts";
import type { Declared } from "../../dependencies/reading.ts";
import { defineRule, type Sighting } from "../../rule.ts";

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
      const loosened: Loosened[] = [];
      for (const { name, range, line } of file.after.declared) {
        const were = before.get(name) ?? [];
        if (range !== null && /\$\{|\{\{/u.test(range) && !were.some((was) => was.range === range)) {
          yield {
            at: { path: file.path, side: "head", line },
            about: `${file.path} ${name}`,
            undecided: `which versions of ${inCode(name)} ${inCode(range)} takes`,
          };
        }
        if (!isUnbounded(range) || were.some((was) => isUnbounded(was.range))) continue;
        // Without a range is how new packages are asked for where the lockfile or another file holds them.
        if (range === null && were.length === 0) continue;
        loosened.push({ name, range, line, was: were[0]?.range ?? null });
      }
      yield* told(file.path, loosened);
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

interface Loosened extends Declared {
  readonly was: string | null;
}

/** One finding for a manifest, however many of its packages are loosened together. */
function told(path: string, loosened: readonly Loosened[]): readonly Sighting[] {
  const [first] = loosened;
  if (first === undefined) return [];
  const now = first.range === null || first.range === "" ? "no range" : inCode(first.range);
  const how = first.was === null ? `is new with ${now}` : `had ${inCode(first.was)} and now has ${now}`;
  const others = loosened.length === 1 ? "" : `; so it is with ${count(loosened.length - 1, "other package")}`;
  return [
    {
      at: { path, side: "head", line: first.line },
      about: aboutAll(loosened.map(({ name }) => `${path} ${name}`)),
      message: `${inCode(first.name)} ${how}${others}`,
      asks: true,
    },
  ];
}
