import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { listed } from "../../terraform/telling.ts";
import { configurationDifference } from "../../terraform-plan/signals.ts";
import { planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-configuration-differs",
  invariant: "blast-radius-is-bounded",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan is of another configuration than the one at the head.",
  why: "It was made before the last push, in another folder, or by hand: what it says is not what an apply of this change would do.",
  remedy: "Plan again from exactly this head. Where files are written before planning, have the workflow commit them.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const { home: at, about, name } = plan;
      const difference = configurationDifference(plan);
      // Of a root that was not read the change touches nothing: what the plan does there is unexplained.
      if (difference === null && plan.declared.namedAtHead === null && plan.rows.length === 0) continue;
      if (difference === null) {
        yield {
          at,
          about,
          undecided: `whether the plan of ${name} is of this head: the configuration is not known on both sides`,
        };
        continue;
      }
      const { planned, written } = difference;
      const said = [
        ...(planned.length === 0 ? [] : [`only the plan knows of ${listed(planned)}`]),
        ...(written.length === 0 ? [] : [`only the head has ${listed(written)}`]),
      ];
      if (said.length > 0) yield { at, about, message: `${planOf(plan)} is not of this head: ${said.join("; ")}` };
    }
  },
  examples: {
    "the plan knows of a queue that the head does not have": {
      terraformPlan: `
        configuration: [aws_sqs_queue.audit, aws_sqs_queue.mail]
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
    "the head has a queue that the plan does not know of": {
      terraformPlan: `
        configuration: [aws_sqs_queue.audit]
        changes:
          - update: aws_sqs_queue.audit
            of: { name: [a, b] }`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }
      + resource "aws_sqs_queue" "mail" {
      + }`,
    },
    "the plan does not say what it is of": {
      terraformPlan: `
        configuration: null
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
    "what lies in a module elsewhere": {
      terraformPlan: `
        configuration: [module.queue.aws_sqs_queue.this]
        changes:
          - update: module.queue.aws_sqs_queue.this
            of: { name: [a, b] }`,
      change: `
      M terraform/production/main.tf
        module "queue" {
          source = "terraform-aws-modules/sqs/aws"
      -   name   = "a"
      +   name   = "b"
        }`,
    },
  },
});
