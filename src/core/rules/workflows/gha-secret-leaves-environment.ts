import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";
import { secretsUsed } from "../../workflows/secrets.ts";

export default defineRule({
  id: "gha-secret-leaves-environment",
  invariant: "no-secrets",
  severity: "high",
  confidence: "medium",
  summary: "A secret that only jobs of an environment read comes to be read by a job without one.",
  why: "Outside of an environment nobody is asked before the secret is handed out, and a run on any branch gets it, once somebody has put it where this job can read it.",
  remedy: "Give the job the environment that the secret belongs to.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes, jobs }) {
    const found = newlyHeld(changes, (workflow) =>
      once(
        secretsUsed(workflow).flatMap((use) =>
          use.environment === null && workflow.kind === "workflow" ? [{ key: use.name, trace: "", use }] : [],
        ),
      ),
    );
    for (const { workflow, item } of found) {
      const { name, job, at } = item.use;
      const former = changes.flatMap(({ before }) => (before === null ? [] : secretsUsed(before)));
      const within = former.find((use) => use.name === name && use.environment !== null);
      // That the job itself leaves its environment is told of the job.
      const itself = jobs.find(({ after }) => after?.workflow === workflow && after.job.id === job);
      if (within === undefined || itself?.before?.job.environment != null) continue;
      yield {
        at,
        about: `${workflow.path}#secrets.${name}.environment`,
        message: `job \`${job}\` reads \`${name}\` without an environment; before, jobs of \`${within.environment ?? ""}\` did`,
        asks: true,
        object: job,
      };
    }
  },
  examples: {
    "another job reads it": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            environment: production
            steps:
              - run: make deploy
                env:
                  KEY: \${{ secrets.DEPLOY_KEY }}
          check:
            runs-on: ubuntu-latest
            steps:
              - run: make check
      +         env:
      >           KEY: \${{ secrets.DEPLOY_KEY }}`,
    "another job of an environment": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            environment: production
            steps:
              - run: make deploy
                env:
                  KEY: \${{ secrets.DEPLOY_KEY }}
          check:
            runs-on: ubuntu-latest
            environment: production
            steps:
              - run: make check
      +         env:
      +           KEY: \${{ secrets.DEPLOY_KEY }}`,
    "it never was in one": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          check:
            runs-on: ubuntu-latest
            steps:
              - run: make check
      +         env:
      +           KEY: \${{ secrets.DEPLOY_KEY }}`,
  },
});
