import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { tierOf } from "../../terraform/stateful.ts";
import { addressesOf, byBlock, planOf } from "../../terraform-plan/telling.ts";

export default defineRule({
  id: "tfplan-service-destroyed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A Terraform plan destroys or replaces what other things run on.",
  why: "It can be built again, with an outage of all that runs on it for as long as that takes.",
  remedy:
    "Build the new one beside the old one, move what runs on it over, and take the old one away in a change of its own.",
  needs: "terraformPlans",
  options: z.strictObject({}),
  *detect({ plans }, _, { policy }) {
    for (const plan of plans) {
      const lost = plan.rows.filter(
        ({ change, outcome }) =>
          (outcome === "delete" || outcome === "replace" || outcome === "unknown") &&
          change.deposed === null &&
          tierOf(change.type, policy.stateful) === "B",
      );
      for (const rows of byBlock(lost)) {
        const [{ at, about, change, outcome }] = rows;
        const how =
          outcome === "delete"
            ? "destroys"
            : outcome === "replace"
              ? "replaces"
              : "does what this version does not know to";
        yield { at, about, message: `${planOf(plan)} ${how} ${addressesOf(rows)}`, object: change.address, asks: true };
      }
    }
  },
  examples: {
    "a type that the policy names": {
      policy: `
        version: 1
        stateful: { acme_router: B }`,
      terraformPlan: `
        changes:
          - delete: acme_router.main`,
      change: `
      M terraform/production/main.tf
      < resource "acme_router" "main" {
      - }
        locals { a = 1 }`,
    },
    "made anew": {
      policy: `
        version: 1
        stateful: { acme_router: B }`,
      terraformPlan: `
        changes:
          - replace: acme_router.main
            forced_by: [[model]]`,
      change: `
      M terraform/production/main.tf
      ! resource "acme_router" "main" {
      -   model = 1
      +   model = 2
        }`,
    },
    "changed in place": {
      policy: `
        version: 1
        stateful: { acme_router: B }`,
      terraformPlan: `
        changes:
          - update: acme_router.main
            of: { model: [1, 2] }`,
      change: `
      M terraform/production/main.tf
        resource "acme_router" "main" {
      -   model = 1
      +   model = 2
        }`,
    },
  },
});
