import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { lostGates } from "../../workflows/lost-gates.ts";

export default defineRule({
  id: "gha-gate-removed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "medium",
  summary: "Tests, linters or scanners that changes had to pass are gone from the workflows.",
  why: "What nobody runs any more finds nothing. A change that cannot pass a test passes easily once the test is not run.",
  remedy: "Keep what was run, or say in a change of its own what takes its place and why it is as good.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    for (const { sort, before, after, softened, gone } of lostGates(changes)) {
      const missing = before - after - softened.length;
      // Where the texts are the same and only the events changed, the first gate that meets nobody is named.
      for (const { workflow, gate } of gone.slice(0, Math.max(missing, 0))) {
        yield {
          at: gate.at,
          about: `${workflow.path}#${gate.job}.${sort}.removed`,
          message: `\`${gate.text}\` of job \`${gate.job}\` no longer holds changes up: of ${before} steps of ${sort}, ${after} are left`,
          asks: true,
          object: gate.job,
          before,
          after,
        };
      }
    }
  },
  examples: {
    "the tests are not run": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: npm run build
      <       - run: npm test`,
    "a job with its scanner": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps: [{ run: make }]
      -   scan:
      -     runs-on: ubuntu-latest
      -     steps:
      <       - uses: github/codeql-action/analyze@v3`,
    "only by hand from now on": `
      M .github/workflows/ci.yml
      - on: pull_request
      + on: workflow_dispatch
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
      <           npm test`,
    "another tool": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: npx jest --ci
      +       - run: npx vitest run
      -       - run: eslint .
      +       - run: biome ci .`,
    "one goes, and two take its place": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: pytest
      +       - run: pytest tests/unit
      +       - run: pytest tests/api`,
    "they move to another file": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      -       - run: pytest
      A .github/workflows/tests.yml
        on: [pull_request, push]
        jobs:
          tests:
            runs-on: ubuntu-latest
            steps:
              - name: tests
                run: |
                  pytest -q`,
    "on pull requests in place of pushes": `
      M .github/workflows/ci.yml
      - on: push
      + on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: npm test`,
    "a word about tests": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: echo "npm test is next"
              - run: npm test`,
  },
});
