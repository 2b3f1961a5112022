import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { Sighting } from "../../../src/core/rule.ts";
import rule from "../../../src/core/rules/iam/iam-permission-added.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function sightings(source: string): readonly Sighting[] {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  const observations = rule.observe(views, {}, contextOf(policyOf(undefined), change, views));
  return observations.filter((one) => "message" in one);
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
