import { z } from "zod";
import { placeOf } from "../../change/hunks.ts";
import { isSource, newMarks } from "../../gates/files.ts";
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
    const code = files.filter(({ path }) => isSource(path) && !isIgnoreList(path) && !isWorkflow(path));
    for (const { file, mark } of [...newMarks(code, silencedIn), ...newMarks(lists, entriesIn)]) {
      if (mark === null) {
        yield { at: placeOf(file), about: file.path, undecided: `what \`${file.path}\` keeps from scanners` };
        continue;
      }
      const isEntry = lists.includes(file);
      yield {
        at: { path: file.path, side: "head", line: mark.line },
        about: `${file.path}#${mark.text}`,
        message: isEntry
          ? `\`${file.path}\` leaves out \`${mark.text}\` from now on`
          : `\`${mark.text}\`: ${mark.key} says nothing of it from now on`,
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
