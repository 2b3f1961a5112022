import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { Observation, Sighting } from "../../../src/core/rule.ts";
import rule from "../../../src/core/rules/iam/iam-permission-added.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function observations(source: string): readonly Observation[] {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  return rule.observe(views, {}, contextOf(policyOf(undefined), change, views));
}

function sightings(source: string): readonly Sighting[] {
  return observations(source).filter((one) => "message" in one);
}

const document = `M terraform/production/main.tf
  data "aws_iam_policy_document" "api" {
    statement {
-     actions   = ["s3:GetObject"]
+     actions   = ["s3:*", "iam:PassRole"]
      resources = ["*"]
    }
  }`;
const attached = `
  resource "aws_iam_role" "api" {
    name = "api"
  }
  resource "aws_iam_role_policy" "api" {
    role   = aws_iam_role.api.id
    policy = data.aws_iam_policy_document.api.json
  }`;

test("a grave permission blocks, in a document that a role is known to hold as well", () => {
  const [found, ...others] = sightings(document + attached);
  expect(others).toEqual([]);
  expect(found?.message).toContain("any role can be passed on");
  expect(found?.asks).toBeUndefined();
});

test("a document that nobody is known to hold only asks", () => {
  expect(sightings(document).map(({ asks }) => asks)).toEqual([true]);
});

test("a policy that nobody can read is one question, however many roles it is made for", () => {
  const found = observations(`M terraform/production/main.tf
  variable "x" {}
  resource "aws_iam_role" "api" {
    count = 2
    name  = "api-\${count.index}"
  }
  resource "aws_iam_role_policy" "api" {
    count  = 2
    role   = aws_iam_role.api[count.index].id
-   policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
+   policy = "\${var.x}"
  }`);
  expect(found.map((one) => ("undecided" in one ? one.undecided : one.message))).toEqual([
    "whether role `aws_iam_role.api[0]`, role `aws_iam_role.api[1]` are newly allowed something: what `var.x` allows",
  ]);
});
