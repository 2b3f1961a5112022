import { z } from "zod";
import { azureJudging } from "../../iam/azure/judging.ts";
import { azureRoots } from "../../iam/azure/terraform.ts";
import { grantObservations } from "../../iam/grants/observations.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "azure-role-granted",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary:
    "Somebody newly holds a role of Azure or of its directory, or an access policy of a vault, that nothing before gave them.",
  why: "Whoever takes over an identity has its roles too. One that sets who holds what, on a subscription, is the subscription.",
  remedy:
    "Give the narrowest role that does, on the one resource that needs it, and let somebody who owns the subscription confirm it.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* grantObservations(azureRoots(view), azureJudging, reach);
  },
  examples: {
    "owner of a subscription": `
      M terraform/production/main.tf
        data "azurerm_subscription" "current" {}
        resource "azurerm_role_assignment" "deploy" {
          scope                = data.azurerm_subscription.current.id
      -   role_definition_name = "Reader"
      >   role_definition_name = "Owner"
          principal_id         = "11111111-1111-1111-1111-111111111111"
        }`,
    "the same by its identifier": `
      A terraform/production/main.tf
        resource "azurerm_role_assignment" "deploy" {
          scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
      >   role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
          principal_id       = "11111111-1111-1111-1111-111111111111"
        }`,
    "from a resource group to the subscription": `
      M terraform/production/main.tf
        data "azurerm_subscription" "current" {}
        resource "azurerm_resource_group" "web" {
          name     = "web"
          location = "westeurope"
        }
        resource "azurerm_role_assignment" "reader" {
      -   scope                = azurerm_resource_group.web.id
      >   scope                = data.azurerm_subscription.current.id
          role_definition_name = "Reader"
          principal_id         = "11111111-1111-1111-1111-111111111111"
        }`,
    "what it may give is bounded no more": `
      M terraform/production/main.tf
      ! resource "azurerm_role_assignment" "delegate" {
          scope                = "/subscriptions/22222222-2222-2222-2222-222222222222"
          role_definition_name = "Role Based Access Control Administrator"
          principal_id         = "11111111-1111-1111-1111-111111111111"
      -   condition_version    = "2.0"
      -   condition            = "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {7f951dda-4ed3-4680-a7ca-43fe172d538d}"
        }`,
    "a role of the directory": `
      A terraform/production/main.tf
        resource "azuread_directory_role" "all" {
          display_name = "Global Administrator"
        }
        resource "azuread_directory_role_assignment" "person" {
      >   role_id             = azuread_directory_role.all.template_id
          principal_object_id = "11111111-1111-1111-1111-111111111111"
        }`,
    "an application may change the directory": `
      A terraform/production/main.tf
        resource "azuread_app_role_assignment" "sync" {
      >   app_role_id         = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"
          principal_object_id = "11111111-1111-1111-1111-111111111111"
          resource_object_id  = "33333333-3333-3333-3333-333333333333"
        }`,
    "one more secret permission": `
      M terraform/production/main.tf
      ! resource "azurerm_key_vault_access_policy" "api" {
          key_vault_id       = "/subscriptions/1/resourceGroups/web/providers/Microsoft.KeyVault/vaults/web"
          object_id          = "11111111-1111-1111-1111-111111111111"
      -   secret_permissions = ["Get"]
      +   secret_permissions = ["Get", "List", "Set"]
        }`,
    "the role is given to the configuration": {
      change: `
      M terraform/production/main.tf
        variable "role" {}
        resource "azurerm_role_assignment" "deploy" {
          scope                = "/subscriptions/22222222-2222-2222-2222-222222222222"
      -   role_definition_name = "Reader"
      >   role_definition_name = var.role
          principal_id         = "11111111-1111-1111-1111-111111111111"
        }`,
      reverse: "reports",
    },
    "assignments become one for each": `
      M terraform/production/main.tf
      - resource "azurerm_role_assignment" "owner" {
      -   scope                = "/subscriptions/22222222-2222-2222-2222-222222222222"
      -   role_definition_name = "Owner"
      -   principal_id         = "11111111-1111-1111-1111-111111111111"
      - }
      + resource "azurerm_role_assignment" "all" {
      +   for_each           = { "11111111-1111-1111-1111-111111111111" = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635" }
      +   scope              = "/subscriptions/22222222-2222-2222-2222-222222222222"
      +   role_definition_id = "/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Authorization/roleDefinitions/\${each.value}"
      +   principal_id       = each.key
      + }`,
    "from the subscription to a resource group": `
      M terraform/production/main.tf
        data "azurerm_subscription" "current" {}
        resource "azurerm_resource_group" "web" {
          name     = "web"
          location = "westeurope"
        }
        resource "azurerm_role_assignment" "deploy" {
      -   scope                = data.azurerm_subscription.current.id
      +   scope                = azurerm_resource_group.web.id
          role_definition_name = "Owner"
          principal_id         = "11111111-1111-1111-1111-111111111111"
        }`,
    "a new identity that pulls images": `
      A terraform/production/main.tf
        resource "azurerm_user_assigned_identity" "api" {
          name                = "api"
          resource_group_name = "web"
          location            = "westeurope"
        }
        resource "azurerm_role_assignment" "pull" {
          scope                = "/subscriptions/1/resourceGroups/web/providers/Microsoft.ContainerRegistry/registries/acme"
          role_definition_name = "AcrPull"
          principal_id         = azurerm_user_assigned_identity.api.principal_id
        }`,
    "somebody joins a team": `
      A terraform/production/main.tf
        resource "azuread_group" "web" {
          display_name     = "Web team"
          security_enabled = true
        }
        resource "azuread_group_member" "person" {
          group_object_id  = azuread_group.web.object_id
          member_object_id = "11111111-1111-1111-1111-111111111111"
        }`,
  },
});
