import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { checkObservations } from "../../terraform/checks.ts";

export default defineRule({
  id: "tf-check-removed",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "A condition that a Terraform configuration sets itself is gone, or always true.",
  why: "Validations and conditions are what somebody wrote down so that a value which breaks production is refused. A change that needs one out of the way is one to look at.",
  remedy: "Keep the condition, or write the new one in its place, so that people see which values it lets through.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* checkObservations(view, reach);
  },
  examples: {
    "a validation is gone": `
      M infra/variables.tf
        variable "replicas" {
          type = number
      -   validation {
      <     condition     = var.replicas >= 2
      -     error_message = "At least two."
      -   }
        }`,
    "a validation is always true": `
      M infra/variables.tf
        variable "replicas" {
          type = number
          validation {
      -     condition     = var.replicas >= 2
      >     condition     = true
            error_message = "At least two."
          }
        }`,
    "one way out is always open": `
      M infra/variables.tf
        variable "replicas" {
          validation {
      -     condition     = var.replicas >= 2
      >     condition     = var.replicas >= 2 || true
            error_message = "At least two."
          }
        }`,
    "a name takes its place": `
      M infra/variables.tf
        variable "strict" {}
        variable "replicas" {
          validation {
      -     condition     = var.replicas >= 2
      >     condition     = var.strict
            error_message = "At least two."
          }
        }`,
    "one of two": `
      M infra/variables.tf
        variable "replicas" {
          validation {
            condition     = var.replicas >= 2
            error_message = "At least two."
          }
      -   validation {
      <     condition     = var.replicas <= 20
      -     error_message = "At most twenty."
      -   }
        }`,
    "conditions of a resource, with their block": `
      M infra/main.tf
        resource "aws_instance" "web" {
          ami = data.aws_ami.web.id
      -   lifecycle {
      -     precondition {
      <       condition     = data.aws_ami.web.architecture == "x86_64"
      -       error_message = "Of the wrong architecture."
      -     }
      -     postcondition {
      <       condition     = self.public_ip == ""
      -       error_message = "Not in public."
      -     }
      -   }
        }`,
    "a check as a whole": `
      M infra/main.tf
        locals { a = 1 }
      - check "health" {
      -   assert {
      <     condition     = data.http.health.status_code == 200
      -     error_message = "It is not healthy."
      -   }
      - }`,
    "in JSON": `
      M infra/main.tf.json
        {
          "variable": { "replicas": {
      <     "validation": [{ "condition": "\${var.replicas >= 2}", "error_message": "At least two." }],
            "type": "number"
          } }
        }`,
    "another condition": `
      M infra/variables.tf
        variable "replicas" {
          validation {
      -     condition     = var.replicas >= 2
      +     condition     = var.replicas >= 3
            error_message = "Enough of them."
          }
        }`,
    "another message": `
      M infra/variables.tf
        variable "replicas" {
          validation {
            condition     = var.replicas >= 2
      -     error_message = "Two."
      +     error_message = "At least two."
          }
        }`,
    "two become one": `
      M infra/variables.tf
        variable "replicas" {
          validation {
      -     condition     = var.replicas >= 2
      -     error_message = "At least two."
      -   }
      -   validation {
      -     condition     = var.replicas <= 20
      -     error_message = "At most twenty."
      +     condition     = var.replicas >= 2 && var.replicas <= 20
      +     error_message = "Two to twenty."
          }
        }`,
    "what it was set on goes too": `
      M infra/variables.tf
        variable "region" {}
      - variable "replicas" {
      -   validation {
      -     condition     = var.replicas >= 2
      -     error_message = "At least two."
      -   }
      - }`,
    "moved to another file, in another order": `
      M infra/main.tf
        locals { a = 1 }
      - check "health" {
      -   assert {
      -     condition     = data.http.health.status_code == 200
      -     error_message = "It is not healthy."
      -   }
      -   assert {
      -     condition     = data.http.other.status_code == 200
      -     error_message = "It is not healthy."
      -   }
      - }
      A infra/checks.tf
        check "health" {
          assert {
            condition     = data.http.other.status_code == 200
            error_message = "It is not healthy."
          }
          assert {
            condition     = data.http.health.status_code == 200
            error_message = "It is not healthy."
          }
        }`,
    "it was always true": `
      M infra/variables.tf
        variable "replicas" {
          type = number
      -   validation {
      -     condition     = true
      -     error_message = "Never."
      -   }
        }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
        variable "replicas" {
          type = number
      -   validation {
      -     condition     = var.replicas >= 2
      -     error_message = "At least two."
      -   }
        }`,
  },
});
