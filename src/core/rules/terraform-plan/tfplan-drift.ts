import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { listed } from "../../terraform/telling.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { isLabel, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-drift",
  invariant: "nothing-stateful-is-deleted",
  severity: "medium",
  confidence: "high",
  summary: "What holds data was changed outside of Terraform since the last apply.",
  why: "Somebody worked on it by hand, perhaps in an emergency. A plan on top of that takes it back, or builds on what nobody wrote down.",
  remedy:
    "Take what was changed into the configuration, or revert it, in a change of its own; else have people accept it.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      const drifted = plan.plan.drift.filter(
        ({ mode, type, attributes, unlisted }) =>
          mode !== "data" &&
          tierOf(type, policy.stateful) !== null &&
          (unlisted > 0 || attributes.some(({ path }) => !isLabel(path))),
      );
      if (drifted.length === 0) continue;
      const addresses = listed(drifted.map(({ address }) => address));
      yield {
        at: plan.home,
        about: plan.about,
        message: `${planOf(plan)} found ${addresses} changed outside of Terraform`,
        asks: true,
      };
    }
  },
  examples: {
    "a database": {
      terraformPlan: `
        drift:
          - update: aws_db_instance.main
            of: { instance_class: [a, b] }
        changes: []`,
      change: `
      > M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   tags = { a = "b" }
      +   tags = { a = "c" }
        }`,
    },
    "only its tags": {
      terraformPlan: `
        drift:
          - update: aws_db_instance.main
            of: { tags: [{ a: b }, { a: c }] }
        changes: []`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   tags = { a = "b" }
      +   tags = { a = "c" }
        }`,
    },
    "what holds nothing": {
      terraformPlan: `
        drift:
          - update: aws_cloudwatch_metric_alarm.load
            of: { threshold: [1, 2] }
        changes: []`,
      change: `
      M terraform/production/main.tf
        resource "aws_cloudwatch_metric_alarm" "load" {
      -   threshold = 1
      +   threshold = 2
        }`,
    },
  },
});
