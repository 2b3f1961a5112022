import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { addressesOf, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-creation-unexplained",
  invariant: "blast-radius-is-bounded",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan creates what the base has already, or what nothing in the change asks for.",
  why: "Terraform only creates what is not in its state. Where the base has it, the state is missing, is an older one, or is that of another workspace: an apply makes a second of everything.",
  remedy:
    "Plan again with the state and the workspace that this configuration is applied with. Where something was deleted by hand, have people accept that it is made again.",
  yieldsTo: "tfplan-state-missing",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const rows = plan.rows.filter(
        ({ outcome, attribution }) => (outcome === "create" || outcome === "import") && attribution === "nothing",
      );
      const [first] = rows;
      if (first === undefined) continue;
      yield {
        at: first.at,
        about: plan.about,
        message: `${planOf(plan)} creates ${addressesOf(rows)}, which nothing in this change explains`,
      };
    }
  },
  examples: {
    "a queue that stands at the base": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   identifier = "orders"
      +   identifier = "shop"
        }
      ! resource "aws_sqs_queue" "audit" {
          name = "audit"
        }`,
    },
    "a queue that stands at the base, and changes": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }
      ! resource "aws_sqs_queue" "audit" {
      -   name = "audit"
      +   name = "audits"
        }`,
    },
    "an instance whose number is not decided, and did not change": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit[3]`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_sqs_queue" "audit" {
          count = var.queues
      -   name  = "audit"
      +   name  = "audits"
        }`,
    },
    "a queue that the change adds": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }
      + resource "aws_sqs_queue" "audit" {
      +   name = "audit"
      + }`,
    },
    "one more key": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.all["video"]`,
      change: `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "all" {
      -   for_each = toset(["mail"])
      +   for_each = toset(["mail", "video"])
          name     = each.key
        }`,
    },
    "instances by an expression that changed": {
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit[3]`,
      change: `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
      -   count = var.queues
      +   count = var.queues + 1
          name  = "audit"
        }`,
    },
  },
});
