import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { cloudLoginsIn } from "../../workflows/cloud-logins.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";
import type { Job, Workflow } from "../../workflows/model.ts";
import { inOrder, linesLike } from "../../workflows/script-patterns.ts";
import { runsBeforeMerge } from "../../workflows/triggers.ts";

const terraform = /\b(?:terraform|tofu|terragrunt)\b/u;

function plans(text: string): boolean {
  return inOrder(text, terraform, /\bplan\b/u) || /\bpulumi\s+preview\b|\bcdk\s+diff\b/u.test(text);
}

function applies(text: string): boolean {
  return (
    inOrder(text, terraform, /\b(?:apply|destroy)\b/u) || /\bpulumi\s+(?:up|destroy)\b|\bcdk\s+deploy\b/u.test(text)
  );
}

export default defineRule({
  id: "gha-plan-and-apply-share-role",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "medium",
  summary: "A job that plans for pull requests comes to hold the role that applies.",
  why: "A plan runs what the pull request says: a provider, an external program. With the role that applies, the proposal alone can change production.",
  remedy:
    "Give the plan a role of its own that only reads, and let the environment of production alone assume the one that applies.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes, unchanged }) {
    const beside = unchanged.flatMap((workflow) => workflow.jobs.map((job) => ({ workflow, job })));
    const sides = {
      base: [...changes.flatMap(({ before }) => placed(before)), ...beside],
      head: [...changes.flatMap(({ after }) => placed(after)), ...beside],
    };
    const found = newlyHeld(changes, (workflow) =>
      once(sharedIn(workflow, sides[workflow.root.place.side]).map((one) => ({ key: one.identity, trace: "", one }))),
    );
    for (const { workflow, item } of found) {
      const { identity, at, job, isKnown } = item.one;
      const about = `${workflow.path}#${job}.role`;
      if (!isKnown) {
        yield {
          at,
          about,
          undecided: `whether \`${identity}\`, which job \`${job}\` plans as, is what another job applies as`,
        };
        continue;
      }
      yield {
        at,
        about,
        message: `job \`${job}\` plans for pull requests as \`${identity}\`, which also applies`,
        asks: true,
        object: job,
      };
    }
  },
  examples: {
    "the plan gets the role of the apply": `
      M .github/workflows/terraform.yml
        on: [pull_request, push]
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
      -           role-to-assume: arn:aws:iam::123456789012:role/plan
      >           role-to-assume: arn:aws:iam::123456789012:role/apply
              - run: terraform plan
          apply:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
                  role-to-assume: arn:aws:iam::123456789012:role/apply
              - run: terraform apply -auto-approve`,
    "each has its own": `
      M .github/workflows/terraform.yml
        on: [pull_request, push]
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
      -           role-to-assume: arn:aws:iam::123456789012:role/plan
      +           role-to-assume: arn:aws:iam::123456789012:role/read
              - run: terraform plan
          apply:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
                  role-to-assume: arn:aws:iam::123456789012:role/apply
              - run: terraform apply -auto-approve`,
  },
});

interface PlacedJob {
  readonly workflow: Workflow;
  readonly job: Job;
}

function placed(workflow: Workflow | null): readonly PlacedJob[] {
  return workflow === null ? [] : workflow.jobs.map((job) => ({ workflow, job }));
}

/** Logins of jobs that plan before a merge, as an identity that some job applies with. */
function sharedIn(workflow: Workflow, all: readonly PlacedJob[]) {
  if (!runsBeforeMerge(workflow)) return [];
  const runs = (job: PlacedJob, does: (text: string) => boolean) =>
    linesLike({ ...job.workflow, jobs: [job.job] }, does).length > 0;
  const logins = ({ workflow: own, job }: PlacedJob) => cloudLoginsIn({ ...own, jobs: [job] });
  const appliers = new Set(
    all.filter((one) => runs(one, applies)).flatMap((one) => logins(one).flatMap(({ identity }) => identity ?? [])),
  );
  return placed(workflow)
    .filter((one) => runs(one, plans) && !runs(one, applies))
    .flatMap(logins)
    .flatMap(({ identity, at, job }) => {
      if (identity === null || appliers.size === 0) return [];
      const isKnown = appliers.has(identity);
      return isKnown || identity.includes("$") ? [{ identity, at, job, isKnown }] : [];
    });
}
