import { z } from "zod";
import { googleJudging } from "../../iam/google/judging.ts";
import { googleRoots } from "../../iam/google/terraform.ts";
import { grantObservations } from "../../iam/grants/observations.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gcp-role-granted",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary:
    "Somebody newly holds a role of Google Cloud on something, and no role that they held before gave them the same.",
  why: "Whoever takes over an account has its roles too. Roles that set who holds what, or that let one be a service account, give all the others.",
  remedy:
    "Give the narrowest role that does, on the one resource that needs it, and let somebody who owns the project confirm it.",
  needs: "resources",
  options: z.strictObject({}),
  yieldsTo: "tf-opened-to-anyone",
  *detect(view, _, { reach }) {
    yield* grantObservations(googleRoots(view), googleJudging, reach);
  },
  examples: {
    "a viewer of a project becomes its owner": `
      M terraform/production/main.tf
        resource "google_project_iam_member" "deploy" {
          project = "acme"
      -   role    = "roles/viewer"
      >   role    = "roles/owner"
          member  = "serviceAccount:deploy@acme.iam.gserviceaccount.com"
        }`,
    "one more member of a binding": `
      M terraform/production/main.tf
        resource "google_project_iam_binding" "readers" {
          project = "acme"
          role    = "roles/bigquery.dataViewer"
      !   members = [
            "group:data@acme.example",
      +     "group:everyone@acme.example",
          ]
        }`,
    "a role moves from a bucket to the project": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "reports" {
          name    = "reports"
          project = "acme"
        }
      - resource "google_storage_bucket_iam_member" "reports" {
      -   bucket = "reports"
      -   role   = "roles/storage.objectViewer"
      -   member = "group:data@acme.example"
      - }
      + resource "google_project_iam_member" "reports" {
      >   project = "acme"
      +   role    = "roles/storage.objectViewer"
      +   member  = "group:data@acme.example"
      + }`,
    "a condition is gone": `
      M terraform/production/main.tf
      ! resource "google_project_iam_member" "night" {
          project = "acme"
          role    = "roles/compute.instanceAdmin.v1"
          member  = "user:person-a@acme.example"
      -   condition {
      -     title      = "this week"
      -     expression = "request.time < timestamp(\\"2026-11-28T00:00:00Z\\")"
      -   }
        }`,
    "an account may be every account": `
      A terraform/production/main.tf
        resource "google_project_iam_member" "ci" {
          project = "acme"
      >   role    = "roles/iam.serviceAccountTokenCreator"
          member  = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/*"
        }`,
    "a role in a policy": `
      M terraform/production/main.tf
        data "google_iam_policy" "project" {
          binding {
      -     role    = "roles/viewer"
      >     role    = "roles/editor"
            members = ["group:staff@acme.example"]
          }
        }
        resource "google_project_iam_policy" "project" {
          project     = "acme"
          policy_data = data.google_iam_policy.project.policy_data
        }`,
    "everybody may read a bucket": `
      M terraform/production/main.tf
        resource "google_storage_bucket_iam_binding" "readers" {
          bucket  = "reports"
          role    = "roles/storage.objectViewer"
      -   members = ["group:data@acme.example"]
      >   members = ["allUsers"]
        }`,
    "the role is given to the configuration": {
      change: `
      M terraform/production/main.tf
        variable "role" {}
        resource "google_project_iam_member" "deploy" {
          project = "acme"
      -   role    = "roles/viewer"
      >   role    = var.role
          member  = "group:staff@acme.example"
        }`,
      reverse: "reports",
    },
    "members become a binding": `
      M terraform/production/main.tf
      - resource "google_project_iam_member" "a" {
      -   project = "acme"
      -   role    = "roles/editor"
      -   member  = "group:a@acme.example"
      - }
      - resource "google_project_iam_member" "b" {
      -   project = "acme"
      -   role    = "roles/editor"
      -   member  = "group:b@acme.example"
      - }
      + resource "google_project_iam_binding" "editors" {
      +   project = "acme"
      +   role    = "roles/editor"
      +   members = ["group:b@acme.example", "group:a@acme.example"]
      + }`,
    "an owner becomes a viewer": `
      M terraform/production/main.tf
        resource "google_project_iam_member" "a" {
          project = "acme"
      -   role    = "roles/owner"
      +   role    = "roles/viewer"
          member  = "group:a@acme.example"
        }`,
    "the project of a bucket gives way to the bucket": `
      M terraform/production/main.tf
        resource "google_storage_bucket" "reports" {
          name    = "reports"
          project = "acme"
        }
      - resource "google_project_iam_member" "reports" {
      -   project = "acme"
      -   role    = "roles/storage.admin"
      -   member  = "group:data@acme.example"
      - }
      + resource "google_storage_bucket_iam_member" "reports" {
      +   bucket = google_storage_bucket.reports.name
      +   role   = "roles/storage.objectViewer"
      +   member = "group:data@acme.example"
      + }`,
    "a new account on a new bucket": `
      A terraform/production/main.tf
        resource "google_service_account" "api" {
          account_id = "api"
        }
        resource "google_storage_bucket" "uploads" {
          name = "acme-uploads"
        }
        resource "google_storage_bucket_iam_member" "api" {
          bucket = google_storage_bucket.uploads.name
          role   = "roles/storage.objectAdmin"
          member = google_service_account.api.member
        }
        resource "google_project_iam_member" "logs" {
          project = "acme"
          role    = "roles/logging.logWriter"
          member  = google_service_account.api.member
        }`,
  },
});
