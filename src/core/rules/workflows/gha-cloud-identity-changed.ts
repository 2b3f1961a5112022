import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { cloudLoginsIn } from "../../workflows/cloud-logins.ts";

export default defineRule({
  id: "gha-cloud-identity-changed",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "medium",
  summary: "A job becomes another role or account of the cloud than before, or asks for a token for somebody else.",
  why: "What the other one may do is not in the workflow. A name is all that stands between a job that reads and one that administers.",
  remedy: "Have somebody who knows both roles compare what they may do, and who may become the new one.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs, changes }) {
    const known = new Set(
      changes.flatMap(({ before }) => (before === null ? [] : cloudLoginsIn(before).map(({ identity }) => identity))),
    );
    for (const { before, after } of jobs) {
      if (before === null || after === null) continue;
      const was = cloudLoginsIn({ ...before.workflow, jobs: [before.job] });
      const held = new Set(was.map(({ identity }) => identity));
      for (const { identity, cloud, at, job, text, audience } of cloudLoginsIn({
        ...after.workflow,
        jobs: [after.job],
      })) {
        const same = was.find((login) => login.cloud === cloud && login.text === text && login.identity === identity);
        if (same !== undefined && identity !== null && same.audience?.text !== audience?.text) {
          yield {
            at: audience?.at ?? at,
            about: `${after.workflow.path}#${job}.audience`,
            message: `job \`${job}\` asks for a token for \`${audience?.text ?? "the default audience"}\` in place of \`${same.audience?.text ?? "the default audience"}\``,
            asks: true,
            object: job,
          };
        }
        if (identity === null || held.has(identity)) continue;
        const former = was.find((login) => login.cloud === cloud && login.text === text);
        if (former === undefined) continue;
        yield {
          at,
          about: `${after.workflow.path}#${job}.${text}`,
          message: `job \`${job}\` becomes \`${identity}\`${known.has(identity) ? ", which another job was," : ""} in place of \`${former.identity ?? former.text}\``,
          asks: true,
          object: job,
        };
      }
    }
  },
  examples: {
    "another role": {
      change: `
      M .github/workflows/plan.yml
        on: pull_request
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
      -           role-to-assume: arn:aws:iam::123456789012:role/plan
      >           role-to-assume: arn:aws:iam::123456789012:role/admin`,
      reverse: "reports",
    },
    "another audience": {
      change: `
      M .github/workflows/plan.yml
        on: pull_request
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
                  role-to-assume: arn:aws:iam::123456789012:role/plan
      -           audience: sts.amazonaws.com
      >           audience: sts.amazonaws.com.cn`,
      reverse: "reports",
    },
    "the same role, with another session": `
      M .github/workflows/plan.yml
        on: pull_request
        jobs:
          plan:
            runs-on: ubuntu-latest
            steps:
      -       - uses: aws-actions/configure-aws-credentials@v4
      +       - uses: aws-actions/configure-aws-credentials@v5
                with:
                  role-to-assume: arn:aws:iam::123456789012:role/plan
      +           role-session-name: plan`,
  },
});
