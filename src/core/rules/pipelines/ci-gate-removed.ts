import { z } from "zod";
import { gatesOfPipeline } from "../../pipelines/gates.ts";
import { defineRule } from "../../rule.ts";
import { sorts } from "../../workflows/gates.ts";
import { lostOf } from "../../workflows/lost-gates.ts";

export default defineRule({
  id: "ci-gate-removed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "medium",
  summary:
    "Tests, linters or scanners that changes had to pass are gone from the pipelines of GitLab, CircleCI, Azure or Jenkins.",
  why: "What nobody runs any more finds nothing. A change that cannot pass a test passes easily once the test is not run.",
  remedy: "Keep what was run, or say in a change of its own what takes its place and why it is as good.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    for (const sort of sorts) {
      const lost = lostOf(sort, changes, gatesOfPipeline, () => true);
      if (lost === null) continue;
      const { before, after, softened, gone } = lost;
      for (const { workflow, gate } of gone.slice(0, Math.max(before - after - softened.length, 0))) {
        yield {
          at: gate.at,
          about: `${workflow.path}#${gate.job}.${sort}.removed`,
          message: `\`${gate.text}\` of \`${gate.job}\` no longer holds changes up: of ${before} steps of ${sort}, ${after} are left`,
          asks: true,
          object: gate.job,
          before,
          after,
        };
      }
    }
  },
  examples: {
    "a line of a script": `
      M .gitlab-ci.yml
        build:
          script:
            - npm run build
      <     - npm test`,
    "a job that no workflow names any more": `
      M .circleci/config.yml
        version: 2.1
        jobs:
          build: { docker: [{ image: "cimg/go:1.24" }], steps: [{ run: go build ./... }] }
          test:
            docker: [{ image: "cimg/go:1.24" }]
            steps:
      <       - run: go test ./...
        workflows:
          main:
            jobs:
              - build
      -       - test`,
    "they move to another job and another tool": `
      M .gitlab-ci.yml
        build:
          script:
            - npm run build
      -     - npx jest
      + test:
      +   script: npx vitest run`,
    "a stage gets another name": `
      M Jenkinsfile
        node {
      -   stage('Test') {
      +   stage('Unit tests') {
            sh 'make test'
          }
        }`,
    "a pipeline moves to another file": `
      D azure-pipelines.yml
        steps:
          - script: pytest
      A .azuredevops/ci.yml
        steps:
          - script: pytest`,
  },
});
