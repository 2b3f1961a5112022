import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { crossing, tightest } from "../../../lib/bound.ts";
import { formatDecimal, whole } from "../../../lib/quantity.ts";
import { planOf, verb } from "../../terraform-plan/telling.ts";
import { weighed } from "../../terraform-plan/weights.ts";

const ended = new Set(["delete", "forget", "unknown"]);

export default defineRule({
  id: "tfplan-too-much",
  invariant: "blast-radius-is-bounded",
  severity: "high",
  confidence: "high",
  summary: "A Terraform plan does more at once than the policy allows.",
  why: "Nobody reads a plan of many rows line by line, and what is destroyed by mistake is found among what is destroyed on purpose.",
  remedy:
    "Have people read the plan row by row and accept it; or split the change, and apply one part before the next is planned.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    const limits = policy.limits.terraform;
    for (const plan of plans) {
      const sums = [
        {
          key: "deletes",
          bound: limits.deletes,
          rows: plan.rows.filter(({ outcome }) => ended.has(outcome)),
          what: "ends",
        },
        {
          key: "replaces",
          bound: limits.replaces,
          rows: plan.rows.filter(({ outcome }) => outcome === "replace"),
          what: "replaces",
        },
        { key: "changes", bound: limits.changes, rows: plan.rows, what: "acts on" },
      ];
      for (const { key, bound, rows, what } of sums) {
        const crossed = crossing(bound, whole(rows.length));
        const limit = crossed === "max" ? bound.max : tightest(bound);
        const [first] = rows;
        if (crossed === null || limit === null || first === undefined) continue;
        const says =
          crossed === "max"
            ? `the limit is ${formatDecimal(limit)}`
            : `above ${formatDecimal(limit)} a person is asked`;
        yield {
          at: first.at,
          about: `${plan.about} ${key}`,
          message: `${planOf(plan)} ${what} ${rows.length} ${verb(rows.length, "resource", "resources")}; ${says}`,
          ...(crossed === "max" ? {} : { asks: true as const }),
          after: rows.length,
          boundsFrom: [{ key: `limits.terraform.${key}`, value: formatDecimal(limit) }],
          workings: weighed(plan.rows),
        };
      }
    }
  },
  examples: {
    "one more than may be deleted": {
      policy: `
        version: 1
        limits: { terraform: { deletes: 1 } }`,
      terraformPlan: `
        changes:
          - delete: aws_sqs_queue.audit
          - delete: aws_sqs_queue.mail`,
      change: `
      M terraform/production/main.tf
      < resource "aws_sqs_queue" "audit" {
      - }
      - resource "aws_sqs_queue" "mail" {
      - }
        locals { a = 1 }`,
    },
    "one replacement asks a person": {
      terraformPlan: `
        changes:
          - replace: aws_sqs_queue.audit
            forced_by: [[name]]`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_sqs_queue" "audit" {
      -   name = "audit"
      +   name = "audits"
        }`,
    },
    "many changes": {
      policy: `
        version: 1
        limits: { terraform: { changes: 1 } }`,
      terraformPlan: `
        changes:
          - create: aws_sqs_queue.audit
          - create: aws_sqs_queue.mail`,
      change: `
      M terraform/production/main.tf
      > resource "aws_sqs_queue" "audit" {
      + }
      + resource "aws_sqs_queue" "mail" {
      + }
        locals { a = 1 }`,
    },
    "as many as may be": {
      policy: `
        version: 1
        limits: { terraform: { deletes: { review_above: 1, max: 2 } } }`,
      terraformPlan: `
        changes:
          - delete: aws_sqs_queue.audit`,
      change: `
      M terraform/production/main.tf
      - resource "aws_sqs_queue" "audit" {
      - }
        locals { a = 1 }`,
    },
  },
});
