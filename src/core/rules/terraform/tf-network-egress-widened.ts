import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { type Judging, networkObservations, type Weight } from "../../terraform/network/findings.ts";

const options = z.strictObject({
  wider_than: z
    .int()
    .min(0)
    .max(32)
    .default(24)
    .describe("Public IPv4 networks with a shorter prefix than this count as the internet."),
  private: z
    .enum(["review", "silent"])
    .default("silent")
    .describe("Whether what newly goes out to one's own networks and to single public networks asks people."),
});

function judging({ wider_than: widerThan, private: near }: z.output<typeof options>): Judging {
  return {
    direction: "egress",
    widerThan,
    weigh({ breadth }, { fresh }): Weight {
      // A group that comes with the usual way out for everything takes nothing from anybody.
      if (fresh) return "pass";
      switch (breadth) {
        case "everybody":
        case "wide":
        case "foreign":
          return "asks";
        case "narrow":
        case "private":
        case "named":
          return near === "silent" ? "pass" : "asks";
      }
    },
    minds: ({ fresh }) => !fresh,
  };
}

export default defineRule({
  id: "tf-network-egress-widened",
  invariant: "network-does-not-widen",
  severity: "medium",
  confidence: "high",
  summary: "A security group, firewall or ACL that stood before lets more traffic out to the internet.",
  why: "Where the ways out are restricted, they are what keeps copied secrets and records from leaving; whoever opens them may not know what they were closed for.",
  remedy:
    "Name the networks and ports that are needed, or let the traffic leave through the proxy that is there for it.",
  needs: "resources",
  options,
  *detect({ resources }, given, { reach }) {
    yield* networkObservations(resources, judging(given), reach);
  },
  examples: {
    "a restricted group may talk to everybody": `
      M infra/worker.tf
        resource "aws_security_group" "worker" {
          egress {
            from_port   = 443
            to_port     = 443
            protocol    = "tcp"
      -     cidr_blocks = ["10.0.0.0/8"]
      >     cidr_blocks = ["0.0.0.0/0"]
          }
        }`,
    "the usual way out of a new group": `
      A infra/worker.tf
        resource "aws_security_group" "worker" {
          egress {
            from_port   = 0
            to_port     = 0
            protocol    = "-1"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }`,
    "a way out that gets narrower": `
      M infra/worker.tf
        resource "aws_security_group_rule" "out" {
          type              = "egress"
          security_group_id = "sg-0a1b2c3d"
          from_port         = 0
          to_port           = 0
      -   protocol          = "-1"
      -   cidr_blocks       = ["0.0.0.0/0"]
      +   protocol          = "all"
      +   cidr_blocks       = ["10.0.0.0/8", "192.0.2.7/32"]
        }`,
    "one more of one's own networks": `
      M infra/worker.tf
        resource "aws_vpc_security_group_egress_rule" "out" {
          security_group_id = "sg-0a1b2c3d"
          ip_protocol       = "tcp"
          from_port         = 5432
          to_port           = 5432
      -   cidr_ipv4         = "10.1.0.0/16"
      +   cidr_ipv4         = "10.0.0.0/8"
        }`,
    "a destination that nobody can decide": {
      reverse: "reports",
      change: `
      M infra/worker.tf
        resource "aws_vpc_security_group_egress_rule" "out" {
          security_group_id = "sg-0a1b2c3d"
          ip_protocol       = "tcp"
          from_port         = 443
          to_port           = 443
      -   cidr_ipv4         = "0.0.0.0/0"
      +   cidr_ipv4         = var.partner
        }
        resource "aws_vpc_security_group_egress_rule" "api" {
          security_group_id = "sg-1a2b3c4d"
          ip_protocol       = "tcp"
          from_port         = 443
          to_port           = 443
      -   cidr_ipv4         = "192.0.2.0/24"
      >   cidr_ipv4         = var.partner
        }`,
    },
  },
});
