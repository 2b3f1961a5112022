import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { weakened } from "../../terraform/guard-observations.ts";

export default defineRule({
  id: "tf-web-firewall-removed",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "high",
  summary: "A firewall that looks at requests is taken away from what it guards, or only watches from now on.",
  why: "Known attacks, and floods of guessed passwords, then reach the application as they come.",
  remedy: "Keep it; where it refuses what is right, make an exception for that one rule and path.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    for (const seen of weakened(view, "filter", reach)) yield "undecided" in seen ? seen : { ...seen, asks: true };
  },
  examples: {
    "the association goes, and the load balancer stays": `
      M terraform/production/main.tf
        resource "aws_lb" "front" {
          internal = true
          name     = "front"
        }
      < resource "aws_wafv2_web_acl_association" "front" {
      -   resource_arn = aws_lb.front.arn
      -   web_acl_arn  = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/main/1"
      - }`,
    "of a distribution": `
      M terraform/production/main.tf
        resource "aws_cloudfront_distribution" "site" {
          enabled    = true
      <   web_acl_id = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/main/1"
        }`,
    "it only watches": `
      M terraform/production/main.tf
        resource "azurerm_web_application_firewall_policy" "main" {
          name = "main"
          policy_settings {
      -     mode = "Prevention"
      >     mode = "Detection"
          }
        }`,
    "both go": `
      M terraform/production/main.tf
        locals { name = "front" }
      - resource "aws_lb" "front" {
      -   internal = true
      - }
      - resource "aws_wafv2_web_acl_association" "front" {
      -   resource_arn = aws_lb.front.arn
      -   web_acl_arn  = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/main/1"
      - }`,
    "another list": `
      M terraform/production/main.tf
        resource "aws_cloudfront_distribution" "site" {
          enabled    = true
      -   web_acl_id = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/main/1"
      +   web_acl_id = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/main/2"
        }`,
  },
});
