import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { callObservations } from "../../terraform/network/calls.ts";
import { type Judging, networkObservations, type Weight } from "../../terraform/network/findings.ts";
import { guardedPorts } from "../../terraform/network/ports.ts";
import { servicesOfPorts } from "../../terraform/network/services.ts";
import { meets } from "../../terraform/network/showing.ts";

const options = z.strictObject({
  ports: z
    .array(z.int().min(0).max(65_535))
    .default([...guardedPorts])
    .describe("Ports that nobody opens to the internet: a change that does is blocked, any other opening asks people."),
  wider_than: z
    .int()
    .min(0)
    .max(32)
    .default(24)
    .describe("Public IPv4 networks with a shorter prefix than this count as the internet."),
  private: z
    .enum(["review", "silent"])
    .default("review")
    .describe("Whether what a barrier that stood before newly lets in from one's own networks asks people."),
});

function judging({ ports, wider_than: widerThan, private: own }: z.output<typeof options>): Judging {
  const guarded = servicesOfPorts(ports);
  return {
    direction: "ingress",
    widerThan,
    weigh({ breadth, services }, { barrier, fresh }): Weight {
      switch (breadth) {
        case "everybody":
        case "wide":
          // The API of a cluster asks whoever comes for credentials; what lets everybody in where it restricted before is another thing.
          if (barrier.kind.stands === "outer" || (fresh && barrier.kind.unstated === "everybody")) return "asks";
          return meets(services, guarded) ? "blocks" : "asks";
        case "foreign":
          return "asks";
        case "narrow":
          // A new list of networks restricts what would let everybody in.
          return fresh && barrier.kind.unstated === "everybody" ? "pass" : "asks";
        case "private":
        case "named":
          // Nothing that stood before is reached through a barrier that is new.
          return fresh || own === "silent" ? "pass" : "asks";
      }
    },
    minds: () => true,
  };
}

export default defineRule({
  id: "tf-network-ingress-widened",
  invariant: "network-does-not-widen",
  severity: "high",
  confidence: "high",
  summary: "A security group, firewall, ACL or list of networks lets in more than it did before.",
  why: "Scanners find a port that is open to the internet within minutes, and what listens there was often never meant to be met by strangers.",
  remedy:
    "Let in only the networks, groups and ports that need it; reach machines and databases through a VPN, a bastion or the provider's session service.",
  needs: "resources",
  options,
  *detect({ resources, blocks }, given, { reach }) {
    yield* networkObservations(resources, judging(given), reach);
    yield* callObservations(blocks, given.wider_than);
  },
  examples: {
    "ssh is opened to everybody": `
      M infra/web.tf
        resource "aws_security_group" "web" {
          name = "web"
          ingress {
            from_port   = 22
            to_port     = 22
            protocol    = "tcp"
      -     cidr_blocks = ["10.0.0.0/8"]
      >     cidr_blocks = ["0.0.0.0/0"]
          }
        }`,
    "a new group that opens a database to everybody": `
      A infra/db.tf
        resource "aws_security_group" "db" {
          name = "db"
        }
        resource "aws_vpc_security_group_ingress_rule" "db" {
          security_group_id = aws_security_group.db.id
          ip_protocol       = "tcp"
          from_port         = 5432
          to_port           = 5432
      >   cidr_ipv4         = "0.0.0.0/0"
        }`,
    "everybody, in two halves": `
      M infra/web.tf
        resource "aws_security_group_rule" "ssh" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 22
          to_port           = 22
          protocol          = "tcp"
      -   cidr_blocks       = ["192.0.2.7/32"]
      >   cidr_blocks       = ["0.0.0.0/1", "128.0.0.0/1"]
        }`,
    "IPv6, where only IPv4 was open": `
      M infra/web.tf
        resource "aws_security_group_rule" "web" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 443
          to_port           = 443
          protocol          = "tcp"
          cidr_blocks       = ["0.0.0.0/0"]
      >   ipv6_cidr_blocks  = ["::/0"]
        }`,
    "another group may reach the database": `
      M infra/db.tf
        resource "aws_security_group" "db" {
          name = "db"
        }
      + resource "aws_vpc_security_group_ingress_rule" "batch" {
      +   security_group_id            = aws_security_group.db.id
      +   ip_protocol                  = "tcp"
      +   from_port                    = 5432
      +   to_port                      = 5432
      >   referenced_security_group_id = aws_security_group.batch.id
      + }`,
    "a denial that stood before a permission is gone": `
      M infra/acl.tf
        resource "aws_network_acl" "main" {
      <   ingress {
      -     rule_no    = 100
      -     action     = "deny"
      -     protocol   = "tcp"
      -     from_port  = 22
      -     to_port    = 22
      -     cidr_block = "0.0.0.0/0"
      -   }
          ingress {
            rule_no    = 200
            action     = "allow"
            protocol   = "-1"
            from_port  = 0
            to_port    = 0
            cidr_block = "0.0.0.0/0"
          }
        }`,
    "a list of networks that nobody can decide": {
      reverse: "reports",
      change: `
      M infra/web.tf
        resource "aws_security_group_rule" "ssh" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 22
          to_port           = 22
          protocol          = "tcp"
      -   cidr_blocks       = ["10.0.0.0/8"]
      >   cidr_blocks       = var.admin_networks
        }`,
    },
    "a narrower network": `
      M infra/web.tf
        resource "aws_security_group" "web" {
          ingress {
            from_port   = 443
            to_port     = 443
            protocol    = "tcp"
      -     cidr_blocks = ["0.0.0.0/0"]
      +     cidr_blocks = ["10.0.0.0/8"]
          }
        }`,
    "a group in place of everybody": `
      M infra/web.tf
        resource "aws_vpc_security_group_ingress_rule" "web" {
          security_group_id            = "sg-0a1b2c3d"
          ip_protocol                  = "tcp"
          from_port                    = 443
          to_port                      = 443
      -   cidr_ipv4                    = "0.0.0.0/0"
      +   referenced_security_group_id = aws_security_group.balancer.id
        }`,
    "the same networks split, doubled, reordered and described": `
      M infra/web.tf
        resource "aws_security_group_rule" "web" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 443
          to_port           = 443
      -   protocol          = "tcp"
      +   protocol          = "6"
      -   cidr_blocks       = ["10.0.0.0/8", "192.0.2.7/32"]
      +   cidr_blocks       = ["192.0.2.7/32", "10.128.0.0/9", "192.0.2.7/32", "10.0.0.0/9"]
      +   description       = "office and network"
        }`,
    "a rule that becomes a resource of its own": `
      M infra/web.tf
        resource "aws_security_group" "web" {
      -   ingress = [{
      -     from_port        = 22
      -     to_port          = 22
      -     protocol         = "tcp"
      -     cidr_blocks      = ["0.0.0.0/0"]
      -     ipv6_cidr_blocks = []
      -     self             = false
      -   }]
        }
      + resource "aws_vpc_security_group_ingress_rule" "ssh" {
      +   security_group_id = aws_security_group.web.id
      +   ip_protocol       = "tcp"
      +   from_port         = 22
      +   to_port           = 22
      +   cidr_ipv4         = "0.0.0.0/0"
      + }`,
    "a group under another name": `
      M infra/web.tf
      - resource "aws_security_group" "web" {
      + resource "aws_security_group" "frontend" {
          ingress {
            from_port   = 22
            to_port     = 22
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
            self        = true
          }
        }
        resource "aws_security_group" "db" {
          ingress {
            from_port       = 5432
            to_port         = 5432
            protocol        = "tcp"
      -     security_groups = [aws_security_group.web.id]
      +     security_groups = [aws_security_group.frontend.id]
          }
        }`,
    "a new group for its own network": `
      A infra/api.tf
        resource "aws_security_group" "api" {
          ingress {
            from_port       = 8080
            to_port         = 8080
            protocol        = "tcp"
            cidr_blocks     = [aws_vpc.main.cidr_block]
            security_groups = [aws_security_group.balancer.id]
          }
        }`,
    "an expression that stood before": `
      M infra/web.tf
        resource "aws_security_group_rule" "ssh" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 22
          to_port           = 22
          protocol          = "tcp"
          cidr_blocks       = var.admin_networks
      +   description       = "administration"
        }`,
    "a denial in front of a permission": `
      M infra/firewall.tf
        resource "google_compute_firewall" "deny_ssh" {
          network       = "main"
          priority      = 100
          source_ranges = ["0.0.0.0/0"]
          deny {
            protocol = "tcp"
          }
        }
      + resource "google_compute_firewall" "allow_ssh" {
      +   network       = "main"
      +   priority      = 200
      +   source_ranges = ["0.0.0.0/0"]
      +   allow {
      +     protocol = "tcp"
      +     ports    = ["22"]
      +   }
      + }`,
    "private networks, where the policy asks nobody": {
      options: { private: "silent" },
      change: `
      M infra/db.tf
        resource "aws_security_group_rule" "db" {
          type              = "ingress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 5432
          to_port           = 5432
          protocol          = "tcp"
      -   cidr_blocks       = ["10.1.0.0/16"]
      +   cidr_blocks       = ["10.0.0.0/8"]
        }`,
    },
  },
});
