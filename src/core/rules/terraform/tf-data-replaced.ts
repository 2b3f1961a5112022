import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { shared } from "../../terraform/attributes.ts";
import { replacementsIn } from "../../terraform/replacements.ts";

export default defineRule({
  id: "tf-data-replaced",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "An attribute changes that no provider can change in place, on a Terraform resource that holds data.",
  why: "The next apply destroys what stands and creates an empty one: to Terraform that is a replacement, to the data it is a deletion.",
  remedy:
    "Keep the value. Where it must change, make a second resource beside the first, copy the data, and let go of the old one in a change of its own.",
  yieldsTo: "tfplan-data-replaced",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    for (const sight of shared(replacementsIn(view, policy.stateful, reach))) {
      const { at, about, text, certain, object, pointer, values, paths } = sight;
      if (certain) yield { at, about, message: text, object, pointer, ...values, paths };
      else yield { at, about, undecided: text };
    }
  },
  examples: {
    "another name of a database": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   db_name = "orders"
      >   db_name = "shop"
        }`,
    },
    "encryption of storage is chosen once": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
          cluster_identifier = "orders"
      >   storage_encrypted  = true
        }`,
    },
    "another key of a table": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
          name = "orders"
      -   hash_key = "id"
      >   hash_key = "customer"
        }`,
    },
    "another location of an Azure database": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "azurerm_postgresql_flexible_server" "main" {
      -   location = "westeurope"
      >   location = "northeurope"
        }`,
    },
    "a smaller disk": `
      M terraform/production/main.tf
        resource "google_sql_database_instance" "main" {
          settings {
            tier = "db-f1-micro"
      -     disk_size = 200
      >     disk_size = 100
          }
        }`,
    "a smaller claim": `
      M terraform/production/main.tf
        resource "kubernetes_persistent_volume_claim_v1" "data" {
          spec {
            resources {
      !       requests = {
      -         storage = "1Ti"
      +         storage = "500Gi"
              }
            }
          }
        }`,
    "another expression, which may stand for the same": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
      -   bucket = "acme-logs"
      >   bucket = "\${var.prefix}-logs"
        }`,
    },
    "a snapshot to start from, where none was named": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      >   snapshot_identifier = "rds:orders-2026-11-01"
        }`,
    },
    "a type that the policy names, by what it is known by": {
      policy: `
        version: 1
        stateful: { acme_ledger: A }`,
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "acme_ledger" "main" {
      -   name = "a"
      >   name = "b"
        }`,
    },
    "what it refers to has another address and is the same": `
      M terraform/production/main.tf
      - resource "aws_docdb_subnet_group" "main" {
      + resource "aws_docdb_subnet_group" "private" {
          name = "main"
        }
        resource "aws_docdb_cluster" "orders" {
          cluster_identifier   = "orders"
      -   db_subnet_group_name = aws_docdb_subnet_group.main.id
      +   db_subnet_group_name = aws_docdb_subnet_group.private.id
        }
      + moved {
      +   from = aws_docdb_subnet_group.main
      +   to   = aws_docdb_subnet_group.private
      + }`,
    "a larger disk": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   allocated_storage = 100
      +   allocated_storage = 200
        }`,
    "a flag that is off is written out": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
      +   storage_encrypted = false
        }`,
    "zones in another order": `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
      -   availability_zones = ["eu-west-1a", "eu-west-1b"]
      +   availability_zones = ["eu-west-1b", "eu-west-1a"]
        }`,
    "a name in a heredoc or in quotes is the same": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
      -   bucket = "acme-logs"
      +   bucket        = "acme-logs" # of every service
        }`,
    "Terraform was told to leave it alone before": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   snapshot_identifier = "a"
      +   snapshot_identifier = "b"
          lifecycle {
            ignore_changes = [snapshot_identifier]
          }
        }`,
    "an expression stays as it is": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = var.bucket
      -   tags   = { a = 1 }
      +   tags   = { a = 2 }
        }`,
    "a class can be changed in place": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   instance_class = "db.m6g.large"
      +   instance_class = "db.m7g.large"
        }`,
    "an instance holds nothing of its own": `
      M terraform/production/main.tf
        resource "aws_instance" "web" {
      -   ami = "ami-1"
      +   ami = "ami-2"
        }`,
  },
});
