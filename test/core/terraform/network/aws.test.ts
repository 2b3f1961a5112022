import { describe, expect, test } from "vitest";
import { observed, said } from "./observed.ts";

describe("security groups", () => {
  test("a wider range of ports shows only what is new", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group_rule" "one" {
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "tcp"
            from_port         = 443
        -   to_port           = 443
        +   to_port           = 444
            cidr_blocks       = ["0.0.0.0/0"]
          }`),
    ).toEqual(["ask: security group `sg-0a1b2c3d` newly lets in any address (0.0.0.0/0) to tcp 444"]);
  });

  test("from 0 to 0 is everything for every protocol, and port 0 for TCP", () => {
    const change = (protocol: string): string => `
      A main.tf
        resource "aws_security_group_rule" "one" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          protocol          = "${protocol}"
          from_port         = 0
          to_port           = 0
          cidr_blocks       = ["0.0.0.0/0"]
        }`;
    expect(said(change("-1"))).toEqual([
      "block: security group `sg-0a1b2c3d` newly lets in any address (0.0.0.0/0) to everything",
    ]);
    expect(said(change("all"))).toEqual(said(change("-1")));
    expect(said(change("tcp"))).toEqual([
      "ask: security group `sg-0a1b2c3d` newly lets in any address (0.0.0.0/0) to tcp 0",
    ]);
  });

  test("ICMP is types and codes", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group_rule" "one" {
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "icmp"
        -   from_port         = 8
        +   from_port         = -1
            to_port           = -1
            cidr_blocks       = ["10.0.0.0/8"]
          }`),
    ).toEqual(["ask: security group `sg-0a1b2c3d` newly lets in 10.0.0.0/8 to icmp types 0-7, types 9-255"]);
  });

  test("the finding has every opening as a row, the one that blocks first", () => {
    const [sighting] = observed(`
      A main.tf
        resource "aws_security_group" "web" {
          ingress {
            protocol    = "tcp"
            from_port   = 80
            to_port     = 80
            cidr_blocks = ["0.0.0.0/0"]
          }
          ingress {
            protocol         = "tcp"
            from_port        = 3306
            to_port          = 3306
            ipv6_cidr_blocks = ["::/0"]
          }
        }`);
    expect(sighting).toMatchObject({
      at: { path: "main.tf", line: 12 },
      bounds: {
        rows: [
          ["ingress", "tcp 3306 (mysql)", "any address (::/0)", "blocks"],
          ["ingress", "tcp 80 (http)", "any address (0.0.0.0/0)", "asks people"],
        ],
      },
    });
    expect(sighting).not.toHaveProperty("asks");
  });

  test("one rule for two ports in place of two rules lets nothing more in", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group" "web" {
        -   ingress {
        -     from_port   = 80
        -     to_port     = 80
        -     protocol    = "tcp"
        -     cidr_blocks = ["10.0.0.0/8"]
        -   }
            ingress {
        -     from_port   = 81
        +     from_port   = 80
              to_port     = 81
              protocol    = "tcp"
              cidr_blocks = ["10.0.0.0/8"]
            }
          }`),
    ).toEqual([]);
  });

  test("a group that moves takes its rules along, also where others name it", () => {
    expect(
      said(`
        M main.tf
        - resource "aws_security_group" "old" {
        + resource "aws_security_group" "new" {
            ingress {
              from_port   = 22
              to_port     = 22
              protocol    = "tcp"
              cidr_blocks = ["0.0.0.0/0"]
            }
          }
          resource "aws_security_group_rule" "db" {
            type                     = "ingress"
            security_group_id        = "sg-0a1b2c3d"
            protocol                 = "tcp"
            from_port                = 5432
            to_port                  = 5432
        -   source_security_group_id = aws_security_group.old.id
        +   source_security_group_id = aws_security_group.new.id
          }`),
    ).toEqual([]);
  });

  test("a configuration that moves to another directory opens nothing", () => {
    const group = (mark: string): string =>
      [
        'resource "aws_security_group" "web" {',
        "  ingress {",
        "    from_port   = 22",
        "    to_port     = 22",
        '    protocol    = "tcp"',
        '    cidr_blocks = ["0.0.0.0/0"]',
        "  }",
        "}",
      ]
        .map((line) => `${mark} ${line}`)
        .join("\n");
    expect(said(`D old/main.tf\n${group("-")}\nA new/main.tf\n${group("+")}`)).toEqual([]);
    expect(said(`= old/main.tf\n${group(" ")}\nA new/main.tf\n${group("+")}`)).toHaveLength(1);
    const stays = 'M old/main.tf\n  resource "aws_vpc" "main" {\n  }\n';
    expect(said(`${stays}${group("-")}\nA new/main.tf\n${group("+")}`)).toHaveLength(1);
  });

  test("a configuration that moves to another environment opens there what it lets in", () => {
    const group = (mark: string): string =>
      `${mark} resource "aws_security_group" "web" {\n${mark}   ingress {\n${mark}     from_port   = 22\n${mark}     to_port     = 22\n${mark}     protocol    = "tcp"\n${mark}     cidr_blocks = ["0.0.0.0/0"]\n${mark}   }\n${mark} }`;
    expect(
      said(`D terraform/development/main.tf\n${group("-")}\nA terraform/production/main.tf\n${group("+")}`),
    ).toHaveLength(1);
    expect(said(`D terraform/production/main.tf\n${group("-")}\nA prod/main.tf\n${group("+")}`)).toEqual([]);
  });

  test("a group that is new may let in its own networks; one that stood may not without being asked about", () => {
    const rule = (mark: string): string => `
        M main.tf
        ${mark} resource "aws_security_group" "db" {
        ${mark}   name = "db"
        ${mark} }
        + resource "aws_security_group_rule" "db" {
        +   type              = "ingress"
        +   security_group_id = aws_security_group.db.id
        +   protocol          = "tcp"
        +   from_port         = 5432
        +   to_port           = 5432
        +   self              = true
        + }`;
    expect(said(rule("+"))).toEqual([]);
    expect(said(rule(" "))).toEqual([
      "ask: security group `aws_security_group.db` newly lets in security group `itself` to tcp 5432 (postgresql)",
    ]);
  });

  test("ports that are expressions are a gap, unless they stood before", () => {
    const change = (before: string, after: string): string => `
        M main.tf
          resource "aws_security_group_rule" "one" {
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "tcp"
        -   from_port         = ${before}
        +   from_port         = ${after}
            to_port           = 443
            cidr_blocks       = ["0.0.0.0/0"]
          }`;
    expect(said(change("443", "var.first"))).toEqual([
      "gap: what security group `sg-0a1b2c3d` lets in: `tcp var.first-443` is not decided",
    ]);
    expect(said(change("var.first", "var.first"))).toEqual([]);
  });

  test("the same expression over other instances is not the same", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group_rule" "one" {
        -   for_each          = var.offices
        +   for_each          = merge(var.offices, var.partners)
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "tcp"
            from_port         = 443
            to_port           = 443
            cidr_blocks       = [each.value]
          }`),
    ).toEqual([
      "gap: what security group `sg-0a1b2c3d` lets in to tcp 443 (https): `each.value#7ad9957e215f for merge(var.offices, var.partners)` is not decided",
    ]);
  });

  test("an undecided dynamic block is a gap where it is new or another one", () => {
    const change = (before: string): string => `
        M main.tf
          resource "aws_security_group" "web" {
            dynamic "ingress" {
        -     for_each = ${before}
        +     for_each = var.rules
              content {
                protocol    = "tcp"
                from_port   = ingress.value
                to_port     = ingress.value
                cidr_blocks = ["0.0.0.0/0"]
              }
            }
          }`;
    expect(said(change("var.rules"))).toEqual([]);
    expect(said(change("var.others"))).toEqual([expect.stringMatching(/^gap: .*`var\.rules` is not decided/u)]);
  });
});

describe("prefix lists", () => {
  const group = `
          resource "aws_security_group_rule" "one" {
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "tcp"
            from_port         = 22
            to_port           = 22
            prefix_list_ids   = [aws_ec2_managed_prefix_list.offices.id]
          }`;

  test("an entry of a list that the configuration makes opens every group that names it", () => {
    expect(
      said(`
        M main.tf${group}
          resource "aws_ec2_managed_prefix_list" "offices" {
            entry {
              cidr = "192.0.2.7/32"
            }
          }
        + resource "aws_ec2_managed_prefix_list_entry" "all" {
        +   prefix_list_id = aws_ec2_managed_prefix_list.offices.id
        +   cidr           = "0.0.0.0/0"
        + }`),
    ).toEqual([
      "block: security group `sg-0a1b2c3d` newly lets in any address (0.0.0.0/0 but 192.0.2.7/32) to tcp 22 (ssh)",
    ]);
  });

  test("the networks of a list, written out, let nobody else in", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group_rule" "one" {
            type              = "ingress"
            security_group_id = "sg-0a1b2c3d"
            protocol          = "tcp"
            from_port         = 22
            to_port           = 22
        -   prefix_list_ids   = [aws_ec2_managed_prefix_list.offices.id]
        +   cidr_blocks       = ["192.0.2.7/32"]
          }
          resource "aws_ec2_managed_prefix_list" "offices" {
            entry {
              cidr = "192.0.2.7/32"
            }
          }`),
    ).toEqual([]);
  });
});

describe("network ACLs", () => {
  const acl = (denied: string, allowed: string): string => `
        M main.tf
          resource "aws_network_acl_rule" "deny" {
            network_acl_id = "acl-0a1b2c3d"
            rule_number    = ${denied}
            rule_action    = "deny"
            protocol       = "tcp"
            from_port      = 22
            to_port        = 22
            cidr_block     = "0.0.0.0/0"
          }
          resource "aws_network_acl_rule" "allow" {
            network_acl_id = "acl-0a1b2c3d"
        -   rule_number    = 200
        +   rule_number    = ${allowed}
            rule_action    = "allow"
            protocol       = "tcp"
            from_port      = 22
            to_port        = 443
            cidr_block     = "0.0.0.0/0"
          }`;

  test("a permission that comes to stand before a denial opens what was denied, and asks", () => {
    expect(said(acl("100", "50"))).toEqual([
      "ask: network ACL `acl-0a1b2c3d` newly lets in any address (0.0.0.0/0) to tcp 22 (ssh)",
    ]);
  });

  test("an order that changes nothing is silent", () => {
    expect(said(acl("100", "150"))).toEqual([]);
  });

  test("a number that nobody can decide is a gap", () => {
    expect(said(acl("100", "var.number"))).toEqual([expect.stringMatching(/^gap: .*`var\.number`/u)]);
  });
});

test("clusters: networks that reach the API of Kubernetes", () => {
  const change = (before: string, after: string): string => `
        M main.tf
          resource "aws_eks_cluster" "main" {
            vpc_config {
        -     ${before}
        +     ${after}
            }
          }`;
  expect(said(change('public_access_cidrs = ["192.0.2.0/24"]', "subnet_ids = []"))).toEqual([
    "block: networks that reach cluster `aws_eks_cluster.main` newly lets in any address (0.0.0.0/0 but 192.0.2.0/24) to the Kubernetes API",
  ]);
  expect(said(change("subnet_ids = []", 'public_access_cidrs = ["0.0.0.0/0"]'))).toEqual([]);
  expect(said(change("endpoint_public_access = true", "endpoint_public_access = false"))).toEqual([]);
});

describe("instances and modules", () => {
  test("instances that say the same are one finding that names the others", () => {
    expect(
      said(`
        M main.tf
          resource "aws_security_group" "web" {
            count = 2
            ingress {
              protocol    = "tcp"
              from_port   = 22
              to_port     = 22
        -     cidr_blocks = ["10.0.0.0/8"]
        +     cidr_blocks = ["0.0.0.0/0"]
            }
          }`),
    ).toEqual([
      "block: security group `aws_security_group.web[0]` newly lets in any address (0.0.0.0/0 but 10.0.0.0/8) to tcp 22 (ssh); so do 1 more: security group `aws_security_group.web[1]`",
    ]);
  });

  test("groups that come to be counted by hand let nothing more in than those nobody could count", () => {
    expect(
      said(`
        M main.tf
          variable "names" {}
          resource "aws_security_group" "web" {
        -   for_each = var.names
        +   for_each = toset(["a", "b"])
            ingress {
              protocol    = "tcp"
              from_port   = 22
              to_port     = 22
              cidr_blocks = ["0.0.0.0/0"]
            }
          }`),
    ).toEqual([]);
  });

  test("rules for new groups that nobody can count are those of new groups", () => {
    expect(
      said(`
        M main.tf
          variable "names" {}
        + resource "aws_security_group" "db" {
        +   for_each = var.names
        + }
        + resource "aws_security_group_rule" "db" {
        +   for_each          = var.names
        +   type              = "ingress"
        +   security_group_id = aws_security_group.db[each.key].id
        +   protocol          = "tcp"
        +   from_port         = 5432
        +   to_port           = 5432
        +   cidr_blocks       = ["10.0.0.0/8"]
        + }`),
    ).toEqual([]);
  });

  test("what a new module call makes of a group by an expression is new; a literal group stood before", () => {
    const call = (group: string): string => `
        = modules/db/main.tf
          variable "name" {}
          resource "aws_security_group_rule" "db" {
            type              = "ingress"
            security_group_id = ${group}
            protocol          = "tcp"
            from_port         = 5432
            to_port           = 5432
            cidr_blocks       = ["10.0.0.0/8"]
          }
        M main.tf
          resource "aws_vpc" "main" {}
        + module "db" {
        +   source = "./modules/db"
        +   name   = "db"
        + }`;
    expect(said(call('coalesce(data.none, join("", split(",", aws_vpc.main.tags)))'))).toHaveLength(1);
    expect(said(call('one(split(",", aws_security_group.elsewhere.tags))'))).toEqual([]);
    expect(said(call('"sg-0a1b2c3d"'))).toHaveLength(1);
  });

  test("a value that comes from elsewhere is reported where it was changed", () => {
    const [found] = observed(`
        M main.tf
          resource "aws_security_group" "web" {
            ingress {
              protocol    = "tcp"
              from_port   = 22
              to_port     = 22
              cidr_blocks = local.offices
            }
          }
          locals {
        -   offices = ["192.0.2.0/24"]
        +   offices = ["192.0.2.0/24", "0.0.0.0/0"]
          }`);
    expect(found).toMatchObject({ at: { path: "main.tf", line: 10 } });
  });
});
