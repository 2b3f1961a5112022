import { z } from "zod";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "tfplan-out-of-date",
  invariant: "blast-radius-is-bounded",
  severity: "high",
  confidence: "medium",
  summary: "A Terraform plan is older than the configuration that it would be applied with.",
  why: "The base has moved in the same root since the branch was made: what was applied in between is not in the plan, and may be undone by it.",
  remedy: "Bring the branch up to date, and plan again.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const { isBehind, home: at, about, name } of plans)
      if (isBehind)
        yield {
          at,
          about,
          undecided: `what Terraform would do in ${name} now: its files changed on the base, and nothing shows that the plan was made after that`,
        };
  },
  examples: {
    "the base has moved since": {
      terraformPlan: `
        behind: true
        changes:
          - update: aws_sqs_queue.audit
            of: { name: [a, b] }`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }`,
    },
    "the base stands where it stood": {
      terraformPlan: `
        changes:
          - update: aws_sqs_queue.audit
            of: { name: [a, b] }`,
      change: `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }`,
    },
  },
});
