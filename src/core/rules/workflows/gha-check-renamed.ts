import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { gatesOf } from "../../workflows/gates.ts";
import type { WorkflowsView } from "../../views/workflows.ts";
import type { Job, Workflow } from "../../workflows/model.ts";
import type { Placed } from "../../workflows/pairing.ts";
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
      const taker = takerOf(was, jobs);
      yield {
        at: after.job.root.at("name")?.place ?? after.job.at,
        about: `${after.workflow.path}#${after.job.id}.name`,
        message:
          taker === null
            ? `the check \`${was}\` is called \`${is}\` from now on`
            : `the check \`${was}\` is called \`${is}\` from now on, and job \`${taker.job.id}\`, which tests nothing, reports under the old name`,
        ...(taker === null ? { asks: true as const } : {}),
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

/** A job that comes by the name of a check and has nothing in it that could fail: whoever requires the check gets its green. */
function takerOf(name: string, jobs: WorkflowsView["jobs"]): Placed | null {
  const found = jobs.find(
    ({ before, after }) =>
      after !== null &&
      after.workflow.kind === "workflow" &&
      nameOf(after.job) === name &&
      (before === null || nameOf(before.job) !== name) &&
      after.job.calls === null &&
      gatesIn(after.workflow, after.job) === 0,
  );
  return found?.after ?? null;
}

function gatesIn(workflow: Workflow, job: Job): number {
  return gatesOf({ ...workflow, jobs: [job] }).length;
}
