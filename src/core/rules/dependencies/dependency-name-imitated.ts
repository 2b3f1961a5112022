import { z } from "zod";
import { additions, lockedAdditions } from "../../dependencies/additions.ts";
import { inCode } from "../../dependencies/changes.ts";
import { lookAlike } from "../../dependencies/look-alikes.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-name-imitated",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "medium",
  summary: "A new package has a name that can be taken for that of a well-known one.",
  why: "Packages with such names are published to be installed by mistake, and run their programs as soon as they are.",
  remedy: "Compare the name with the one that was meant; where it is meant, list it in `trusted`.",
  needs: "dependencies",
  options: z.strictObject({
    trusted: z.array(z.string()).default([]).describe("Patterns of names that are what they seem to be."),
  }),
  *detect({ files }, { trusted }) {
    const isTrusted = loosening(trusted);
    const direct = additions(files).map(({ file, is }) => ({ file, is, isDirect: true }));
    const declared = new Set(direct.map(({ file, is }) => `${file.ecosystem} ${is.name}`));
    const through = lockedAdditions(files)
      .filter(({ file, is }) => !declared.has(`${file.ecosystem} ${is.name}`))
      .map(({ file, is }) => ({ file, is, isDirect: false }));
    for (const { file, is, isDirect } of [...direct, ...through]) {
      const found = isTrusted(is.name) ? null : lookAlike(is.name, file.ecosystem, isDirect);
      if (found === null) continue;
      yield {
        at: { path: file.path, side: "head", line: is.line },
        about: `${file.path} ${is.name}`,
        message: `${inCode(is.name)} is new, and its name ${found.how} ${inCode(found.known)}`,
        ...(found.isCertain ? { blocks: true as const } : { asks: true as const }),
      };
    }
  },
  examples: {
    "a letter is missing": `
      M package.json
        {
          "dependencies": {
      >     "loadsh": "^4.17.0",
            "left": "^1.0.0"
          }
        }`,
    "a digit for a letter": `
      M requirements.txt
        left==1.0.0
      > djang0==5.2.0`,
    "a letter of another script": `
      M requirements.in
        left==1.0.0
      M package.json
        {
          "dependencies": {
      >     "аxios": "^1.7.0",
            "left": "^1.0.0"
          }
        }`,
    "a scope is left out": `
      M package.json
        {
          "dependencies": {
      >     "nestjs-core": "^11.0.0",
            "left": "^1.0.0"
          }
        }`,
    "the name of a language in front": `
      M requirements.txt
        left==1.0.0
      > python-requests==2.32.0`,
    "a group of Maven": `
      M pom.xml
        <project>
          <dependencies>
      >     <dependency>
      +       <groupId>org.springframwork</groupId>
      +       <artifactId>spring-core</artifactId>
      +       <version>7.0.0</version>
      +     </dependency>
          </dependencies>
        </project>`,
    "it comes along in a lockfile": `
      M yarn.lock
        left@^1.0.0:
          version "1.0.0"

      > 1odash@^4.17.0:
      +   version "4.17.0"`,
    "the well-known one itself": `
      M package.json
        {
          "dependencies": {
      +     "lodash": "^4.17.0",
      +     "mysql2": "^3.11.0",
            "left": "^1.0.0"
          }
        }`,
    "it stood there before": `
      M package.json
        {
          "dependencies": {
      -     "loadsh": "^4.17.0",
      +     "loadsh": "^4.18.0",
            "left": "^1.0.0"
          }
        }`,
    "names that the policy knows": {
      options: { trusted: ["python-requests"] },
      change: `
      M requirements.txt
        left==1.0.0
      + python-requests==2.32.0`,
    },
  },
});
