import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { gatesOf } from "../../workflows/gates.ts";
import type { Job, Workflow } from "../../workflows/model.ts";
import { runsBeforeMerge } from "../../workflows/triggers.ts";

export default defineRule({
  id: "gha-check-renamed",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "medium",
  summary: "A job that tests changes reports under another name, which the protection of the branch does not know.",
  why: "Branch protection asks for checks by their names. What is required under the old name never comes, or comes from a job that was given that name and tests nothing.",
  remedy: "Keep the name, or change it in the protection of the branch at the same time; a person has to do that.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs }) {
    for (const { before, after } of jobs) {
      if (before === null || after === null || after.workflow.kind === "action") continue;
      if (!runsBeforeMerge(before.workflow) || !runsBeforeMerge(after.workflow)) continue;
      const [was, is] = [nameOf(before.job), nameOf(after.job)];
      const tests = gatesIn(before.workflow, before.job) > 0;
      if (was === is || !tests) continue;
      yield {
        at: after.job.root.at("name")?.place ?? after.job.at,
        about: `${after.workflow.path}#${after.job.id}.name`,
        message: `the check \`${was}\` is called \`${is}\` from now on`,
        asks: true,
        object: after.job.id,
        before: was,
        after: is,
      };
    }
  },
  examples: {
    "another id": {
      change: `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
      -   test:
      +   unit:
      !     runs-on: ubuntu-latest
            steps:
              - run: npm test`,
      reverse: "reports",
    },
    "another name, and a job that takes the old one": {
      change: `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
      -     name: test
      >     name: test (slow)
            runs-on: ubuntu-latest
            steps:
              - run: npm test
      +   quick:
      +     name: test
      +     runs-on: ubuntu-latest
      +     steps: [{ run: echo ok }]`,
      reverse: "reports",
    },
    "the name says what the id said": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
      +     name: test
            runs-on: ubuntu-latest
            steps:
              - run: npm test`,
    "a job that tests nothing": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
      -   label:
      +   labels:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/labeler@v5`,
    "no check of pull requests": `
      M .github/workflows/nightly.yml
        on: { schedule: [{ cron: 0 3 * * * }] }
        jobs:
      -   test:
      +   tests:
            runs-on: ubuntu-latest
            steps:
              - run: npm test`,
  },
});

/** What the check is called. Source: docs.github.com "Workflow syntax", `jobs.<job_id>.name`: the id, where no name is given. */
function nameOf({ id, name }: Job): string {
  return name ?? id;
}

function gatesIn(workflow: Workflow, job: Job): number {
  return gatesOf({ ...workflow, jobs: [job] }).length;
}
