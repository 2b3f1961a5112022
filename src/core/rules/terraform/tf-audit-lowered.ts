import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";

export default defineRule({
  id: "tf-audit-lowered",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary:
    "Less is written down of what happens, or what watches it is gone: trails, flow logs, audit logs, detectors.",
  why: "What was not recorded can never be looked up. To turn the records off is the first thing that an intruder does.",
  remedy: "Keep what records and watches; where it moves elsewhere, let the new one stand before the old one goes.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, "audit", reach);
  },
  examples: {
    "a trail writes nothing any more": `
      M terraform/production/main.tf
        resource "aws_cloudtrail" "all" {
          name           = "all"
      -   enable_logging = true
      >   enable_logging = false
        }`,
    "a trail is gone": `
      M terraform/production/main.tf
        locals { name = "all" }
      < resource "aws_cloudtrail" "all" {
      -   name = "all"
      - }`,
    "a trail sees reads no longer": `
      M terraform/production/main.tf
        resource "aws_cloudtrail" "all" {
          event_selector {
      -     read_write_type = "All"
      >     read_write_type = "WriteOnly"
          }
        }`,
    "another trail comes, and nobody knows what it writes": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        locals { name = "all" }
      < resource "aws_cloudtrail" "all" {
      -   name                  = "all"
      -   is_multi_region_trail = true
      -   s3_bucket_name        = "trails"
      - }
      + resource "aws_cloudtrail" "small" {
      +   name           = "small"
      +   s3_bucket_name = "small-trails"
      + }`,
    },
    "the network keeps, and nobody records it": `
      M terraform/production/main.tf
        resource "aws_vpc" "main" {
          cidr_block = "10.0.0.0/16"
        }
      < resource "aws_flow_log" "main" {
      -   vpc_id       = aws_vpc.main.id
      -   traffic_type = "ALL"
      - }`,
    "a cluster keeps no audit log": `
      M terraform/production/main.tf
        resource "aws_eks_cluster" "main" {
          name                      = "main"
      -   enabled_cluster_log_types = ["api", "audit"]
      >   enabled_cluster_log_types = ["api"]
        }`,
    "nobody knows which logs are left": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        variable "logs" {}
        resource "aws_eks_cluster" "main" {
          name                      = "main"
      -   enabled_cluster_log_types = ["api", "audit"]
      >   enabled_cluster_log_types = var.logs
        }`,
    },
    "a detector is turned off": `
      M terraform/production/main.tf
        resource "aws_guardduty_detector" "main" {
      -   enable = true
      >   enable = false
        }`,
    "a load balancer writes down no requests": `
      M terraform/production/main.tf
        resource "aws_lb" "api" {
          name = "api"
          access_logs {
            bucket  = "logs"
      -     enabled = true
      >     enabled = false
          }
        }`,
    "one kind of access is written down no more": `
      M terraform/production/main.tf
        resource "google_project_iam_audit_config" "all" {
          project = "acme"
          service = "allServices"
          audit_log_config {
      !     log_type = "ADMIN_READ"
          }
      -   audit_log_config {
      -     log_type = "DATA_READ"
      -   }
        }`,
    "one service instead of all": `
      M terraform/production/main.tf
        resource "google_project_iam_audit_config" "all" {
          project = "acme"
      -   service = "allServices"
      >   service = "storage.googleapis.com"
          audit_log_config {
            log_type = "ADMIN_READ"
          }
        }`,
    "some are not written down": `
      M terraform/production/main.tf
        resource "google_project_iam_audit_config" "all" {
          project = "acme"
          service = "allServices"
          audit_log_config {
            log_type         = "DATA_READ"
      >     exempted_members = ["user:someone@acme.example"]
          }
        }`,
    "a subnet of Google": `
      M terraform/production/main.tf
        resource "google_compute_subnetwork" "main" {
          name = "main"
      <   log_config {
      -     flow_sampling = 0.5
      -   }
        }`,
    "a setting of Azure": `
      M terraform/production/main.tf
        resource "azurerm_network_watcher_flow_log" "main" {
          name    = "main"
          enabled = true
          retention_policy {
            enabled = true
      -     days    = 90
      >     days    = 7
          }
        }`,
    "a module that nobody sees into": `
      M terraform/production/main.tf
        module "vpc" {
          source          = "terraform-aws-modules/vpc/aws"
          version         = "6.0.0"
      -   enable_flow_log = true
      >   enable_flow_log = false
        }`,
    "the logs in another order, and one more": `
      M terraform/production/main.tf
        resource "aws_eks_cluster" "main" {
          name                      = "main"
      -   enabled_cluster_log_types = ["api", "audit"]
      +   enabled_cluster_log_types = ["audit", "api", "authenticator"]
        }`,
    "the objects of every bucket instead of one": `
      M terraform/production/main.tf
        resource "aws_cloudtrail" "all" {
          event_selector {
            data_resource {
              type   = "AWS::S3::Object"
      -       values = ["arn:aws:s3:::data/"]
      +       values = ["arn:aws:s3"]
            }
          }
        }`,
    "the network goes with what records it": `
      M terraform/production/main.tf
        locals { name = "main" }
      - resource "aws_vpc" "main" {
      -   cidr_block = "10.0.0.0/16"
      - }
      - resource "aws_flow_log" "main" {
      -   vpc_id       = aws_vpc.main.id
      -   traffic_type = "ALL"
      - }`,
    "a bucket and its logging go where they are one of several": `
      M terraform/production/main.tf
        variable "wanted" {}
      - resource "aws_s3_bucket" "data" {
      -   count  = var.wanted
      -   bucket = "data"
      - }
      - resource "aws_s3_bucket_logging" "data" {
      -   count         = var.wanted
      -   bucket        = aws_s3_bucket.data[0].id
      -   target_bucket = "logs"
      - }`,
    "the logging of a bucket gets a resource of its own": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "data" {
          bucket = "data"
      -   logging {
      -     target_bucket = "logs"
      -   }
        }
      + resource "aws_s3_bucket_logging" "data" {
      +   bucket        = aws_s3_bucket.data.id
      +   target_bucket = "logs"
      + }`,
    "forever, as the provider writes it": `
      M terraform/production/main.tf
        resource "azurerm_network_watcher_flow_log" "main" {
          name    = "main"
          enabled = true
          retention_policy {
            enabled = true
      -     days    = 90
      +     days    = 0
          }
        }`,
  },
});
