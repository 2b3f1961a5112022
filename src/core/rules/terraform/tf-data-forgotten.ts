import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { fatesOf } from "../../terraform/fates.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { inCode, isDeployed, nameOf } from "../../terraform/telling.ts";

export default defineRule({
  id: "tf-data-forgotten",
  invariant: "nothing-stateful-is-deleted",
  severity: "medium",
  confidence: "high",
  summary: "Terraform lets go of a resource that holds something, without destroying it.",
  why: "What no configuration names is guarded by none: `prevent_destroy` no longer holds, nobody sees it drift, and the next clean-up takes it for a leftover.",
  remedy: "Name the configuration that takes it over, with its `import` block, or keep the resource here.",
  yieldsTo: "tfplan-data-forgotten",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    const told = new Set<string>();
    for (const fate of fatesOf(view)) {
      if (fate.kind !== "forgotten" || tierOf(fate.before.type, policy.stateful) === null) continue;
      const { before, root, statement } = fate;
      const about = `${before.path} ${nameOf(before)}`;
      if (told.has(about) || !isDeployed(root, [before.path, statement.path], reach)) continue;
      told.add(about);
      yield {
        at: { path: statement.path, side: "head", line: statement.block.line },
        about,
        asks: true,
        paths: [before.path],
        object: before.address,
        message: `${inCode(before.address)} stays where it is, and Terraform no longer knows of it`,
        before: "managed",
        after: "forgotten",
      };
    }
  },
  examples: {
    "a database": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
      > removed {
      +   from = aws_db_instance.main
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
    "an alarm": `
      M terraform/production/main.tf
      - resource "aws_cloudwatch_metric_alarm" "cpu" {
      - }
      + removed {
      +   from = aws_cloudwatch_metric_alarm.cpu
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
    "it is destroyed, which another rule reports": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      - }
      + removed {
      +   from = aws_db_instance.main
      + }`,
    "it had gone before": `
      M terraform/production/main.tf
        locals { a = 1 }
      + removed {
      +   from = aws_db_instance.main
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
  },
});
