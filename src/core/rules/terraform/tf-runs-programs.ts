import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { programObservations } from "../../terraform/programs.ts";

export default defineRule({
  id: "tf-runs-programs",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "Terraform is to run a program of the configuration's own, or to ask a server, that it did not before.",
  why: "Such a program runs with the credentials that Terraform has, a data source in every plan, and no plan shows what it does. What a server answers becomes part of the configuration.",
  remedy:
    "Use a resource of a provider instead. Where it has to be a program, have people read it as what it is: code that runs with the rights to production.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* programObservations(view, reach);
  },
  examples: {
    "a provisioner is added": `
      M infra/main.tf
        resource "aws_instance" "web" {
          ami = "ami-1"
      >   provisioner "local-exec" {
      +     command = "./register.sh"
      +   }
        }`,
    "a new resource that only runs something": `
      M infra/main.tf
        locals { a = 1 }
      + resource "null_resource" "migrate" {
      >   provisioner "local-exec" {
      +     command = "./migrate.sh"
      +   }
      + }`,
    "another command": {
      reverse: "reports",
      change: `
      M infra/main.tf
        resource "terraform_data" "migrate" {
          provisioner "local-exec" {
      -     command = "./migrate.sh"
      >     command = "./migrate.sh --force"
          }
        }`,
    },
    "another interpreter of the same command": {
      reverse: "reports",
      change: `
      M infra/main.tf
        resource "terraform_data" "migrate" {
          provisioner "local-exec" {
            command     = "up"
      -     interpreter = ["sh", "-c"]
      >     interpreter = ["-c", "sh"]
          }
        }`,
    },
    "on the machine, and a file to it": `
      M infra/main.tf
        resource "aws_instance" "web" {
          ami = "ami-1"
      >   provisioner "file" {
      +     source      = "setup.sh"
      +     destination = "/tmp/setup.sh"
      +   }
      >   provisioner "remote-exec" {
      +     inline = ["sh /tmp/setup.sh"]
      +   }
        }`,
    "a program in every plan": `
      A infra/lookup.tf
      > data "external" "owner" {
          program = ["python3", "owner.py"]
        }`,
    "a server in every plan": `
      M infra/main.tf
        locals { a = 1 }
      > data "http" "addresses" {
      +   url = "https://addresses.example"
      + }`,
    "another server": {
      reverse: "reports",
      change: `
      M infra/main.tf
        data "http" "addresses" {
      -   url = "https://addresses.example"
      >   url = "https://other.example"
        }`,
    },
    "in JSON": `
      M infra/main.tf.json
        {
          "resource": { "null_resource": { "a": {
      >     "provisioner": [{ "local-exec": { "command": "./a.sh" } }],
            "count": 1
          } } }
        }`,
    "it is gone": `
      M infra/main.tf
        resource "aws_instance" "web" {
          ami = "ami-1"
      -   provisioner "local-exec" {
      -     command = "./register.sh"
      -   }
        }`,
    "another occasion for the same program": `
      M infra/main.tf
        resource "null_resource" "migrate" {
      -   triggers = { version = "1" }
      +   triggers = { version = "2" }
          provisioner "local-exec" {
            command = "./migrate.sh"
          }
        }`,
    "the same program under another name, in another file": `
      M infra/main.tf
        locals { a = 1 }
      - resource "null_resource" "migrate" {
      -   provisioner "local-exec" {
      -     command = "./migrate.sh"
      -   }
      - }
      A infra/migrate.tf
        resource "terraform_data" "migrate" {
          provisioner "local-exec" {
            command = "./migrate.sh"
          }
        }`,
    "a resource that runs nothing": `
      M infra/main.tf
        locals { a = 1 }
      + resource "terraform_data" "version" {
      +   input = "1"
      + }`,
    "a sample that nobody deploys": `
      A examples/complete/main.tf
        data "external" "owner" {
          program = ["python3", "owner.py"]
        }`,
  },
});
