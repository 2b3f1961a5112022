import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { missingState } from "../../terraform-plan/signals.ts";
import { planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-state-missing",
  invariant: "blast-radius-is-bounded",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan was made from a state that is empty, or holds much less than there is.",
  why: "Everything that exists and is not in the state is created once more, and what comes next is the cleaning up, in which production was taken for the duplicate.",
  remedy: "Do not apply it. Find the state that this root is applied with (backend, key, workspace), and plan again.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const said = missingState(plan);
      if (said.length > 0)
        yield {
          at: plan.home,
          about: plan.about,
          message: `${planOf(plan)} is not of what exists: ${said.join("; ")}`,
        };
    }
  },
  examples: {
    "an empty state": {
      terraformPlan: `
        state: []
        changes:
          - create: aws_sqs_queue.audit
          - create: aws_sqs_queue.mail`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }
        resource "aws_sqs_queue" "mail" {
        }`,
    },
    "a state that holds something else, and all is created": {
      terraformPlan: `
        state: [aws_sns_topic.other]
        changes:
          - create: aws_sqs_queue.audit
          - create: aws_sqs_queue.mail`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }
        resource "aws_sqs_queue" "mail" {
        }`,
    },
    "an empty state beside a module from elsewhere": {
      terraformPlan: `
        state: []
        configuration: [module.vpc.aws_vpc.this]
        changes:
          - create: module.vpc.aws_vpc.this`,
      change: `
      > M terraform/production/main.tf
        module "vpc" {
          source = "terraform-aws-modules/vpc/aws"
      -   name   = "a"
      +   name   = "b"
        }`,
    },
    "less than there was": {
      terraformPlan: `
        state: [aws_sqs_queue.audit]
        remembered: { managed: 3 }
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
    "a configuration that is new": {
      terraformPlan: `
        state: []
        changes:
          - create: aws_sqs_queue.audit`,
      change: `
      A terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
          name = "a"
        }`,
    },
    "as much as there was": {
      terraformPlan: `
        remembered: { managed: 1 }
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
