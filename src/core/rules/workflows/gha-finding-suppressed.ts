import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import { suppressionsIn } from "../../workflows/suppressions.ts";

export default defineRule({
  id: "gha-finding-suppressed",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "medium",
  summary: "A workflow tells a scanner or linter to leave out files, rules or findings that it looked at before.",
  why: "The tool goes on to pass, and nobody sees what it no longer says. What is left out today is left out of every change after it.",
  remedy: "Mend the finding; where it is false, say so beside the line that it is about, in a change of its own.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      suppressionsIn(workflow).map((one) => ({ key: one.text, trace: one.text, one })),
    );
    for (const { workflow, item } of found) {
      const { at, text } = item.one;
      const former = changes.find(({ after }) => after === workflow)?.before;
      // A tool that is new here, and is told what to look at, takes nothing away.
      if (former == null || !former.text.includes(item.one.tool)) continue;
      yield {
        at,
        about: `${workflow.path}#${text}`,
        message: `\`${text}\`: \`${item.one.tool}\` looks at less than before`,
        asks: true,
      };
    }
  },
  examples: {
    "folders and rules are left out": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          scan:
            runs-on: ubuntu-latest
            steps:
              - run: |
      -           checkov -d .
      >           checkov -d . --skip-check CKV_AWS_20
              - uses: acme-tools/trivy-action@v1
                with:
                  scan-type: fs
      >           skip-dirs: infra`,
    "a comment of the scanner of workflows": `
      M .github/workflows/ci.yml
      - on: pull_request_target
      > on: pull_request_target # zizmor: ignore[dangerous-triggers]
        jobs:
          scan:
            runs-on: ubuntu-latest
            steps: [{ run: zizmor . }]`,
    "more is looked at": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          scan:
            runs-on: ubuntu-latest
            steps:
      -       - run: checkov -d . --skip-check CKV_AWS_20
      +       - run: checkov -d . --compact`,
    "a new scanner": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          scan:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - run: checkov -d . --skip-path node_modules`,
  },
});
