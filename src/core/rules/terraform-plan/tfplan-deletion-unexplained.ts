import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { addressesOf, planOf } from "../../terraform-plan/telling.ts";

const ending = new Set(["delete", "replace", "forget", "unknown"]);

export default defineRule({
  id: "tfplan-deletion-unexplained",
  invariant: "blast-radius-is-bounded",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan deletes, replaces or lets go of what nothing in the change takes away.",
  why: "The state holds what the configuration at hand does not: it is that of something else, the branch is older than what was applied, or somebody asked for the deletion on the command line.",
  remedy:
    "Bring the branch up to date, and plan again with the state and the workspace that this configuration is applied with, without `-destroy` and `-replace`.",
  yieldsTo: "tfplan-state-foreign",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const rows = plan.rows.filter(
        ({ change, outcome, attribution }) =>
          ending.has(outcome) && change.deposed === null && attribution === "nothing",
      );
      const [first] = rows;
      if (first !== undefined) {
        yield {
          at: first.at,
          about: plan.about,
          message: `${planOf(plan)} ends ${addressesOf(rows)}, which nothing in this change explains`,
        };
      }
      const deposed = plan.rows.filter(({ change }) => change.deposed !== null);
      const [leftover] = deposed;
      if (leftover === undefined) continue;
      yield {
        at: leftover.at,
        about: `${plan.about} deposed`,
        message: `${planOf(plan)} deletes what earlier replacements left of ${addressesOf(deposed)}`,
        asks: true,
      };
    }
  },
  examples: {
    "a queue that nobody took out": {
      terraformPlan: `
        changes:
          - delete: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
        resource "aws_sns_topic" "main" {
      -   name = "orders"
      +   name = "shop"
        }
      ! resource "aws_sqs_queue" "audit" {
          name = "audit"
        }`,
    },
    "something that this configuration has never had": {
      terraformPlan: `
        changes:
          - delete: aws_instance.production[0]`,
      change: `
      > M terraform/production/main.tf
        resource "aws_sns_topic" "main" {
      -   name = "orders"
      +   name = "shop"
        }`,
    },
    "a replacement that was asked for": {
      terraformPlan: `
        changes:
          - replace: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_sqs_queue" "audit" {
      -   delay_seconds = 1
      +   delay_seconds = 2
        }`,
    },
    "a leftover": {
      terraformPlan: `
        changes:
          - delete: aws_sqs_queue.audit
            deposed: abc123`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_sqs_queue" "audit" {
      -   delay_seconds = 1
      +   delay_seconds = 2
        }`,
    },
    "a queue that the change takes out": {
      terraformPlan: `
        changes:
          - delete: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
      - resource "aws_sqs_queue" "audit" {
      -   name = "audit"
      - }
        locals { a = 1 }`,
    },
    "a replacement that an attribute forces": {
      terraformPlan: `
        changes:
          - replace: aws_sqs_queue.audit
            forced_by: [[name]]`,
      change: `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "audit"
      +   name = "audits"
        }`,
    },
    "a replacement of what refers to something that is replaced": {
      terraformPlan: `
        changes:
          - replace: aws_sqs_queue.audit
            forced_by: [[name]]
          - replace: aws_sqs_queue_policy.audit
            forced_by: [[queue_url]]`,
      change: `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   name = "audit"
      +   name = "audits"
        }
        resource "aws_sqs_queue_policy" "audit" {
          queue_url = aws_sqs_queue.audit.id
        }`,
    },
  },
});
