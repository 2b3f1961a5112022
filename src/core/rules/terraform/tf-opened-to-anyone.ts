import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { blockObservation } from "../../terraform/guard-observations.ts";
import { openingsIn } from "../../terraform/openings.ts";

export default defineRule({
  id: "tf-opened-to-anyone",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary: "A member, an access list or a policy lets anybody at all use a resource, and did not before.",
  why: "Everybody means everybody: no network stands between them and the data, and every account of the cloud is one of them.",
  remedy: "Name the accounts, the members or the service that need it, or add a condition that says which these are.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    for (const sight of openingsIn(view, reach)) yield blockObservation(sight, sight.loose);
  },
  examples: {
    "a bucket of Google that everybody reads": `
      M terraform/production/main.tf
        resource "google_storage_bucket_iam_member" "readers" {
          bucket = "data"
          role   = "roles/storage.objectViewer"
      -   member = "group:staff@acme.example"
      >   member = "allUsers"
        }`,
    "one more member of several": `
      M terraform/production/main.tf
        resource "google_cloud_run_service_iam_binding" "invokers" {
          role    = "roles/run.invoker"
      -   members = ["serviceAccount:web@acme.example"]
      >   members = ["serviceAccount:web@acme.example", "allAuthenticatedUsers"]
        }`,
    "a dataset for everybody who has an account": `
      M terraform/production/main.tf
        resource "google_bigquery_dataset" "orders" {
          dataset_id = "orders"
          access {
            role          = "READER"
      -     special_group = "projectReaders"
      >     special_group = "allAuthenticatedUsers"
          }
        }`,
    "a policy of a bucket": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_policy" "data" {
          bucket = "data"
      !   policy = jsonencode({
            Statement = [{
              Effect    = "Allow"
              Action    = "s3:GetObject"
      -       Principal = { AWS = "arn:aws:iam::111111111111:root" }
      +       Principal = "*"
              Resource  = "arn:aws:s3:::data/*"
            }]
          })
        }`,
    "a policy of a bucket that is named by an expression": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "data" {
          bucket_prefix = "data"
        }
        resource "aws_s3_bucket_policy" "data" {
          bucket = aws_s3_bucket.data.id
      !   policy = jsonencode({
            Statement = [{
              Effect    = "Allow"
              Action    = "s3:GetObject"
      -       Principal = { AWS = "arn:aws:iam::111111111111:root" }
      +       Principal = { AWS = ["*"] }
              Resource  = aws_s3_bucket.data.arn
            }]
          })
        }`,
    "everybody but one": `
      M terraform/production/main.tf
        resource "aws_sqs_queue_policy" "orders" {
          queue_url = "orders"
      !   policy = jsonencode({
            Statement = [{
              Effect       = "Allow"
      -       Principal    = { AWS = "111111111111" }
      +       NotPrincipal = { AWS = "111111111111" }
              Action       = "sqs:SendMessage"
            }]
          })
        }`,
    "a policy of Google's with everybody in a binding": `
      M terraform/production/main.tf
        data "google_iam_policy" "readers" {
          binding {
            role    = "roles/storage.objectViewer"
      -     members = ["group:staff@acme.example"]
      >     members = ["allUsers"]
          }
        }`,
    "a condition is taken away": `
      M terraform/production/main.tf
        data "aws_iam_policy_document" "queue" {
          statement {
            actions = ["sqs:SendMessage"]
      !     principals {
              type        = "*"
              identifiers = ["*"]
            }
      -     condition {
      -       test     = "StringEquals"
      -       variable = "aws:PrincipalOrgID"
      -       values   = ["o-1"]
      -     }
          }
        }`,
    "a function that anybody invokes": `
      A terraform/production/main.tf
        resource "aws_lambda_permission" "all" {
          action        = "lambda:InvokeFunction"
          function_name = "hook"
      >   principal     = "*"
        }`,
    "a snapshot for every account": `
      M terraform/production/main.tf
        resource "aws_db_snapshot" "last" {
          db_instance_identifier = "orders"
      >   shared_accounts        = ["all"]
        }`,
    "a grant of an access list": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "data" {
          bucket = "data"
      >   grant {
      +     uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
      +     permissions = ["READ"]
      +   }
        }`,
    "a principal under a condition": `
      M terraform/production/main.tf
        resource "aws_sns_topic_policy" "alerts" {
          arn = "arn:aws:sns:eu-west-1:111111111111:alerts"
      -   policy = jsonencode({ Statement = [] })
      +   policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sns:Publish", Condition = { StringEquals = { "aws:SourceAccount" = "111111111111" } } }] })
        }`,
    "everybody is denied": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_policy" "data" {
          bucket = "data"
      -   policy = jsonencode({ Statement = [] })
      +   policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*" }] })
        }`,
    "it was open before, and is described": `
      M terraform/production/main.tf
        resource "google_storage_bucket_iam_member" "readers" {
      +   # The site is public.
          bucket = "site"
          role   = "roles/storage.objectViewer"
          member = "allUsers"
        }`,
    "another bucket is closed, and this one is called something else": `
      M terraform/production/main.tf
      - resource "google_storage_bucket_iam_member" "readers" {
      + resource "google_storage_bucket_iam_member" "public" {
          bucket = "site"
          role   = "roles/storage.objectViewer"
          member = "allUsers"
        }
      + moved {
      +   from = google_storage_bucket_iam_member.readers
      +   to   = google_storage_bucket_iam_member.public
      + }`,
    "a function for one bucket alone": `
      A terraform/production/main.tf
        resource "aws_lambda_permission" "bucket" {
          action     = "lambda:InvokeFunction"
          principal  = "*"
          source_arn = "arn:aws:s3:::data"
        }`,
  },
});
