import { z } from "zod";
import { defineRule } from "../../rule.ts";
import type { Value } from "../../views/value.ts";
import type { Placed } from "../../workflows/pairing.ts";
import { linesLike } from "../../workflows/script-patterns.ts";

const deploying =
  /\b(?:terraform|tofu|terragrunt)\b.*\b(?:apply|destroy)\b|\bpulumi\s+up\b|\bcdk\s+deploy\b|\bhelm\s+(?:upgrade|install)\b|\bkubectl\s+(?:apply|rollout|set)\b|\bargocd\s+app\s+sync\b|\bdeploy\b|\bmigrat(?:e|ions?)\b/u;

export default defineRule({
  id: "gha-concurrency-removed",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "medium",
  summary: "Two runs of a job that deploys may go on at the same time, or one may break another off.",
  why: "Two deployments at once overtake each other: the older one may end last and stay, and two applies write one state. One that is broken off in the middle leaves half of each.",
  remedy: "Keep one `concurrency` group for each environment, with `cancel-in-progress: false`.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs }) {
    for (const { before, after } of jobs) {
      if (before === null || after === null || after.workflow.kind === "action" || !deploys(after)) continue;
      const [was, is] = [queueOf(before), queueOf(after)];
      if (was === null) continue;
      const about = `${after.workflow.path}#${after.job.id}.concurrency`;
      const whose = `job \`${after.job.id}\`, which deploys,`;
      if (is === null) {
        yield {
          at: after.job.at,
          about,
          message: `${whose} had the group \`${was.group}\` and may now run several times at once`,
          asks: true,
          object: after.job.id,
        };
      } else if (!was.cancels && is.cancels) {
        yield {
          at: is.at.place,
          about,
          message: `${whose} is broken off in the middle when the next one comes`,
          asks: true,
          object: after.job.id,
        };
      }
    }
  },
  examples: {
    "the group is gone": `
      M .github/workflows/deploy.yml
        on: push
      - concurrency: production
        jobs:
          deploy:
      !     runs-on: ubuntu-latest
            environment: production
            steps: [{ run: make }]`,
    "the next one breaks it off": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          apply:
            runs-on: ubuntu-latest
            concurrency:
              group: production
      -       cancel-in-progress: false
      >       cancel-in-progress: true
            steps: [{ run: terraform apply -auto-approve }]`,
    "the group moves from the job to the workflow": `
      M .github/workflows/deploy.yml
        on: push
      + concurrency: production
        jobs:
          deploy:
            runs-on: ubuntu-latest
            environment: production
      -     concurrency: production
            steps: [{ run: make }]`,
    "tests need none": `
      M .github/workflows/ci.yml
        on: pull_request
      - concurrency: ci
        jobs:
          test:
            runs-on: ubuntu-latest
            steps: [{ run: make test }]`,
  },
});

function deploys({ workflow, job }: Placed): boolean {
  return job.environment !== null || linesLike({ ...workflow, jobs: [job] }, deploying).length > 0;
}

/** The group that a job queues up in: its own, or that of the whole workflow. */
function queueOf({
  workflow,
  job,
}: Placed): { readonly group: string; readonly cancels: boolean; readonly at: Value } | null {
  const found = [job.concurrency, workflow.root.at("concurrency")].find(
    (value) => value !== undefined && value.scalar !== null,
  );
  if (found === undefined) return null;
  const group = String((found.scalar === undefined ? found.at("group")?.scalar : found.scalar) ?? "");
  const cancels = found.at("cancel-in-progress");
  return { group, cancels: cancels?.scalar != null && cancels.scalar !== false, at: cancels ?? found };
}
