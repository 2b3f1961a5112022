import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { lossesOf, uncountedIn } from "../../terraform/losses.ts";
import { inCode, isReached } from "../../terraform/telling.ts";
import { goneModules, switchedModules } from "../../terraform/gone-modules.ts";

export default defineRule({
  id: "tf-data-destroyed",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A Terraform resource that holds data is no longer in the configuration.",
  why: "The next apply destroys it with everything in it, and often its automated backups too. No revert brings data back.",
  remedy:
    "Keep the resource. Where it moved, say so with a `moved` block; where Terraform should only let go of it, use a `removed` block with `destroy = false`.",
  yieldsTo: "tfplan-data-destroyed",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    for (const { at, about, addresses, message, paths } of lossesOf(view, "A", policy.stateful, reach)) {
      yield { at, about, message, paths, object: addresses[0] ?? about, before: "present", after: "destroyed" };
    }
    for (const { at, about, text } of uncountedIn(view, policy.stateful, reach)) {
      yield { at, about, undecided: text };
    }
    for (const { at, directory, modules } of goneModules(view)) {
      if (!isReached(at.path, reach)) continue;
      const calls = modules.map(({ address, source }) => `${inCode(address)} (${inCode(source)})`).join(", ");
      yield {
        at,
        about: `${directory} modules`,
        undecided: `what goes with ${calls}: what lies elsewhere was not read`,
      };
    }
    for (const { at, directory, modules } of switchedModules(view)) {
      if (!isReached(at.path, reach)) continue;
      const calls = modules
        .map(({ address, from, to }) => `${inCode(address)} (${inCode(from)} → ${inCode(to)})`)
        .join(", ");
      yield {
        at,
        about: `${directory} sources of modules`,
        undecided: `what becomes of what ${calls} makes: what lies elsewhere was not read`,
      };
    }
  },
  examples: {
    "a database": `
      M terraform/production/main.tf
      < resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
        resource "aws_sns_topic" "orders" {
          name = "orders"
        }`,
    "a bucket, with its file": `
      D terraform/production/logs.tf
      < resource "google_storage_bucket" "logs" {
          name     = "logs"
          location = "EU"
        }
      = terraform/production/main.tf
        provider "google" {
          project = "acme"
        }`,
    "a file system whose type begins like one that is known": `
      M terraform/production/main.tf
      < resource "aws_fsx_openzfs_file_system" "home" {
      -   storage_capacity = 64
      - }
        locals { a = 1 }`,
    "a table that is named otherwise and keyed otherwise: it is another one": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      < resource "aws_dynamodb_table" "orders" {
      -   name     = "orders"
      -   hash_key = "id"
      + resource "aws_dynamodb_table" "carts" {
      +   name     = "carts"
      +   hash_key = "cart"
        }`,
    },
    "a removed block that destroys": `
      M terraform/production/main.tf
      - resource "azurerm_storage_account" "media" {
      -   name = "media"
      - }
      > removed {
      +   from = azurerm_storage_account.media
      +   lifecycle {
      +     destroy = true
      +   }
      + }`,
    "a removed block that says nothing destroys too": `
      M terraform/production/main.tf
      - resource "aws_kms_key" "main" {
      - }
      > removed {
      +   from = aws_kms_key.main
      + }`,
    "a type that the policy names": {
      policy: `
        version: 1
        stateful: { acme_ledger: A }`,
      change: `
      M terraform/production/main.tf
      < resource "acme_ledger" "main" {
      - }
        locals { a = 1 }`,
    },
    "a resource in JSON": `
      M terraform/production/main.tf.json
        {
      <   "resource": { "aws_s3_bucket": { "logs": { "bucket": "logs" } } },
          "locals": { "a": 1 }
        }`,
    "a module from elsewhere goes, and nobody sees what it held": `
      M terraform/production/main.tf
      < module "db" {
      -   source  = "terraform-aws-modules/rds/aws"
      -   version = "6.1.0"
      - }
        locals { a = 1 }`,
    "another module from elsewhere takes the place of one": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        module "db" {
      -   source = "git::https://example.com/acme/db.git?ref=v1"
      >   source = "git::https://example.com/else/db.git?ref=v1"
        }`,
    },
    "a module lies elsewhere from now on": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        module "network" {
      -   source = "../modules/network"
      >   source = "git::https://example.com/acme/network.git?ref=v1"
        }
      = terraform/modules/network/main.tf
        resource "aws_security_group" "main" {
          name = "main"
        }`,
    },
    "fewer of them": `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
      -   count = 3
      >   count = 2
          size  = 100
        }`,
    "none of them": `
      M terraform/production/main.tf
      ! variable "enabled" {
      -   default = true
      +   default = false
        }
        resource "aws_ebs_volume" "data" {
          count = var.enabled ? 1 : 0
          size  = 100
        }`,
    "one key less": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "team" {
      -   for_each = toset(["ads", "maps", "search"])
      >   for_each = toset(["maps", "ads"])
          name     = each.key
        }`,
    "how many is an expression that nobody can decide": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
      -   count = 3
      >   count = var.volumes
          size  = 100
        }`,
    },
    "one key goes, and the one that comes is another thing": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "google_storage_bucket" "team" {
      -   for_each = toset(["ads"])
      >   for_each = toset([
      +     "maps",
      +   ])
          name     = each.key
        }`,
    },
    "how often a module is called is another expression": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      ! module "db" {
          source = "../modules/db"
      -   count  = var.a
      +   count  = var.b
        }
      = terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    },
    "a module is called no more, and what it held is gone": `
      M terraform/production/main.tf
        locals { a = 1 }
      < module "db" {
      -   source = "../modules/db"
      - }
      = terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    "a module stays and makes no database any more": `
      M terraform/production/main.tf
        module "db" {
          source   = "../modules/db"
      -   database = true
      >   database = false
        }
      = terraform/modules/db/main.tf
        variable "database" {}
        resource "aws_db_instance" "main" {
          count      = var.database ? 1 : 0
          identifier = "orders"
        }`,
    "more of them": `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
      -   count = 2
      +   count = 3
          size  = 100
        }`,
    "the same keys in another order": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "team" {
      -   for_each = toset(["ads", "maps"])
      +   for_each = toset(["maps", "ads"])
          name     = each.key
        }`,
    "Terraform itself takes the one for the first of count": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      +   count      = 1
          identifier = "orders"
        }`,
    "how many was an expression and still is": `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
          count = var.volumes
      -   size  = 100
      +   size  = 200
        }`,
    "several such modules of one directory are told together": `
      M terraform/production/main.tf
      < module "db" {
      -   source = "terraform-aws-modules/rds/aws"
      - }
      - module "cache" {
      -   source = "git::https://example.com/modules.git//cache"
      - }
        locals { a = 1 }`,
    "a module that makes nothing but names": `
      M terraform/production/main.tf
      - module "label" {
      -   source = "cloudposse/label/null"
      - }
        locals { a = 1 }`,
    "another version of a module, and another way to fetch it": `
      M terraform/production/main.tf
        module "db" {
      -   source = "git::https://github.com/acme/db.git//mysql?ref=v1"
      +   source = "git@github.com:acme/db.git//mysql?ref=v2"
        }`,
    "an alarm holds nothing": `
      M terraform/production/main.tf
      - resource "aws_cloudwatch_metric_alarm" "cpu" {
      -   alarm_name = "cpu"
      - }
        locals { a = 1 }`,
    "a load balancer can be built again: another rule says what its loss costs": `
      M terraform/production/main.tf
      - resource "aws_lb" "front" {
      - }
        locals { a = 1 }`,
    "from one file to another of its module": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
        locals { a = 1 }
      A terraform/production/database.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    reordered: `
      M terraform/production/main.tf
      - resource "aws_db_instance" "a" {
      - }
        resource "aws_db_instance" "b" {
        }
      + resource "aws_db_instance" "a" {
      + }`,
    "a moved block takes it elsewhere": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      + resource "aws_db_instance" "orders" {
          identifier = "orders"
        }
      + moved {
      +   from = aws_db_instance.main
      +   to   = aws_db_instance.orders
      + }`,
    "Terraform only lets go of it: another rule reports that": `
      M terraform/production/main.tf
      - resource "aws_kms_key" "main" {
      - }
      + removed {
      +   from = aws_kms_key.main
      +   lifecycle {
      +     destroy = false
      +   }
      + }`,
    "what is only read": `
      M terraform/production/main.tf
      - data "aws_db_instance" "main" {
      -   db_instance_identifier = "orders"
      - }
        locals { a = 1 }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
      - resource "aws_db_instance" "main" {
      - }
        locals { a = 1 }`,
    "a comment beside it": `
      M terraform/production/main.tf
      + # The one with the orders.
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
  },
});
