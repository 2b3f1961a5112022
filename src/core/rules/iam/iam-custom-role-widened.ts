import { z } from "zod";
import { customRoleObservations } from "../../iam/grants/custom-roles.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "iam-custom-role-widened",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A role of Google Cloud or Azure that the configuration defines newly allows something.",
  why: "Everybody who holds the role gets it at once, wherever they hold it.",
  remedy:
    "Define a role of its own for whoever needs more, and leave out what sets permissions or lets one be somebody else.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* customRoleObservations(view, reach);
  },
  examples: {
    "whoever holds it may be a service account": `
      M terraform/production/main.tf
        resource "google_project_iam_custom_role" "deploy" {
          role_id     = "deploy"
          title       = "Deploy"
      !   permissions = [
            "run.services.update",
      +     "iam.serviceAccounts.getAccessToken",
          ]
        }`,
    "one more permission": `
      M terraform/production/main.tf
        resource "google_organization_iam_custom_role" "audit" {
          org_id      = "1"
          role_id     = "audit"
          title       = "Audit"
      -   permissions = ["storage.buckets.list"]
      >   permissions = ["storage.buckets.list", "storage.objects.get"]
        }`,
    "every action of authorization": `
      M terraform/production/main.tf
        resource "azurerm_role_definition" "deploy" {
          name  = "Deploy"
          scope = "/subscriptions/1"
          permissions {
      -     actions = ["Microsoft.Web/*"]
      >     actions = ["Microsoft.Web/*", "Microsoft.Authorization/*"]
          }
        }`,
    "what was denied is not": `
      M terraform/production/main.tf
        resource "azurerm_role_definition" "deploy" {
          name  = "Deploy"
          scope = "/subscriptions/1"
      !   permissions {
            actions     = ["Microsoft.Compute/*"]
      -     not_actions = ["Microsoft.Compute/virtualMachines/delete"]
          }
        }`,
    "it can be given in one more subscription": `
      M terraform/production/main.tf
        resource "azurerm_role_definition" "deploy" {
          name              = "Deploy"
          scope             = "/subscriptions/1"
      -   assignable_scopes = ["/subscriptions/1"]
      >   assignable_scopes = ["/subscriptions/1", "/subscriptions/2"]
          permissions {
            actions = ["Microsoft.Web/*"]
          }
        }`,
    "a wildcard becomes what it stood for": `
      M terraform/production/main.tf
        resource "azurerm_role_definition" "deploy" {
          name  = "Deploy"
          scope = "/subscriptions/1"
          permissions {
      -     actions = ["Microsoft.Web/*"]
      +     actions = ["Microsoft.Web/sites/restart/action", "Microsoft.Web/sites/read"]
          }
        }`,
    "another order": `
      M terraform/production/main.tf
        resource "google_project_iam_custom_role" "deploy" {
          role_id     = "deploy"
          title       = "Deploy"
      -   permissions = ["run.services.update", "run.services.get"]
      +   permissions = ["run.services.get", "run.services.update"]
        }`,
    "a new role that reads": `
      A terraform/production/main.tf
        resource "google_project_iam_custom_role" "audit" {
          role_id     = "audit"
          title       = "Audit"
          permissions = ["storage.buckets.list"]
        }`,
  },
});
