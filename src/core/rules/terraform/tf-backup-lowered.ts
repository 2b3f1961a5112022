import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";

export default defineRule({
  id: "tf-backup-lowered",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "Backups, versions, replicas or logs of a Terraform resource are kept for less time, or no longer.",
  why: "A shorter retention deletes what is older on the next apply. What comes after then finds nothing to restore from.",
  remedy: "Keep the retention; where less is really enough, have whoever answers for the data accept it.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, "backup", reach);
  },
  examples: {
    "fewer days": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   backup_retention_period = 30
      >   backup_retention_period = 7
        }`,
    "no backups at all": `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
      -   backup_retention_period = 7
      >   backup_retention_period = 0
        }`,
    "the retention goes, and the provider's default is less": `
      M terraform/production/main.tf
        resource "azurerm_postgresql_flexible_server" "main" {
          name = "orders"
      <   backup_retention_days = 35
        }`,
    "logs that were kept forever": `
      M terraform/production/main.tf
        resource "aws_cloudwatch_log_group" "api" {
          name = "api"
      >   retention_in_days = 30
        }`,
    "no way back to a point in time": `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
          name = "orders"
          point_in_time_recovery {
      -     enabled = true
      >     enabled = false
          }
        }`,
    "the block goes": `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
          name = "orders"
      -   point_in_time_recovery {
      <     enabled = true
      -   }
        }`,
    "versions are suspended": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_versioning" "logs" {
          bucket = aws_s3_bucket.logs.id
          versioning_configuration {
      -     status = "Enabled"
      >     status = "Suspended"
          }
        }`,
    "the versioning goes, and its bucket stays": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = "logs"
        }
      < resource "aws_s3_bucket_versioning" "logs" {
      -   bucket = aws_s3_bucket.logs.id
      -   versioning_configuration {
      -     status = "Enabled"
      -   }
      - }`,
    "one zone instead of two": `
      M terraform/production/main.tf
        resource "google_sql_database_instance" "main" {
          settings {
            tier              = "db-custom-2-7680"
      -     availability_type = "REGIONAL"
      >     availability_type = "ZONAL"
          }
        }`,
    "a snapshot with no name is none": `
      M terraform/production/main.tf
        resource "aws_redshift_cluster" "main" {
          cluster_identifier = "orders"
      <   final_snapshot_identifier = "orders-final"
        }`,
    "a number that is not decided": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_neptune_cluster" "main" {
      -   backup_retention_period = 14
      >   backup_retention_period = var.days
        }`,
    },
    "a dynamic block takes the place of the block": `
      M terraform/production/main.tf
        resource "aws_dynamodb_table" "orders" {
          name = "orders"
      -   point_in_time_recovery {
      -     enabled = true
      -   }
      >   dynamic "point_in_time_recovery" {
      +     for_each = var.recovery
      +     content {
      +       enabled = true
      +     }
      +   }
        }`,
    "more days": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   backup_retention_period = 7
      +   backup_retention_period = 30
        }`,
    "as a text instead of a number": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   backup_retention_period = 7
      +   backup_retention_period = "7"
        }`,
    "forever instead of a year": `
      M terraform/production/main.tf
        resource "aws_cloudwatch_log_group" "api" {
      -   retention_in_days = 365
      +   retention_in_days = 0
        }`,
    "the default is written out": `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
          engine = "aurora-mysql"
      +   backup_retention_period = 1
        }`,
    "the versioning gets a resource of its own": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = "logs"
      -   versioning {
      -     enabled = true
      -   }
        }
      + resource "aws_s3_bucket_versioning" "logs" {
      +   bucket = aws_s3_bucket.logs.id
      +   versioning_configuration {
      +     status = "Enabled"
      +   }
      + }`,
    "a versioning that was suspended goes": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = "logs"
        }
      - resource "aws_s3_bucket_versioning" "logs" {
      -   bucket = aws_s3_bucket.logs.id
      -   versioning_configuration {
      -     status = "Disabled"
      -   }
      - }`,
  },
});
