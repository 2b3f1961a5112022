import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { missingMoves } from "../../terraform/readdressed.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "tf-address-changed",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "medium",
  summary:
    "A Terraform resource that holds something gets another address, and no `moved` block says that it is the same.",
  why: "Terraform knows things by their addresses alone. A new label, module, index or key makes it destroy what stands at the old one and create an empty one at the new.",
  remedy: "Add a `moved` block from the old address to the new one; it can go once every state has been applied.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    for (const { at, about, from, to, message, tier, paths, file } of missingMoves(view, policy.stateful, reach)) {
      const top = { line: at.line, column: 1 };
      const block = `moved {\n  from = ${from}\n  to   = ${to}\n}\n\n`;
      const isHeader = file !== null && startsBlock(view, file, at.line);
      yield {
        at,
        about,
        message,
        paths,
        object: from,
        remedy: `Where it is the same one, add \`moved\` with \`from = ${from.replaceAll("`", "'")}\` and \`to = ${to.replaceAll("`", "'")}\`; else have people accept that ${inCode(from)} is destroyed.`,
        // What can be built again is people's to weigh.
        ...(tier === "B" ? { asks: true } : {}),
        ...(isHeader ? { fix: [{ path: file, start: top, end: top, text: block }] } : {}),
      };
    }
  },
  examples: {
    "another label": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      > resource "aws_db_instance" "orders" {
          identifier = "orders"
          engine     = "postgres"
        }`,
    },
    "another label in another file": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - resource "google_storage_bucket" "logs" {
      -   name = "acme-logs"
      - }
        locals { a = 1 }
      A terraform/production/buckets.tf
      > resource "google_storage_bucket" "audit" {
          name = "acme-logs"
        }`,
    },
    "a network": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - resource "aws_vpc" "main" {
      > resource "aws_vpc" "this" {
          cidr_block = "10.0.0.0/16"
        }`,
    },
    "for_each takes the place of count": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   count      = 1
      >   for_each   = toset([
      +     "orders",
      +   ])
          identifier = "orders"
        }`,
    },
    "another key": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
        resource "aws_ebs_volume" "data" {
      -   for_each = { a = 100 }
      >   for_each = {
      +     primary = 100
      +   }
          size     = each.value
        }`,
    },
    "another name of a module": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - module "db" {
      > module "database" {
          source = "../modules/db"
        }
      = terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }
        resource "aws_db_instance" "replica" {
          identifier = "orders-replica"
        }`,
    },
    "a module is called with count: Terraform moves no module by itself": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      ! module "db" {
      +   count  = 1
          source = "../modules/db"
        }
      = terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    },
    "into a module": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
      + module "db" {
      +   source = "../modules/db"
      + }
      A terraform/modules/db/main.tf
      > resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    },
    "all instances of a block, with one moved block for them": {
      reverse: "reports",
      change: `
      M terraform/production/main.tf
      - resource "google_storage_bucket" "team" {
      > resource "google_storage_bucket" "teams" {
          for_each = toset(["ads", "maps"])
          name     = each.key
        }`,
    },
    "a module with a moved block": `
      M terraform/production/main.tf
      - module "db" {
      + module "database" {
          source = "../modules/db"
        }
      + moved {
      +   from = module.db
      +   to   = module.database
      + }
      = terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    "into a module with a moved block": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      -   identifier = "orders"
      - }
      + module "db" {
      +   source = "../modules/db"
      + }
      + moved {
      +   from = aws_db_instance.main
      +   to   = module.db.aws_db_instance.main
      + }
      A terraform/modules/db/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    "for_each takes the place of count, with a moved block": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
      -   count      = 1
      +   for_each   = toset(["orders"])
          identifier = "orders"
        }
      + moved {
      +   from = aws_db_instance.main[0]
      +   to   = aws_db_instance.main["orders"]
      + }`,
    "a moved block says so": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      + resource "aws_db_instance" "orders" {
          identifier = "orders"
        }
      + moved {
      +   from = aws_db_instance.main
      +   to   = aws_db_instance.orders
      + }`,
    "nothing but a data source is named otherwise": `
      M terraform/production/main.tf
      - data "aws_db_instance" "main" {
      + data "aws_db_instance" "orders" {
          db_instance_identifier = "orders"
        }`,
    "a rule of a firewall holds nothing": `
      M terraform/production/main.tf
      - resource "aws_security_group_rule" "a" {
      + resource "aws_security_group_rule" "b" {
          type = "ingress"
        }`,
    "one goes, and one that is another thing comes": `
      M terraform/production/main.tf
      - resource "aws_s3_bucket" "logs" {
      -   bucket = "logs"
      - }
      + resource "aws_s3_bucket" "media" {
      +   bucket = "media"
      + }`,
    "another file of the same module": `
      D terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }
      A terraform/production/database.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }`,
    "one more": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier = "orders"
        }
      + resource "aws_db_instance" "copy" {
      +   identifier = "orders-copy"
      + }`,
  },
});

type View = Parameters<typeof missingMoves>[0];

/** Before a block another one can stand; in the middle of one it cannot. */
function startsBlock({ blocks }: View, path: string, line: number): boolean {
  return blocks.some(({ after }) => after?.path === path && after.block.line === line && after.block.type !== "local");
}
