import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { placeOf } from "../../change/hunks.ts";
import { isSource, newMarks, unreadHead } from "../../gates/files.ts";
import { entriesIn, isIgnoreList, silencedIn } from "../../gates/suppressions.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gate-finding-suppressed",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "A scanner is told not to report something, or a checker to leave out a whole file.",
  why: "The finding is still there, only nobody sees it: the next change builds on what was never mended.",
  remedy: "Mend what is found. Where it is a false alarm, have a person say so, in a change that names the reason.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const lists = files.filter(({ path }) => isIgnoreList(path));
    const code = files.filter(
      ({ path }) => isSource(path) && !isIgnoreList(path) && !isWorkflow(path) && !isWritten(path),
    );
    const marks = newMarks(code, silencedIn);
    const entries = newMarks(lists, entriesIn);
    for (const { file, mark } of [...marks, ...entries]) {
      if (mark === null) {
        yield {
          at: placeOf(file),
          about: file.path,
          undecided: `what \`${file.path}\` keeps from scanners`,
          ...unreadHead(file),
        };
      }
    }
    for (const { file, mark } of marks) {
      if (mark === null) continue;
      yield {
        at: { path: file.path, side: "head", line: mark.line },
        about: `${file.path}#${mark.text}`,
        message: `\`${mark.text}\`: ${mark.key} says nothing of it from now on`,
        asks: true,
      };
    }
    for (const file of lists) {
      const own = entries.flatMap((entry) => (entry.file === file && entry.mark !== null ? [entry.mark] : []));
      const [first, ...more] = own;
      // With a list of its own a scanner begins; nothing that it found before is lost.
      if (first === undefined || file.before === null) continue;
      yield {
        at: { path: file.path, side: "head", line: first.line },
        about: file.path,
        message: `\`${file.path}\` leaves out \`${first.text}\`${more.length === 0 ? "" : ` and ${count(more.length, "other entry", "other entries")}`} from now on`,
        asks: true,
      };
    }
  },
  examples: {
    "scanners of code and of infrastructure": `
      M src/run.py
      - subprocess.run(command, shell=False)
      > subprocess.run(command, shell=True)  # nosec B602
      M infra/bucket.tf
        resource "aws_s3_bucket" "logs" {
      >   #checkov:skip=CKV_AWS_20: public on purpose
          bucket = "logs"
        }`,
    "a whole file without types": `
      M src/cart.ts
      > // @ts-nocheck
        export const total = 1;`,
    "an entry of a list": `
      M .trivyignore
        # accepted
        CVE-2024-0001
      > CVE-2025-0002`,
    "a baseline": `
      M .secrets.baseline
        {
          "version": "1.5.0",
          "results": {
      >     "a.py": [{ "hashed_secret": "0123" }],
      +     "b.py": [{ "hashed_secret": "4567" }]
          }
        }`,
    "a scanner that is new, with its list": `
      A .gitleaksignore
        0123456789abcdef:src/a.py:1`,
    "a line moves": `
      M src/run.py
      - import os  # nosec
        import sys
      + import os  # nosec`,
    "one line of the linter": `
      M src/cart.ts
      + // eslint-disable-next-line no-console
        console.log(1);`,
  },
});

/** Comments of workflows are told by the rule on workflows. */
function isWorkflow(path: string): boolean {
  return path.startsWith(".github/workflows/");
}

/** By package managers, and often larger than what is read. */
function isWritten(path: string): boolean {
  return /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|npm-shrinkwrap\.json|packages\.lock\.json|bun\.lock\.json)$/u.test(
    path,
  );
}
