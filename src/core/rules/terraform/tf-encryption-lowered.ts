import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";

export default defineRule({
  id: "tf-encryption-lowered",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A Terraform resource is encrypted less than before: at rest, on the way, or with a key of one's own.",
  why: "Whoever reads the disk, the wire or the metadata service reads the data. What was written or sent meanwhile stays readable after it is turned on again.",
  remedy: "Keep the encryption, the key and the least version of TLS that stood before.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, "encryption", reach);
  },
  examples: {
    storage: `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
      -   encrypted = true
      >   encrypted = false
        }`,
    "a key of one's own goes": `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "orders" {
          name              = "orders"
      <   kms_master_key_id = aws_kms_key.main.arn
        }`,
    "a key that may be none": `
      M terraform/production/main.tf
        variable "key" {}
        resource "aws_sqs_queue" "orders" {
      -   kms_master_key_id = aws_kms_key.main.arn
      >   kms_master_key_id = var.key
        }`,
    "the key of a module": `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "orders" {
      -   kms_master_key_id = aws_kms_key.main.arn
      +   kms_master_key_id = module.keys.arn
        }
        module "keys" {
          source  = "acme/keys/aws"
          version = "1.0.0"
        }`,
    "a key of one's own for a dataset": `
      M terraform/production/main.tf
        resource "google_bigquery_dataset" "orders" {
          dataset_id = "orders"
      <   default_encryption_configuration {
      -     kms_key_name = google_kms_crypto_key.main.id
      -   }
        }`,
    "an older TLS": `
      M terraform/production/main.tf
        resource "azurerm_storage_account" "media" {
      -   min_tls_version = "TLS1_2"
      >   min_tls_version = "TLS1_0"
        }`,
    "the metadata service answers without a token": `
      M terraform/production/main.tf
        resource "aws_instance" "web" {
          metadata_options {
      -     http_tokens = "required"
      >     http_tokens = "optional"
          }
        }`,
    "the key for objects": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
          bucket = aws_s3_bucket.logs.id
          rule {
            apply_server_side_encryption_by_default {
      -       sse_algorithm = "aws:kms"
      >       sse_algorithm = "AES256"
            }
          }
        }`,
    "an algorithm that is not known": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
          bucket = aws_s3_bucket.logs.id
          rule {
            apply_server_side_encryption_by_default {
      -       sse_algorithm = "aws:kms"
      >       sse_algorithm = "rot13"
            }
          }
        }`,
    },
    "keys that no longer rotate": `
      M terraform/production/main.tf
        resource "aws_kms_key" "main" {
          description         = "orders"
      <   enable_key_rotation = true
        }`,
    "a listener that speaks plain HTTP": `
      M terraform/production/main.tf
        resource "aws_lb_listener" "front" {
          load_balancer_arn = aws_lb.front.arn
      -   protocol          = "HTTPS"
      >   protocol          = "HTTP"
        }`,
    "a policy with an older TLS": `
      M terraform/production/main.tf
        resource "aws_lb_listener" "front" {
          protocol   = "HTTPS"
      -   ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
      >   ssl_policy = "ELBSecurityPolicy-TLS-1-1-2017-01"
        }`,
    "viewers may come without TLS": `
      M terraform/production/main.tf
        resource "aws_cloudfront_distribution" "site" {
          default_cache_behavior {
      -     viewer_protocol_policy = "redirect-to-https"
      >     viewer_protocol_policy = "allow-all"
          }
        }`,
    "a file system is mounted in the clear": `
      M terraform/production/main.tf
        resource "aws_ecs_task_definition" "api" {
          family = "api"
          volume {
            name = "data"
            efs_volume_configuration {
              file_system_id     = "fs-1"
      <       transit_encryption = "ENABLED"
            }
          }
        }`,
    "a volume that crosses no network comes along": `
      M terraform/production/main.tf
        resource "aws_ecs_task_definition" "api" {
          family = "api"
          volume {
            name = "data"
            efs_volume_configuration {
              file_system_id     = "fs-1"
              transit_encryption = "ENABLED"
            }
          }
      +   volume {
      +     name = "scratch"
      +   }
        }`,
    "a policy of another name with the same TLS": `
      M terraform/production/main.tf
        resource "aws_lb_listener" "front" {
          protocol   = "HTTPS"
      -   ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
      +   ssl_policy = "ELBSecurityPolicy-FS-1-2-Res-2020-10"
        }`,
    "a document says that nothing is encrypted on the way": `
      M terraform/production/main.tf
        resource "aws_emr_security_configuration" "main" {
      !   configuration = jsonencode({
            EncryptionConfiguration = {
              EnableAtRestEncryption    = true
      -       EnableInTransitEncryption = true
      +       EnableInTransitEncryption = false
            }
          })
        }`,
    "another key of one's own": `
      M terraform/production/main.tf
        resource "aws_sqs_queue" "orders" {
      -   kms_master_key_id = aws_kms_key.a.arn
      +   kms_master_key_id = aws_kms_key.b.arn
        }`,
    "a newer TLS": `
      M terraform/production/main.tf
        resource "azurerm_mssql_server" "main" {
      -   minimum_tls_version = "1.0"
      +   minimum_tls_version = "1.2"
        }`,
    "the default is written out": `
      M terraform/production/main.tf
        resource "azurerm_storage_account" "media" {
          name            = "media"
      +   min_tls_version = "TLS1_2"
        }`,
    "the encryption of a bucket gets a resource of its own": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = "logs"
      -   server_side_encryption_configuration {
      -     rule {
      -       apply_server_side_encryption_by_default {
      -         sse_algorithm = "aws:kms"
      -       }
      -     }
      -   }
        }
      + resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
      +   bucket = aws_s3_bucket.logs.bucket
      +   rule {
      +     apply_server_side_encryption_by_default {
      +       sse_algorithm = "aws:kms"
      +     }
      +   }
      + }`,
    "what every bucket has anyway goes": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "logs" {
          bucket = "logs"
        }
      - resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
      -   bucket = aws_s3_bucket.logs.bucket
      -   rule {
      -     apply_server_side_encryption_by_default {
      -       sse_algorithm = "AES256"
      -     }
      -   }
      - }`,
  },
});
