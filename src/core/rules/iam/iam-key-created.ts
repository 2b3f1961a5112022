import { z } from "zod";
import { newKeys } from "../../iam/grants/keys.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "iam-key-created",
  invariant: "permissions-do-not-increase",
  severity: "medium",
  confidence: "high",
  summary:
    "The configuration newly makes a key or a password of an identity of a cloud, which works from anywhere until it is taken back.",
  why: "The key stands in the state of Terraform, and whoever copies it is that identity. Most keys are never taken back.",
  remedy:
    "Let workloads use the identity that they run as, and build services their own tokens (workload identity federation).",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* newKeys(view, reach);
  },
  examples: {
    "a key of a service account": `
      M terraform/production/main.tf
        resource "google_service_account" "ci" {
          account_id = "ci"
        }
      > resource "google_service_account_key" "ci" {
      +   service_account_id = google_service_account.ci.name
      + }`,
    "one block that makes two": `
      A terraform/production/main.tf
      > resource "google_service_account_key" "all" {
          for_each           = toset(["a", "b"])
          service_account_id = "projects/acme/serviceAccounts/\${each.key}@acme.iam.gserviceaccount.com"
        }`,
    "a password of an application": `
      A terraform/production/main.tf
      > resource "azuread_application_password" "ci" {
          application_id = "/applications/11111111-1111-1111-1111-111111111111"
        }`,
    "a key of a user of AWS": `
      A terraform/production/main.tf
      > resource "aws_iam_access_key" "ci" {
          user = "ci"
        }`,
    "the key is called something else": `
      M terraform/production/main.tf
      - resource "google_service_account_key" "ci" {
      + resource "google_service_account_key" "build" {
          service_account_id = "projects/acme/serviceAccounts/ci@acme.iam.gserviceaccount.com"
        }
      + moved {
      +   from = google_service_account_key.ci
      +   to   = google_service_account_key.build
      + }`,
    "keys are rotated by their date": `
      M terraform/production/main.tf
        resource "google_service_account_key" "ci" {
          service_account_id = "projects/acme/serviceAccounts/ci@acme.iam.gserviceaccount.com"
      -   keepers            = { rotated = "2026-10" }
      +   keepers            = { rotated = "2026-11" }
        }`,
    "the key of an account moves to one for each": `
      M terraform/production/main.tf
        resource "google_service_account_key" "all" {
      -   service_account_id = "projects/acme/serviceAccounts/ci@acme.iam.gserviceaccount.com"
      +   for_each           = { ci = "projects/acme/serviceAccounts/ci@acme.iam.gserviceaccount.com" }
      +   service_account_id = each.value
        }`,
  },
});
