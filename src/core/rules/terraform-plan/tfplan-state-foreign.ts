import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { foreignState } from "../../terraform-plan/signals.ts";
import { planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-state-foreign",
  invariant: "blast-radius-is-bounded",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan was made from the state of something else, or from an older one.",
  why: "What is in that state and not in this configuration is destroyed. With an old archive of another site, that was production.",
  remedy:
    "Do not apply it. Plan again with the state that this root is applied with. Where the state was moved on purpose, have people accept it.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const said = foreignState(plan);
      if (said.length > 0)
        yield { at: plan.home, about: plan.about, message: `${planOf(plan)} is not of this root: ${said.join("; ")}` };
    }
  },
  examples: {
    "nothing of it is declared here": {
      terraformPlan: `
        state: ["aws_instance.production[0]", "aws_instance.production[1]"]
        changes:
          - delete: aws_instance.production[0]
          - delete: aws_instance.production[1]
          - create: aws_sqs_queue.audit`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "a"
      +   name = "b"
        }`,
    },
    "another lineage": {
      terraformPlan: `
        lineage: b
        remembered: { managed: 1, lineage: a, serial: 4 }
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
    "an older serial": {
      terraformPlan: `
        lineage: a
        serial: 3
        remembered: { managed: 1, lineage: a, serial: 4 }
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
    "a state that lies elsewhere": {
      terraformPlan: `
        backend: other
        remembered: { managed: 1, backend: one }
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
    "the next serial": {
      terraformPlan: `
        lineage: a
        serial: 5
        remembered: { managed: 1, lineage: a, serial: 4 }
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
