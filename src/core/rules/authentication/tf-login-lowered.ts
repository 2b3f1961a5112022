import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";

/** Attributes whose worse value still asks who somebody is, or that are changed for good reasons too. */
const ofJudgement =
  /#(?:callback_urls|api_key_required|authorized_domains|prevent_user_existence_errors|jwt_configuration\.audience|(?:password_policy|site_config|cors|cors_configuration)\..*|iam_database_authentication_enabled|shared_access_key_enabled|local_auth\w*|admin_enabled|(?:ftp|webdeploy)_\w+|minimum_password_length|password_reuse_prevention|require_\w+|user_pool_add_ons\..*|admin_create_user_config\..*|authenticator_groups_config|workload_identity_config\..*|authentication\.password_auth_enabled|disable_password_authentication|client_certificate_\w+|authentication_type|azuread_administrator\..*)$/u;

export default defineRule({
  id: "tf-login-lowered",
  invariant: "authentication-is-unchanged",
  severity: "critical",
  confidence: "high",
  summary:
    "A Terraform resource asks less than before who somebody is: a login, a second factor or a token is not needed any more.",
  why: "Whoever reaches the address is then served, or comes in with a password that leaked. Nothing fails, so nobody notices.",
  remedy: "Keep the login that stood before; give what cannot log in an identity of its own.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    for (const seen of weakened(view, "login", reach)) {
      yield "undecided" in seen || !ofJudgement.test(seen.about ?? "") ? seen : { ...seen, asks: true };
    }
  },
  examples: {
    "no second factor": `
      M terraform/production/main.tf
        resource "aws_cognito_user_pool" "staff" {
          name              = "staff"
      -   mfa_configuration = "ON"
      >   mfa_configuration = "OPTIONAL"
        }`,
    "credentials for those who are not logged in": `
      M terraform/production/main.tf
        resource "aws_cognito_identity_pool" "web" {
          identity_pool_name               = "web"
      -   allow_unauthenticated_identities = false
      >   allow_unauthenticated_identities = true
        }`,
    "a listener that does not ask any more": `
      M terraform/production/main.tf
        resource "aws_lb_listener" "admin" {
          protocol = "HTTPS"
          default_action {
      -     type = "authenticate-oidc"
      -     authenticate_oidc {
      -       issuer = "https://login.acme.example"
      -     }
      -   }
      -   default_action {
      !     type             = "forward"
            target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/admin/1"
          }
        }`,
    "a policy of passwords": `
      M terraform/production/main.tf
        resource "aws_cognito_user_pool" "staff" {
          password_policy {
      -     minimum_length = 14
      >     minimum_length = 6
          }
        }`,
    "one more place that tokens are sent to": `
      M terraform/production/main.tf
        resource "aws_cognito_user_pool_client" "web" {
          name          = "web"
      -   callback_urls = ["https://shop.acme.example/callback"]
      >   callback_urls = ["https://shop.acme.example/callback", "https://acme.ngrok.example/callback"]
        }`,
    "an app that takes everybody": `
      M terraform/production/main.tf
        resource "azurerm_linux_web_app" "admin" {
          name = "admin"
          auth_settings_v2 {
            auth_enabled           = true
      -     require_authentication = true
      -     unauthenticated_action = "Return401"
      >     require_authentication = false
      >     unauthenticated_action = "AllowAnonymous"
          }
        }`,
    "accounts of the cluster's own": `
      M terraform/production/main.tf
        resource "azurerm_kubernetes_cluster" "main" {
          name                   = "main"
      -   local_account_disabled = true
      >   local_account_disabled = false
        }`,
    "a proxy that knows people is off": `
      M terraform/production/main.tf
        resource "google_compute_backend_service" "admin" {
          name = "admin"
          iap {
      -     enabled = true
      >     enabled = false
          }
        }`,
    "nobody can tell": `
      M terraform/production/main.tf
        variable "guests" {}
        resource "aws_cognito_identity_pool" "web" {
          identity_pool_name               = "web"
      -   allow_unauthenticated_identities = false
      >   allow_unauthenticated_identities = var.guests
        }`,
    "any origin": `
      M terraform/production/main.tf
        resource "aws_apigatewayv2_api" "shop" {
          name = "shop"
          cors_configuration {
      -     allow_origins = ["https://shop.acme.example"]
      >     allow_origins = ["*"]
          }
        }`,
    "one origin more": `
      M terraform/production/main.tf
        resource "aws_apigatewayv2_api" "shop" {
          name = "shop"
          cors_configuration {
      -     allow_origins = ["https://shop.acme.example"]
      +     allow_origins = ["https://shop.acme.example", "https://help.acme.example"]
          }
        }`,
    "a listener that redirects in the place of serving": `
      M terraform/production/main.tf
        resource "aws_lb_listener" "plain" {
          default_action {
      -     type = "forward"
      +     type = "redirect"
          }
        }`,
    "the default is said aloud": `
      M terraform/production/main.tf
        resource "aws_cognito_identity_pool" "web" {
          identity_pool_name               = "web"
      +   allow_unauthenticated_identities = false
        }`,
    "the pool goes as a whole": `
      M terraform/production/main.tf
        locals { name = "web" }
      - resource "aws_cognito_user_pool" "staff" {
      -   mfa_configuration = "ON"
      - }`,
  },
});
