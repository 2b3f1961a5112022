import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { moduleSourceObservations } from "../../terraform/module-sources.ts";

export default defineRule({
  id: "tf-module-loosened",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "The code of a Terraform module comes from somebody else, or is no longer held to one version.",
  why: "A module runs with the rights to production. Whoever can write to where it comes from can change production, and without a version does so unseen, with the next run.",
  remedy:
    "Name the repository that was named before, with a tag or, better, a commit. Where the code really moves, have people read what it is now.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* moduleSourceObservations(view, reach);
  },
  examples: {
    "another owner": {
      reverse: "reports",
      change: `
      M infra/main.tf
        module "vpc" {
      -   source  = "terraform-aws-modules/vpc/aws"
      >   source  = "terraform-aws-modu1es/vpc/aws"
          version = "5.1.0"
        }`,
    },
    "another host": {
      reverse: "reports",
      change: `
      M infra/main.tf
        module "vpc" {
      -   source = "git::https://git.acme.example/infra/vpc.git?ref=v1.2.0"
      >   source = "git::https://git.other.example/infra/vpc.git?ref=v1.2.0"
        }`,
    },
    "from the repository to elsewhere": `
      M infra/main.tf
        module "vpc" {
      -   source  = "../modules/vpc"
      >   source  = "terraform-aws-modules/vpc/aws"
      +   version = "5.1.0"
        }
      = modules/vpc/main.tf
        locals { a = 1 }`,
    "no version": `
      M infra/main.tf
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
      <   version = "5.1.0"
        }`,
    "any newer version": `
      M infra/main.tf
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
      -   version = "~> 5.1"
      >   version = ">= 5.1"
        }`,
    "a branch": `
      M infra/main.tf
        module "vpc" {
      -   source = "git@github.com:acme/vpc.git//modules/a?ref=v1.2.0"
      >   source = "git@github.com:acme/vpc.git//modules/a?ref=main"
        }`,
    "a branch whose name holds a number": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/modules/vpc?ref=v1.2.0"
      >   source = "github.com/acme/modules/vpc?ref=release-1"
        }`,
    "no reference": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/vpc?ref=v1.2.0"
      >   source = "github.com/acme/vpc"
        }`,
    "from a commit to a tag, which can be moved": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/vpc?ref=0123456789abcdef0123456789abcdef01234567"
      >   source = "github.com/acme/vpc?ref=v1.2.0"
        }`,
    "an expression": {
      reverse: "reports",
      change: `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/vpc?ref=v1.2.0"
      >   source = "github.com/acme/vpc?ref=\${var.version}"
        }`,
    },
    "in JSON": {
      reverse: "reports",
      change: `
      M infra/main.tf.json
        {
          "module": { "vpc": {
      -     "source": "acme/vpc/aws",
      >     "source": "other/vpc/aws",
            "version": "5.1.0"
          } }
        }`,
    },
    "a newer version": `
      M infra/main.tf
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
      -   version = "5.1.0"
      +   version = "6.0.0"
        }
        module "dns" {
      -   source = "github.com/acme/dns?ref=v1.2.0"
      +   source = "github.com/acme/dns?ref=v2.0.0"
        }`,
    "a range in place of one version": `
      M infra/main.tf
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
      -   version = "5.1.0"
      +   version = "~> 5.1.0"
        }`,
    "the same repository by another address": `
      M infra/main.tf
        module "vpc" {
      -   source = "git@github.com:acme/vpc.git?ref=v1.2.0"
      +   source = "git::https://github.com/Acme/vpc.git?ref=v1.2.0"
        }
        module "dns" {
      -   source  = "terraform-aws-modules/route53/aws"
      -   version = "5.1.0"
      +   source  = "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-route53?ref=v5.1.0"
        }`,
    "another folder of the same repository": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/modules//vpc?ref=v1.2.0"
      +   source = "github.com/acme/modules//network/vpc?ref=v1.2.0"
        }`,
    "from elsewhere into the repository": `
      M infra/main.tf
        module "vpc" {
      -   source  = "terraform-aws-modules/vpc/aws"
      -   version = "5.1.0"
      +   source  = "../modules/vpc"
        }
      = modules/vpc/main.tf
        locals { a = 1 }`,
    "from a tag to a commit": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/vpc?ref=v1.2.0"
      +   source = "github.com/acme/vpc?ref=0123456789abcdef0123456789abcdef01234567"
        }`,
    "it was a branch, and still is": `
      M infra/main.tf
        module "vpc" {
      -   source = "github.com/acme/vpc?ref=main"
      +   source = "github.com/acme/vpc?ref=trunk"
        }`,
    "a new module": `
      M infra/main.tf
        locals { a = 1 }
      + module "vpc" {
      +   source = "terraform-aws-modules/vpc/aws"
      + }`,
    "a sample that nobody deploys": `
      M examples/complete/main.tf
        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
      -   version = "5.1.0"
        }`,
  },
});
