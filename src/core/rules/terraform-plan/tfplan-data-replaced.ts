import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode } from "../../terraform/telling.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { addressesOf, byBlock, pathText, planOf, verb } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-data-replaced",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform plan replaces a resource that holds data.",
  why: "A replacement is a deletion: what stands is destroyed, and an empty one of the same name is created. It reads like a change of one attribute.",
  remedy:
    "Keep the attribute that forces it. Where it must change, make a second resource beside the first, copy the data, and let go of the old one in a change of its own.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      const replaced = plan.rows.filter(
        ({ change, outcome }) => outcome === "replace" && tierOf(change.type, policy.stateful) === "A",
      );
      for (const rows of byBlock(replaced)) {
        const forcing = [...new Set(rows.flatMap(({ change }) => change.replacePaths.map(pathText)))];
        for (const path of forcing.length === 0 ? [null] : forcing) {
          const forced =
            path === null ? rows : rows.filter(({ change }) => change.replacePaths.map(pathText).includes(path));
          const [first = rows[0]] = forced;
          const because =
            path === null
              ? "no attribute forces it: it was tainted, triggered or asked for"
              : `forced by ${inCode(path)}`;
          yield {
            at: first.at,
            about: path === null ? first.about : `${first.about}#${path}`,
            message: `${planOf(plan)} destroys ${addressesOf(forced)} and makes ${verb(forced.length, "it", "them")} anew, ${because}`,
            object: first.change.address,
            before: "present",
            after: "replaced",
          };
        }
      }
    }
  },
  examples: {
    "a name that cannot change in place": {
      terraformPlan: `
        changes:
          - replace: aws_db_instance.main
            forced_by: [[identifier]]`,
      change: `
      M terraform/production/main.tf
      ! resource "aws_db_instance" "main" {
      -   identifier = "orders"
      +   identifier = "shop"
        }`,
    },
    "asked for on the command line": {
      terraformPlan: `
        changes:
          - replace: aws_db_instance.main`,
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
    "a change in place": {
      terraformPlan: `
        changes:
          - update: aws_db_instance.main
            of: { instance_class: [a, b] }`,
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   instance_class = "a"
      +   instance_class = "b"
        }`,
    },
  },
});
