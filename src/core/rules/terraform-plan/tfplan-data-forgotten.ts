import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { addressesOf, byBlock, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-data-forgotten",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "By a Terraform plan Terraform lets go of a resource that holds data.",
  why: "What it lets go of goes on to exist, and nothing of the configuration protects it or says that it is there. The next apply of somebody else may create a second one.",
  remedy: "Keep it in the configuration, or say which one takes it over with an `import` block.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      const left = plan.rows.filter(
        ({ change, outcome }) => outcome === "forget" && tierOf(change.type, policy.stateful) !== null,
      );
      for (const rows of byBlock(left)) {
        const [{ at, about, change }] = rows;
        yield { at, about, message: `${planOf(plan)} lets go of ${addressesOf(rows)}`, object: change.address };
      }
    }
  },
  examples: {
    "a database": {
      terraformPlan: `
        changes:
          - forget: aws_db_instance.main`,
      change: `
      M terraform/production/main.tf
      < resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
      + removed {
      +   from = aws_db_instance.main
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
    },
    "an alarm": {
      terraformPlan: `
        changes:
          - forget: aws_cloudwatch_metric_alarm.load`,
      change: `
      M terraform/production/main.tf
      - resource "aws_cloudwatch_metric_alarm" "load" {
      - }
      + removed {
      +   from = aws_cloudwatch_metric_alarm.load
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
    },
  },
});
