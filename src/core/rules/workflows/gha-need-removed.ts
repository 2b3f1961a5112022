import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { gatesOf } from "../../workflows/gates.ts";
import type { Job, Workflow } from "../../workflows/model.ts";

export default defineRule({
  id: "gha-need-removed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary: "A job no longer waits for jobs that test, and runs whatever becomes of them.",
  why: "`needs` is what keeps a deployment behind its tests, and what makes one required job stand for all the others. Without it the tests may fail, and nothing stops.",
  remedy: "Keep the jobs that test among `needs`; let what has to be quick wait for the quick ones at least.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs }) {
    for (const { before, after } of jobs) {
      if (before === null || after === null) continue;
      const waited = waitedFor(before.workflow, before.job);
      const waits = waitedFor(after.workflow, after.job);
      const testing = jobs.flatMap((pair) =>
        pair.before?.workflow === before.workflow &&
        waited.has(pair.before.job.id) &&
        pair.after?.workflow === after.workflow &&
        !waits.has(pair.after.job.id) &&
        gatesOf({ ...after.workflow, jobs: [pair.after.job] }).length > 0
          ? [pair.after.job.id]
          : [],
      );
      if (testing.length === 0) continue;
      yield {
        at: after.job.root.at("needs")?.place ?? after.job.at,
        about: `${after.workflow.path}#${after.job.id}.needs`,
        message: `job \`${after.job.id}\` no longer waits for \`${testing.join("`, `")}\`, which ${testing.length === 1 ? "tests" : "test"}`,
        asks: true,
        object: after.job.id,
      };
    }
  },
  examples: {
    "a deployment overtakes its tests": `
      M .github/workflows/release.yml
        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          lint:
            runs-on: ubuntu-latest
            steps: [{ run: eslint . }]
          deploy:
      -     needs: [test, lint]
      >     needs: [lint]
            runs-on: ubuntu-latest
            steps: [{ run: make deploy }]`,
    "the one job that is required stands for fewer": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          all:
      -     needs: test
      !     runs-on: ubuntu-latest
            steps: [{ run: echo passed }]`,
    "it waits by way of another": `
      M .github/workflows/release.yml
        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          build:
            needs: test
            runs-on: ubuntu-latest
            steps: [{ run: make }]
          deploy:
      -     needs: [test, build]
      +     needs: [build]
            runs-on: ubuntu-latest
            steps: [{ run: make deploy }]`,
    "what it waited for tests nothing, or is called otherwise": `
      M .github/workflows/release.yml
        on: push
        jobs:
      -   test:
      +   unit:
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          notify:
            runs-on: ubuntu-latest
            steps: [{ run: echo begins }]
          deploy:
      -     needs: [test, notify]
      +     needs: [unit]
            runs-on: ubuntu-latest
            steps: [{ run: make deploy }]`,
  },
});

/** Ids of the jobs that have to end before it, from near and far. */
function waitedFor({ jobs }: Workflow, job: Job): ReadonlySet<string> {
  const byId = new Map(jobs.map((one) => [one.id, one]));
  const found = new Set(job.needs);
  for (const id of found) for (const one of byId.get(id)?.needs ?? []) found.add(one);
  return found;
}
