import { z } from "zod";
import { defineRule } from "../../rule.ts";
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
          if (barrier.kind.stands === "outer" || (fresh && !barrier.stated)) return "asks";
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
  *detect({ resources }, given) {
    yield* networkObservations(resources, judging(given));
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
  },
});
