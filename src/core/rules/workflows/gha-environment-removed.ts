import { z } from "zod";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gha-environment-removed",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary:
    "A job leaves the environment that it ran in, and with it the reviewers, waits and branch rules of that environment.",
  why: "An environment is where GitHub stops a deployment until somebody agrees, and the only place whose secrets not every workflow can read.",
  remedy: "Keep the job in its environment, and let people who may change its protection do so in the settings.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs }) {
    for (const { before, after } of jobs) {
      const was = before?.job.environment ?? null;
      if (was === null || after === null) continue;
      const is = after.job.environment;
      if (is?.name === was.name) continue;
      yield {
        at: is?.at ?? after.job.at,
        about: `${after.workflow.path}#${after.job.id}.environment`,
        message:
          is === null
            ? `job \`${after.job.id}\` leaves the environment \`${was.name}\` and runs without any`
            : `job \`${after.job.id}\` goes from environment \`${was.name}\` to \`${is.name}\`, and what protected it stays behind`,
        // What the other environment asks for is in the settings.
        ...(is === null ? {} : { asks: true as const }),
        object: after.job.id,
        before: was.name,
        after: is?.name ?? null,
      };
    }
  },
  examples: {
    "the job runs without": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
      !     runs-on: ubuntu-latest
      -     environment: production
            steps:
              - run: make deploy`,
    "another one": {
      change: `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            environment:
      -       name: production
      >       name: production-auto
              url: https://acme.example
            steps:
              - run: make deploy`,
      reverse: "reports",
    },
    "the job is called otherwise, too": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
      -   deploy:
      -     environment: production
      +   ship:
      !     runs-on: ubuntu-latest
            steps:
              - run: make deploy
              - run: make verify`,
    "written otherwise": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
      -     environment: production
      +     environment: { name: production, url: "https://acme.example" }
            steps:
              - run: make deploy`,
    "the job is gone": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          build: { runs-on: ubuntu-latest, steps: [{ run: make }] }
      -   deploy:
      -     runs-on: ubuntu-latest
      -     environment: production
      -     steps:
      -       - run: make deploy`,
  },
});
