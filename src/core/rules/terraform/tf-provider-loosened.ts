import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { providerSourceObservations } from "../../terraform/provider-sources.ts";

export default defineRule({
  id: "tf-provider-loosened",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A provider of Terraform comes from somebody else, or its version is no longer held.",
  why: "A provider is a program that gets the keys to production. Names that differ by a letter are how others get their own program to run, and without a version the next one comes unseen.",
  remedy:
    "Name the registry and namespace that were named before, with a version, and commit the lock file with its hashes.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* providerSourceObservations(view, reach);
  },
  examples: {
    "another namespace": {
      reverse: "reports",
      change: `
      M infra/versions.tf
        terraform {
          required_providers {
      !     aws = {
      -       source  = "hashicorp/aws"
      +       source  = "hashic0rp/aws"
              version = "~> 5.0"
            }
          }
        }
      = infra/main.tf
        locals { a = 1 }`,
    },
    "another registry": {
      reverse: "reports",
      change: `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws", version = "~> 5.0" }
      >     aws = { source = "registry.other.example/hashicorp/aws", version = "~> 5.0" }
          }
        }`,
    },
    "no version": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws", version = "~> 5.0" }
      >     aws = { source = "hashicorp/aws" }
          }
        }`,
    "any version at all": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws", version = "< 6.0" }
      >     aws = { source = "hashicorp/aws", version = ">= 0" }
          }
        }`,
    "in JSON": {
      reverse: "reports",
      change: `
      M infra/versions.tf.json
        {
          "terraform": {
      -     "required_providers": { "aws": { "source": "hashicorp/aws", "version": "~> 5.0" } },
      >     "required_providers": { "aws": { "source": "other/aws", "version": "~> 5.0" } },
            "required_version": ">= 1.5"
          }
        }`,
    },
    "a newer version, and a range in place of one": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws    = { source = "hashicorp/aws", version = "~> 5.0" }
      -     random = { source = "hashicorp/random", version = "3.5.1" }
      +     aws    = { source = "hashicorp/aws", version = "~> 6.0" }
      +     random = { source = "hashicorp/random", version = "~> 3.5" }
          }
        }`,
    "a lower end in place of a range, which the lock file holds": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws", version = "~> 4.0" }
      +     aws = { source = "hashicorp/aws", version = ">= 4.9" }
          }
        }`,
    "the same provider in full, and by the older notation": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws    = { source = "hashicorp/aws", version = "~> 5.0" }
      -     random = "~> 3.5"
      +     random = { source = "hashicorp/random", version = "~> 3.5" }
      +     aws    = { source = "registry.opentofu.org/hashicorp/aws", version = "~> 5.0" }
          }
        }`,
    "one provider more, one fewer": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     random = { source = "hashicorp/random", version = "~> 3.5" }
      +     null   = { source = "hashicorp/null" }
          }
        }`,
    "it never had a version": `
      M infra/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws" }
      +     aws = { source = "hashicorp/aws", version = ">= 5.0" }
          }
        }`,
    "a sample that nobody deploys": `
      M examples/complete/versions.tf
        terraform {
          required_providers {
      -     aws = { source = "hashicorp/aws", version = "~> 5.0" }
      +     aws = { source = "hashicorp/aws" }
          }
        }`,
  },
});
