import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { addressesOf, byBlock, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-data-destroyed",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan destroys a resource that holds data.",
  why: "It is what apply will do, not what a file seems to say: what is destroyed is gone with everything in it, and often with its automated backups. No revert brings data back.",
  remedy:
    "Keep the resource, or let go of it with a `removed` block and `destroy = false`. Where it only has another address, add a `moved` block.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      const lost = plan.rows.filter(
        ({ change, outcome }) =>
          (outcome === "delete" || outcome === "unknown") &&
          change.deposed === null &&
          tierOf(change.type, policy.stateful) === "A",
      );
      for (const rows of byBlock(lost)) {
        const [{ at, about, change, outcome }] = rows;
        const how = outcome === "unknown" ? "does what this version does not know to" : "destroys";
        yield {
          at,
          about,
          message: `${planOf(plan)} ${how} ${addressesOf(rows)}`,
          object: change.address,
          before: "present",
          after: outcome === "unknown" ? "unknown" : "destroyed",
        };
      }
    }
  },
  examples: {
    "a database whose block goes": {
      terraformPlan: `
        changes:
          - delete: aws_db_instance.main`,
      change: `
      M terraform/production/main.tf
      < resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
        locals { a = 1 }`,
    },
    "a database that nobody touched": {
      terraformPlan: `
        changes:
          - delete: aws_db_instance.main`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_db_instance" "main" {
          identifier = "orders"
        }
        locals {
      -   a = 1
      +   a = 2
        }`,
    },
    "an action that this version does not know": {
      terraformPlan: `
        changes:
          - dissolve: aws_db_instance.main`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_db_instance" "main" {
      -   identifier = "orders"
      +   identifier = "shop"
        }`,
    },
    "one of a kind whose module is elsewhere": {
      terraformPlan: `
        changes:
          - delete: module.db.aws_rds_cluster.this[0]`,
      change: `
      M terraform/production/main.tf
      ! module "db" {
          source = "terraform-aws-modules/rds-aurora/aws"
      -   create = true
      +   create = false
        }`,
    },
    "what holds nothing": {
      terraformPlan: `
        changes:
          - delete: aws_cloudwatch_metric_alarm.load`,
      change: `
      M terraform/production/main.tf
      - resource "aws_cloudwatch_metric_alarm" "load" {
      - }
        locals { a = 1 }`,
    },
    "a leftover of a replacement that came before": {
      terraformPlan: `
        changes:
          - delete: aws_db_instance.main
            deposed: abc123`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   identifier = "orders"
      +   identifier = "shop"
        }`,
    },
  },
});
