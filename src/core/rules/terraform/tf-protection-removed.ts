import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";
import { newlyIgnored } from "../../terraform/ignoring.ts";

export default defineRule({
  id: "tf-protection-removed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "What kept a Terraform resource from being deleted, or its data from going with it, is turned off.",
  why: "This step destroys nothing, and the next one then can: whoever deletes a database turns off its protection first, in a change that looks harmless.",
  remedy:
    "Keep the protection. Where something really has to go, have people accept this step and the deletion together.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    yield* weakened(view, "protection", reach, newlyIgnored(view, policy.stateful, reach));
  },
  examples: {
    "deletion protection is turned off": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   deletion_protection = true
      >   deletion_protection = false
        }`,
    "deletion protection goes, and the provider's default is off": `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
          engine = "aurora-postgresql"
      <   deletion_protection = true
        }`,
    "the provider's default is on, and is turned off": `
      M terraform/production/main.tf
        resource "google_sql_database_instance" "main" {
          name = "orders"
      >   deletion_protection = false
        }`,
    "prevent_destroy goes with its block": `
      M terraform/production/main.tf
        resource "acme_thing" "main" {
          name = "a"
      -   lifecycle {
      <     prevent_destroy = true
      -   }
        }`,
    "a bucket may be emptied": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "logs" {
          name          = "logs"
      -   force_destroy = false
      >   force_destroy = true
        }`,
    "no snapshot at the end": `
      M terraform/production/main.tf
        resource "aws_docdb_cluster" "main" {
          cluster_identifier  = "orders"
      >   skip_final_snapshot = true
        }`,
    "an expression takes the place of the value": `
      M terraform/production/main.tf
        resource "aws_lb" "front" {
      -   enable_deletion_protection = true
      >   enable_deletion_protection = var.protected
        }`,
    "a variable turns it off in a module that is elsewhere": `
      M terraform/production/main.tf
      - variable "protected" { default = true }
      > variable "protected" { default = false }
        module "db" {
          source              = "terraform-aws-modules/rds/aws"
          version             = "6.10.0"
          deletion_protection = var.protected
        }`,
    "purge protection of a vault": `
      M terraform/production/main.tf
        resource "azurerm_key_vault" "main" {
          name = "acme"
      <   purge_protection_enabled = true
        }`,
    "a key that can be gone in a week": `
      M terraform/production/main.tf
        resource "aws_kms_key" "main" {
          description = "orders"
      >   deletion_window_in_days = 7
        }`,
    "a secret that is gone at once": `
      M terraform/production/main.tf
        resource "aws_secretsmanager_secret" "main" {
      -   recovery_window_in_days = 30
      >   recovery_window_in_days = 0
        }`,
    "the lock is milder": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_object_lock_configuration" "logs" {
          bucket = aws_s3_bucket.logs.id
          rule {
            default_retention {
      -       mode = "COMPLIANCE"
      >       mode = "GOVERNANCE"
              days = 30
            }
          }
        }`,
    "the lock goes, and what it locks stays": `
      M terraform/production/main.tf
        resource "azurerm_storage_account" "media" {
          name = "media"
        }
      < resource "azurerm_management_lock" "media" {
      -   name       = "media"
      -   scope      = azurerm_storage_account.media.id
      -   lock_level = "CanNotDelete"
      - }`,
    "the provider may delete what is not empty": `
      M terraform/production/main.tf
        provider "azurerm" {
          features {
            resource_group {
      >       prevent_deletion_if_contains_resources = false
            }
          }
        }`,
    "nobody sees any more who turns it off": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          deletion_protection = true
          lifecycle {
      -     ignore_changes = [tags]
      >     ignore_changes = [tags, deletion_protection]
          }
        }`,
    "nobody sees anything any more": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "logs" {
          name = "logs"
          lifecycle {
      >     ignore_changes = all
          }
        }`,
    "an argument of a module from elsewhere": `
      M terraform/production/main.tf
        module "db" {
          source              = "terraform-aws-modules/rds/aws"
          version             = "6.1.0"
      -   deletion_protection = true
      >   deletion_protection = false
        }`,
    "a variable's file turns it off": `
      M terraform/production/terraform.tfvars
      - protected = true
      > protected = false
      = terraform/production/main.tf
        variable "protected" {}
        resource "aws_db_instance" "main" {
          deletion_protection = var.protected
        }`,
    "a call of a module turns it off": `
      M terraform/production/main.tf
        module "db" {
          source    = "../modules/db"
      -   protected = true
      >   protected = false
        }
      = terraform/modules/db/main.tf
        variable "protected" {
          default = true
        }
        resource "aws_db_instance" "main" {
          deletion_protection = var.protected
        }`,
    "what is not decided follows from another expression": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        locals {
      -   protected = var.a
      >   protected = var.b
        }
        resource "aws_db_instance" "main" {
          deletion_protection = local.protected
        }`,
    },
    "in JSON": `
      M terraform/production/main.tf.json
        {
          "resource": { "aws_db_instance": { "main": {
      -     "deletion_protection": true,
      >     "deletion_protection": false,
            "identifier": "orders"
          } } }
        }`,
    "the default is written out": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
      +   deletion_protection = false
        }`,
    "the default is written out where it is on, and taken out again": `
      M terraform/production/main.tf
        resource "google_bigtable_instance" "main" {
          name = "orders"
      -   deletion_protection = true
        }`,
    "it was an expression and still is": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          deletion_protection = var.protected
      -   instance_class      = "db.m6g.large"
      +   instance_class      = "db.m7g.large"
        }`,
    "nothing was protected, and now it may be": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   deletion_protection = false
      +   deletion_protection = var.protected
        }`,
    "a variable that says the same": `
      M terraform/production/main.tf
      + variable "protected" {
      +   default = true
      + }
        resource "aws_db_instance" "main" {
      -   deletion_protection = true
      +   deletion_protection = var.protected
        }`,
    "a new database starts without": `
      M terraform/production/main.tf
        locals { a = 1 }
      + resource "aws_db_instance" "scratch" {
      +   deletion_protection = false
      +   skip_final_snapshot = true
      + }`,
    "the lock goes with what it locks: its deletion is reported": `
      M terraform/production/main.tf
        locals { a = 1 }
      - resource "azurerm_storage_account" "media" {
      -   name = "media"
      - }
      - resource "azurerm_management_lock" "media" {
      -   scope      = azurerm_storage_account.media.id
      -   lock_level = "CanNotDelete"
      - }`,
    "what is ignored guards nothing": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          lifecycle {
      +     ignore_changes = [engine_version]
          }
        }`,
    "reordered, and in another layout": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   deletion_protection = true
          identifier          = "orders"
      +
      +   deletion_protection = "true"
        }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
        resource "aws_db_instance" "main" {
      -   deletion_protection = true
      +   deletion_protection = false
        }`,
  },
});
