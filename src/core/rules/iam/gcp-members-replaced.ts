import { z } from "zod";
import { replacedMembers } from "../../iam/google/replaced-members.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gcp-members-replaced",
  invariant: "blast-radius-is-bounded",
  severity: "high",
  confidence: "medium",
  summary:
    "A policy or a binding of Google Cloud newly decides alone who holds something, and throws out whoever it does not name.",
  why: "The plan shows what it adds. What it takes away was given elsewhere: by other configurations, by people, and by Google to its own services, which stop working.",
  remedy: "Give single members (`_iam_member`), or import what is held there and name all of it.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* replacedMembers(view, reach);
  },
  examples: {
    "a policy of a whole project": `
      M terraform/production/main.tf
        data "google_iam_policy" "project" {
          binding {
            role    = "roles/viewer"
            members = ["group:staff@acme.example"]
          }
        }
      > resource "google_project_iam_policy" "project" {
      +   project     = "acme"
      +   policy_data = data.google_iam_policy.project.policy_data
      + }`,
    "a binding beside a member of the same role": `
      M terraform/production/main.tf
        resource "google_project_iam_member" "ci" {
          project = "acme"
          role    = "roles/run.developer"
          member  = "serviceAccount:ci@acme.iam.gserviceaccount.com"
        }
      > resource "google_project_iam_binding" "developers" {
      +   project = "acme"
      +   role    = "roles/run.developer"
      +   members = ["group:web@acme.example"]
      + }`,
    "members become a binding": `
      M terraform/production/main.tf
      - resource "google_project_iam_member" "ci" {
      -   project = "acme"
      -   role    = "roles/run.developer"
      -   member  = "serviceAccount:ci@acme.iam.gserviceaccount.com"
      - }
      + resource "google_project_iam_binding" "developers" {
      +   project = "acme"
      +   role    = "roles/run.developer"
      +   members = ["serviceAccount:ci@acme.iam.gserviceaccount.com"]
      + }`,
    "a policy of one bucket": `
      A terraform/production/main.tf
        data "google_iam_policy" "reports" {
          binding {
            role    = "roles/storage.objectViewer"
            members = ["group:staff@acme.example"]
          }
        }
        resource "google_storage_bucket_iam_policy" "reports" {
          bucket      = "reports"
          policy_data = data.google_iam_policy.reports.policy_data
        }`,
    "a policy that stood there": `
      M terraform/production/main.tf
        data "google_iam_policy" "project" {
          binding {
            role    = "roles/viewer"
      -     members = ["group:staff@acme.example", "group:guests@acme.example"]
      +     members = ["group:staff@acme.example"]
          }
        }
        resource "google_project_iam_policy" "project" {
          project     = "acme"
          policy_data = data.google_iam_policy.project.policy_data
        }`,
  },
});
