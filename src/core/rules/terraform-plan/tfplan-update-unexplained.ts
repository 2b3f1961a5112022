import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { addressesOf, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-update-unexplained",
  invariant: "blast-radius-is-bounded",
  severity: "medium",
  confidence: "medium",
  summary: "A Terraform plan updates or moves what nothing in the change touches.",
  why: "Somebody changed it by hand, a data source or a provider answers otherwise than before, or an earlier change was never applied: approving this change approves that as well.",
  remedy:
    "Take what was changed by hand into the configuration, or revert it in a change of its own; else have people accept that it is changed back.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }) {
    for (const plan of plans) {
      const rows = plan.rows.filter(
        ({ outcome, attribution }) => (outcome === "update" || outcome === "move") && attribution === "nothing",
      );
      const [first] = rows;
      if (first === undefined) continue;
      yield {
        at: first.at,
        about: plan.about,
        message: `${planOf(plan)} changes ${addressesOf(rows)}, which nothing in this change explains`,
        asks: true,
      };
    }
  },
  examples: {
    "drift that is to be reverted": {
      terraformPlan: `
        changes:
          - update: aws_sqs_queue.audit
            of: { delay_seconds: [7, 1] }`,
      change: `
      M terraform/production/main.tf
        resource "aws_sns_topic" "main" {
      -   name = "orders"
      +   name = "shop"
        }
      ! resource "aws_sqs_queue" "audit" {
          delay_seconds = 1
        }`,
    },
    "drift beside a change of the same resource": {
      terraformPlan: `
        changes:
          - update: aws_sqs_queue.audit
            of: { delay_seconds: [7, 1], name: [a, b] }`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_sqs_queue" "audit" {
          delay_seconds = 1
      -   name          = "a"
      +   name          = "b"
        }`,
    },
    "what the change asks for": {
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
    "another version of the provider": {
      terraformPlan: `
        changes:
          - update: aws_sqs_queue.audit
            provider: registry.terraform.io/hashicorp/aws
            of: { fifo: [null, false] }`,
      change: `
      = terraform/production/main.tf
        resource "aws_sqs_queue" "audit" {
          name = "b"
        }
      M terraform/production/.terraform.lock.hcl
        provider "registry.terraform.io/hashicorp/aws" {
      -   version = "5.1.0"
      +   version = "6.0.0"
        }`,
    },
    "a local that reaches it through a module": {
      terraformPlan: `
        changes:
          - update: module.queue.aws_sqs_queue.audit
            of: { tags: [{ a: b }, { a: c }] }`,
      change: `
      M terraform/production/main.tf
        locals {
      -   tags = { a = "b" }
      +   tags = { a = "c" }
        }
        module "queue" {
          source = "../modules/queue"
          tags   = local.tags
        }
      = terraform/modules/queue/main.tf
        variable "tags" {}
        resource "aws_sqs_queue" "audit" {
          tags = var.tags
        }`,
    },
  },
});
