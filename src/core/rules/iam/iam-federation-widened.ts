import { z } from "zod";
import { federationObservations } from "../../iam/grants/federation.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "iam-federation-widened",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary: "An identity of Google Cloud or Azure trusts tokens of others that it did not trust before.",
  why: "Whoever can get such a token is that identity. Issuers of build services sign tokens for everybody who asks them.",
  remedy: "Say which repository and which branch or environment is trusted, by the claims that the issuer vouches for.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* federationObservations(view, reach);
  },
  examples: {
    "the condition of a provider is gone": `
      M terraform/production/main.tf
      ! resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
      -   attribute_condition                = "assertion.repository == 'acme/web'"
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }`,
    "a provider for everybody on GitHub": `
      A terraform/production/main.tf
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
          attribute_mapping                  = { "google.subject" = "assertion.sub" }
          oidc {
      >     issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }`,
    "from a repository to its owner": `
      M terraform/production/main.tf
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
      -   attribute_condition                = "assertion.repository_owner == 'acme' && assertion.ref == 'refs/heads/main'"
      >   attribute_condition                = "assertion.repository_owner == 'acme'"
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }`,
    "another issuer": {
      change: `
      M terraform/production/main.tf
        resource "azurerm_federated_identity_credential" "ci" {
          name      = "ci"
          parent_id = azurerm_user_assigned_identity.ci.id
          audience  = ["api://AzureADTokenExchange"]
      -   issuer    = "https://token.actions.githubusercontent.com"
      >   issuer    = "https://ci.example.net"
          subject   = "repo:acme/web:environment:production"
        }`,
      reverse: "reports",
    },
    "any branch in place of an environment": {
      change: `
      M terraform/production/main.tf
        resource "azuread_application_federated_identity_credential" "ci" {
          application_id = azuread_application.ci.id
          display_name   = "ci"
          audiences      = ["api://AzureADTokenExchange"]
          issuer         = "https://token.actions.githubusercontent.com"
      -   subject        = "repo:acme/web:environment:production"
      >   subject        = "repo:acme/web:pull_request"
        }`,
      reverse: "reports",
    },
    "one repository of several": `
      M terraform/production/main.tf
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
      -   attribute_condition                = "assertion.repository in ['acme/web', 'acme/api']"
      +   attribute_condition                = "assertion.repository == 'acme/web'"
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }`,
    "a new provider for one repository": `
      A terraform/production/main.tf
        resource "google_iam_workload_identity_pool_provider" "github" {
          workload_identity_pool_id          = "ci"
          workload_identity_pool_provider_id = "github"
          attribute_condition                = "assertion.repository == 'acme/web'"
          oidc {
            issuer_uri = "https://token.actions.githubusercontent.com"
          }
        }`,
  },
});
