import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { lossesOf } from "../../terraform/losses.ts";

export default defineRule({
  id: "tf-service-destroyed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "high",
  summary: "A Terraform resource that others run on or are reached through is no longer in the configuration.",
  why: "The next apply destroys it: clusters, networks, addresses and credentials can be made again, but not with the same identity, and not without an outage.",
  remedy:
    "Keep the resource. Where it moved, say so with a `moved` block; where nothing uses it any more, have people accept that it goes.",
  yieldsTo: "tfplan-service-destroyed",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { policy, reach }) {
    for (const { at, about, addresses, message, paths } of lossesOf(view, "B", policy.stateful, reach)) {
      const object = addresses[0] ?? about;
      // No data goes with it: whether the outage is worth it is people's to weigh.
      yield { at, about, message, paths, object, before: "present", after: "destroyed", asks: true };
    }
  },
  examples: {
    "a cluster": `
      M terraform/production/main.tf
      < resource "aws_eks_cluster" "main" {
      -   name = "main"
      - }
        locals { a = 1 }`,
    "a network and what lies in it, each by itself": `
      M terraform/production/network.tf
      < resource "google_compute_network" "main" {
      -   name = "main"
      - }
      < resource "google_compute_subnetwork" "main" {
      -   name    = "main"
      -   network = "main"
      - }
        locals { a = 1 }`,
    "a type that the policy names": {
      policy: `
        version: 1
        stateful: { acme_cache: B }`,
      change: `
      M terraform/production/main.tf
      < resource "acme_cache" "main" {
      - }
        locals { a = 1 }`,
    },
    "a database is more than that": `
      M terraform/production/main.tf
      - resource "aws_db_instance" "main" {
      - }
        locals { a = 1 }`,
    "a rule of a security group": `
      M terraform/production/main.tf
      - resource "aws_security_group_rule" "https" {
      -   type = "ingress"
      - }
        locals { a = 1 }`,
    "renamed with a moved block": `
      M terraform/production/main.tf
      - resource "aws_lb" "front" {
      + resource "aws_lb" "edge" {
          name = "front"
        }
      + moved {
      +   from = aws_lb.front
      +   to   = aws_lb.edge
      + }`,
    "changed in place": `
      M terraform/production/main.tf
        resource "aws_eks_node_group" "main" {
      -   instance_types = ["m6g.large"]
      +   instance_types = ["m7g.large"]
        }`,
  },
});
