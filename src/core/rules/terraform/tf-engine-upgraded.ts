import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { shared } from "../../terraform/attributes.ts";
import { engineChanges } from "../../terraform/engine-versions.ts";

export default defineRule({
  id: "tf-engine-upgraded",
  invariant: "migrations-are-safe",
  severity: "high",
  confidence: "high",
  summary: "The engine of a database goes to another major version, or back.",
  why: "The upgrade takes the database away for its whole duration and cannot be undone: going back means restoring a backup.",
  remedy:
    "Try the upgrade on a restored copy, take a snapshot, and have those who answer for the database accept when it runs.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    for (const { at, about, text, certain, object, pointer, values, paths } of shared(engineChanges(view, reach))) {
      if (certain) yield { at, about, message: text, object, pointer, ...values, paths };
      else yield { at, about, undecided: text };
    }
  },
  examples: {
    "a major version of PostgreSQL": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine         = "postgres"
      -   engine_version = "14.7"
      >   engine_version = "15.4"
        }`,
    },
    "MySQL counts the first two numbers": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
          engine         = "aurora-mysql"
      -   engine_version = "5.7.mysql_aurora.2.11.2"
      >   engine_version = "8.0.mysql_aurora.3.04.0"
        }`,
    },
    "at once": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine            = "mariadb"
      -   engine_version    = "10.6"
      >   engine_version    = "10.11"
          apply_immediately = true
        }`,
    },
    "another version in a name": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "google_sql_database_instance" "main" {
      -   database_version = "POSTGRES_14"
      >   database_version = "POSTGRES_16"
        }`,
    },
    "a version that is not decided": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_docdb_cluster" "main" {
      -   engine_version = "4.0.0"
      >   engine_version = var.engine_version
        }`,
    },
    "back by a patch": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine         = "postgres"
      -   engine_version = "15.6"
      >   engine_version = "15.4"
        }`,
    "a minor version": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine         = "postgres"
      -   engine_version = "15.4"
      +   engine_version = "15.6"
        }`,
    "less of the same version is stated": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine         = "postgres"
      -   engine_version = "15.4"
      +   engine_version = "15"
        }`,
    "the version is left to the provider": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          engine         = "postgres"
      -   engine_version = "15.4"
        }`,
    "Terraform leaves it alone": `
      M terraform/production/main.tf
        resource "aws_rds_cluster" "main" {
          engine         = "aurora-postgresql"
      -   engine_version = "13.9"
      +   engine_version = "15.4"
          lifecycle {
            ignore_changes = [engine_version]
          }
        }`,
    "a cluster of Kubernetes is no database": `
      M terraform/production/main.tf
        resource "aws_eks_cluster" "main" {
      -   version = "1.29"
      +   version = "1.30"
        }`,
  },
});
