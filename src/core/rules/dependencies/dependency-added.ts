import { z } from "zod";
import { aboutAll } from "../../../lib/about.ts";
import { count } from "../../../lib/text.ts";
import { type Addition, additions } from "../../dependencies/additions.ts";
import { inCode } from "../../dependencies/changes.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-added",
  invariant: "supply-chain-is-intact",
  severity: "low",
  confidence: "high",
  summary: "A manifest asks for packages that were not there before, of publishers who were not either.",
  why: "Whoever publishes them runs code in the build and in production from now on, and agents are known to ask for names that they made up.",
  remedy: "Look at who publishes the package and how long it has been there, or name its pattern in `trusted`.",
  needs: "dependencies",
  yieldsTo: ["dependency-name-imitated"],
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Patterns of names that need no look when they are new, such as `@acme/*`."),
  }),
  *detect({ files }, { trusted }) {
    const isTrusted = loosening(trusted);
    const found = additions(files).filter(({ is }) => !isTrusted(is.name));
    const [first] = found;
    if (first === undefined) return;
    yield {
      at: { path: first.file.path, side: "head", line: first.is.line },
      about: aboutAll(found.map(({ file, is }) => `${file.path} ${is.name}`)),
      message: told(found),
      paths: [...new Set(found.map(({ file }) => file.path))],
      asks: true,
    };
  },
  examples: {
    "a package of a manifest": `
      M package.json
        {
          "dependencies": {
      >     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }`,
    "several in one change are told once": `
      M api/go.mod
        module example.com/shop/api
      > require example.com/left v1.0.0
      + require example.com/right v1.0.0
      M web/package.json
        {
          "dependencies": {
      +     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }`,
    "a dependency of Maven": `
      M pom.xml
        <project>
          <dependencies>
      >     <dependency>
      +       <groupId>com.example</groupId>
      +       <artifactId>left</artifactId>
      +       <version>1.0.0</version>
      +     </dependency>
          </dependencies>
        </project>`,
    "a newer version": `
      M package.json
        {
          "dependencies": {
      -     "left": "^1.0.0"
      +     "left": "^2.0.0"
          }
        }`,
    "a part of the same repository": `
      M web/package.json
        {
          "dependencies": {
      +     "@acme/shared": "workspace:*",
            "left": "^1.0.0"
          }
        }`,
    "what others brought along before": `
      M package.json
        {
          "dependencies": {
      +     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      M package-lock.json
        { "lockfileVersion": 3, "packages": {
      -   "node_modules/right": { "version": "1.0.0" }
      +   "node_modules/right": { "version": "1.0.1" }
        } }`,
    "another package of the same scope, module of the same owner": `
      M package.json
        {
          "dependencies": {
      +     "@acme/right": "^1.0.0",
            "@acme/left": "^1.0.0"
          }
        }
      M go.mod
        module example.com/shop
      - require github.com/acme/left/v2 v2.0.0
      + require github.com/acme/left/v3 v3.0.0`,
    "it moves to another manifest": `
      M api/package.json
        {
          "dependencies": {
      -     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      M web/package.json
        {
          "dependencies": {
      +     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }`,
    "names that the policy knows": {
      options: { trusted: ["@acme/*"] },
      change: `
      M package.json
        {
          "dependencies": {
      +     "@acme/right": "^1.0.0",
            "left": "^1.0.0"
          }
        }`,
    },
  },
});

const shown = 5;

function told(found: readonly Addition[]): string {
  const names = found.map(({ is }) => inCode(is.name));
  const others = names.length - shown;
  const listed = [...names.slice(0, shown), ...(others > 0 ? [count(others, "other package")] : [])];
  const last = listed.pop() ?? "";
  const all = listed.length === 0 ? last : `${listed.join(", ")} and ${last}`;
  return `${all} ${names.length === 1 ? "is" : "are"} new: nothing that this change touches asked for ${names.length === 1 ? "it" : "them"} before`;
}
