import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, listed } from "../../terraform/telling.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { removals } from "../../terraform-plan/losses.ts";
import { isLabel, pathText, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-contents-removed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "A Terraform plan updates a resource that holds data, and takes something out of it.",
  why: "An update in place can delete all the same: a node pool of a cluster, a replica, a rule of retention, a key of a table. Plans count it among the harmless ones.",
  remedy: "Say in the pull request that it is to go, and have people accept it; or put back what the plan removes.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      for (const { change, outcome, at, about } of plan.rows) {
        if (outcome !== "update" || tierOf(change.type, policy.stateful) === null) continue;
        const gone = removals(change).filter(({ path }) => !isLabel(path));
        const what = `${about} ${change.address}`;
        if (gone.length > 0) {
          const paths = listed(gone.map(({ path }) => pathText(path)));
          yield {
            at,
            about: what,
            message: `${planOf(plan)} takes ${paths} out of ${inCode(change.address)}`,
            object: change.address,
            asks: true,
          };
        } else if (change.unlisted > 0)
          yield {
            at,
            about: what,
            undecided: `what else of ${inCode(change.address)} is removed: its plan has ${change.unlisted} more differences than are looked at`,
          };
      }
    }
  },
  examples: {
    "a replica of a table": {
      terraformPlan: `
        changes:
          - update: aws_dynamodb_table.orders
            of: { replica: [[{ region_name: eu-west-1 }, { region_name: us-east-1 }], [{ region_name: eu-west-1 }]] }`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_dynamodb_table" "orders" {
          replica {
            region_name = "eu-west-1"
          }
      -   replica {
      -     region_name = "us-east-1"
      -   }
        }`,
    },
    "a tag": {
      terraformPlan: `
        changes:
          - update: aws_dynamodb_table.orders
            of: { tags: [{ team: a, cost: b }, { team: a }] }`,
      change: `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
      -   tags = { team = "a", cost = "b" }
      +   tags = { team = "a" }
        }`,
    },
    "one replica more": {
      terraformPlan: `
        changes:
          - update: aws_dynamodb_table.orders
            of: { replica: [[{ region_name: eu-west-1 }], [{ region_name: eu-west-1 }, { region_name: us-east-1 }]] }`,
      change: `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
          replica {
            region_name = "eu-west-1"
          }
      +   replica {
      +     region_name = "us-east-1"
      +   }
        }`,
    },
  },
});
