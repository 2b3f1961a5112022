import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { backendObservations } from "../../terraform/backends.ts";

export default defineRule({
  id: "tf-backend-changed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "Terraform is to look for its state in another place, or no longer locks it.",
  why: "A state that is elsewhere is a state that is missing: Terraform makes everything anew beside what stands, or takes what belongs to others for its own. Without a lock two runs overwrite each other.",
  remedy:
    "Leave the backend as it is. Where the state has to move, have people accept it, and show a plan from the new place that changes nothing.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* backendObservations(view, reach);
  },
  examples: {
    "the backend is gone": {
      reverse: "reports",
      change: `
      M infra/main.tf
        terraform {
          required_version = ">= 1.5"
      <   backend "s3" {
      -     bucket = "acme-state"
      -     key    = "production"
      -   }
        }`,
    },
    "a local file takes its place": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
      -   backend "gcs" {
      -     bucket = "acme-state"
      >   backend "local" {
          }
        }`,
    },
    "another kind of place": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
      -   backend "s3" {
      -     bucket = "acme-state"
      -     key    = "production"
      +
      >   cloud {
      +     organization = "acme"
          }
        }`,
    },
    "another key in the same bucket": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket = "acme-state"
      -     key    = "production"
      >     key    = "staging"
          }
        }`,
    },
    "another folder, which was not named before": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
          backend "gcs" {
            bucket = "acme-state"
      >     prefix = "production"
          }
        }`,
    },
    "another workspace": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
          cloud {
            organization = "acme"
            workspaces {
      -       name = "production"
      >       name = "staging"
            }
          }
        }`,
    },
    "workspaces lie under another prefix": {
      reverse: "reports",
      change: `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket               = "acme-state"
            key                  = "production"
      >     workspace_key_prefix = "teams"
          }
        }`,
    },
    "in JSON, and another account": {
      reverse: "reports",
      change: `
      M infra/backend.tf.json
        {
          "terraform": {
            "backend": { "azurerm": {
      -       "storage_account_name": "acmestate",
      >       "storage_account_name": "otherstate",
              "container_name": "state", "key": "production"
            } }
          }
        }
      = infra/main.tf
        locals { a = 1 }`,
    },
    "an override file leads elsewhere": {
      reverse: "reports",
      change: `
      = infra/backend.tf
        terraform {
          backend "s3" {
            bucket = "acme-state"
            key    = "production"
          }
        }
      A infra/backend_override.tf
        terraform {
      >   backend "local" {
          }
        }`,
    },
    "nobody locks it any more": `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket         = "acme-state"
            key            = "production"
      <     dynamodb_table = "locks"
          }
        }`,
    "the lock is turned off": `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket       = "acme-state"
            key          = "production"
      -     use_lockfile = true
      >     use_lockfile = false
          }
        }`,
    "a first backend": {
      reverse: "reports",
      change: `
      M infra/main.tf
        terraform {
          required_version = ">= 1.5"
      >   backend "s3" {
      +     bucket = "acme-state"
      +     key    = "production"
      +   }
        }`,
    },
    "reordered, and in another file": `
      M infra/main.tf
        terraform {
          required_version = ">= 1.5"
      -   backend "s3" {
      -     bucket = "acme-state"
      -     key    = "production"
      -   }
        }
      A infra/backend.tf
        terraform {
          backend "s3" {
            key    = "production"
            bucket = "acme-state"
          }
        }`,
    "the lock is a file now": `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket         = "acme-state"
            key            = "production"
      -     dynamodb_table = "locks"
      +     use_lockfile   = true
          }
        }`,
    "the same workspace by the newer name of the backend": `
      M infra/backend.tf
        terraform {
      -   backend "remote" {
      -     hostname     = "app.terraform.io"
      +   cloud {
            organization = "acme"
            workspaces {
              name = "production"
            }
          }
        }`,
    "how to get there, not where it is": `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket  = "acme-state"
            key     = "production"
      -     profile = "person-a"
      +     encrypt = true
          }
        }`,
    "the default is written out": `
      M infra/backend.tf
        terraform {
          backend "s3" {
            bucket               = "acme-state"
            key                  = "production"
      +     workspace_key_prefix = "env:"
          }
        }`,
    "a new configuration with a backend of its own": `
      A infra/main.tf
        terraform {
          backend "s3" {
            bucket = "acme-state"
            key    = "other"
          }
        }`,
    "a configuration goes as a whole": `
      D infra/main.tf
        terraform {
          backend "s3" {
            bucket = "acme-state"
            key    = "other"
          }
        }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
        terraform {
          backend "s3" {
            bucket = "acme-state"
      -     key    = "a"
      +     key    = "b"
          }
        }`,
  },
});
