import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { providerObservations } from "../../terraform/provider-targets.ts";

export default defineRule({
  id: "tf-provider-account-changed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A provider of Terraform works in another account, project, region or cluster than before, or may.",
  why: "What the state lists is not there, so Terraform makes everything anew in the wrong place and forgets what stands, or deletes what belongs to others. A list of allowed accounts is what stops that.",
  remedy:
    "Leave the provider as it is and give the new place a configuration and a state of its own. Keep `allowed_account_ids`.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* providerObservations(view, reach);
  },
  examples: {
    "another region": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "aws" {
      -   region = "eu-central-1"
      >   region = "eu-west-1"
        }`,
    },
    "another role": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "aws" {
          region = "eu-central-1"
          assume_role {
      -     role_arn = "arn:aws:iam::111111111111:role/terraform"
      >     role_arn = "arn:aws:iam::222222222222:role/terraform"
          }
        }`,
    },
    "a role is no longer taken": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "aws" {
          region = "eu-central-1"
      -   assume_role {
      <     role_arn = "arn:aws:iam::111111111111:role/terraform"
      -   }
        }`,
    },
    "another project, from a local of another file": {
      reverse: "reports",
      change: `
      M infra/locals.tf
        locals {
      -   project = "acme-staging"
      >   project = "acme-production"
        }
      = infra/main.tf
        provider "google" {
          project = local.project
        }`,
    },
    "a variable has another default, which others may set": {
      reverse: "reports",
      change: `
      M infra/main.tf
        variable "region" {
      -   default = "eu-central-1"
      >   default = "eu-west-1"
        }
        provider "aws" {
          region = var.region
        }`,
    },
    "an expression takes the place of the value": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "azurerm" {
          features {}
      -   subscription_id = "00000000-0000-0000-0000-000000000001"
      >   subscription_id = var.subscription
        }`,
    },
    "what the environment said is written now": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "google" {
      >   project = "acme-production"
        }`,
    },
    "another cluster": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "helm" {
          kubernetes {
      -     config_context = "staging"
      >     config_context = "production"
          }
        }`,
    },
    "in JSON": {
      reverse: "reports",
      change: `
      M infra/main.tf.json
        {
          "provider": { "aws": {
      -     "profile": "staging",
      >     "profile": "production",
            "max_retries": 3
          } }
        }`,
    },
    "one more account is allowed": `
      M infra/main.tf
        provider "aws" {
          region              = "eu-central-1"
      -   allowed_account_ids = ["111111111111"]
      >   allowed_account_ids = ["111111111111", "222222222222"]
        }`,
    "any account is allowed": `
      M infra/main.tf
        provider "aws" {
          region              = "eu-central-1"
      <   allowed_account_ids = ["111111111111"]
        }`,
    "an account is no longer forbidden": `
      M infra/main.tf
        provider "aws" {
          region                = "eu-central-1"
      -   forbidden_account_ids = ["111111111111", "222222222222"]
      >   forbidden_account_ids = ["222222222222"]
        }`,
    "a resource is made by another configuration of the provider": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "aws" {
          region = "eu-central-1"
        }
        provider "aws" {
          alias  = "west"
          region = "eu-west-1"
        }
        resource "aws_s3_bucket" "logs" {
      -   bucket   = "logs"
      -   provider = aws
      +   bucket   = "logs"
      >   provider = aws.west
        }`,
    },
    "a module gets another configuration of the provider": {
      reverse: "reports",
      change: `
      M infra/main.tf
        provider "aws" {
          alias  = "east"
          region = "us-east-1"
        }
        provider "aws" {
          alias  = "west"
          region = "eu-west-1"
        }
        module "logs" {
          source    = "../modules/logs"
      -   providers = { aws = aws.east }
      >   providers = { aws = aws.west }
        }
      = modules/logs/main.tf
        resource "aws_s3_bucket" "logs" {}`,
    },
    "an alias that a caller hands in": {
      reverse: "reports",
      change: `
      M infra/main.tf
        resource "aws_s3_bucket" "logs" {
      -   provider = aws.east
      >   provider = aws.west
        }`,
    },
    "the same region, from a local": `
      M infra/main.tf
      + locals {
      +   region = "eu-central-1"
      + }
        provider "aws" {
      -   region = "eu-central-1"
      +   region = local.region
        }`,
    "an alias gets another name": `
      M infra/main.tf
        provider "aws" {
      -   alias  = "east"
      +   alias  = "us"
          region = "us-east-1"
        }
        resource "aws_s3_bucket" "logs" {
      -   provider = aws.east
      +   provider = aws.us
        }`,
    "how to get there, not where it is": `
      M infra/main.tf
        provider "aws" {
          region      = "eu-central-1"
      -   max_retries = 3
      +   max_retries = 5
          default_tags {
      +     tags = { team = "a" }
          }
        }`,
    "one more configuration beside the others": `
      M infra/main.tf
        provider "aws" {
          region = "eu-central-1"
        }
      + provider "aws" {
      +   alias  = "west"
      +   region = "eu-west-1"
      + }`,
    "fewer accounts are allowed": `
      M infra/main.tf
        provider "aws" {
          region                = "eu-central-1"
      -   allowed_account_ids   = ["222222222222", "111111111111"]
      +   allowed_account_ids   = ["111111111111"]
      +   forbidden_account_ids = ["222222222222"]
        }`,
    "the beta of a provider, which is configured nowhere either": `
      M infra/main.tf
        resource "google_compute_network" "main" {
          name     = "main"
      +   provider = google-beta
        }`,
    "a local that nothing of it uses": `
      M infra/main.tf
        locals {
      -   name = "a"
      +   name = "b"
        }
        provider "aws" {
          region = "eu-central-1"
        }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
        provider "aws" {
      -   region = "eu-central-1"
      +   region = "eu-west-1"
        }`,
  },
});
