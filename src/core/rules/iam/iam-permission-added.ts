import { z } from "zod";
import { permissionObservations } from "../../iam/aws/observations.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "iam-permission-added",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "An identity, a resource or a boundary of AWS newly allows something that was not allowed before.",
  why: "Whoever takes over what holds a permission has it too, and nobody takes back permissions that are never used.",
  remedy:
    "Name the actions and resources that are needed, and the principals; let somebody who owns the account confirm them.",
  needs: "iam",
  options: z.strictObject({}),
  yieldsTo: "tf-opened-to-anyone",
  *detect(view, _, { reach }) {
    yield* permissionObservations(view, reach);
  },
  examples: {
    "one more action": `
      M terraform/production/main.tf
        resource "aws_iam_role" "api" {
          name = "api"
        }
        resource "aws_iam_role_policy" "api" {
          role = aws_iam_role.api.id
      !   policy = jsonencode({
            Statement = [{
              Effect   = "Allow"
      -       Action   = ["s3:GetObject"]
      +       Action   = ["s3:GetObject", "s3:PutObject"]
              Resource = "arn:aws:s3:::data/*"
            }]
          })
        }`,
    "every action": `
      M policies/deploy.json
        {
          "Version": "2012-10-17",
          "Statement": [
      !     {
              "Effect": "Allow",
      -       "Action": "s3:*",
      +       "Action": "*",
              "Resource": "*"
            }
          ]
        }`,
    "a denial that is gone": `
      M terraform/production/main.tf
        data "aws_iam_policy_document" "bucket" {
      <   statement {
      -     effect    = "Deny"
      -     actions   = ["s3:DeleteObject"]
      -     resources = ["*"]
      -   }
          statement {
            actions   = ["s3:GetObject"]
            resources = ["*"]
          }
        }`,
    "a boundary that is gone": `
      M terraform/production/main.tf
      ! resource "aws_iam_role" "ci" {
          name                 = "ci"
      -   permissions_boundary = "arn:aws:iam::111111111111:policy/boundary"
        }`,
    "a role of GitHub without a subject": `
      M terraform/production/main.tf
        resource "aws_iam_role" "ci" {
          name               = "ci"
      !   assume_role_policy = jsonencode({
            Statement = [{
              Effect    = "Allow"
              Action    = "sts:AssumeRoleWithWebIdentity"
              Principal = { Federated = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" }
      -       Condition = { StringEquals = { "token.actions.githubusercontent.com:sub" = "repo:acme/web:ref:refs/heads/main" } }
            }]
          })
        }`,
    "a stack's role gets a policy of AWS": `
      M cloudformation/stack.yaml
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              ManagedPolicyArns:
                - arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole
      >         - !Sub arn:\${AWS::Partition}:iam::aws:policy/AdministratorAccess`,
    "what it is for is an expression": {
      change: `
      M terraform/production/main.tf
        variable "bucket" {}
        resource "aws_iam_role_policy" "api" {
          role = "api"
      !   policy = jsonencode({
            Statement = [{
              Effect   = "Allow"
              Action   = "s3:GetObject"
      -       Resource = "arn:aws:s3:::data/*"
      +       Resource = "\${var.bucket}/*"
            }]
          })
        }`,
      reverse: "reports",
    },
    "a statement moves to another policy of the same role": `
      M terraform/production/main.tf
        resource "aws_iam_role" "api" {
          name = "api"
        }
        resource "aws_iam_role_policy" "a" {
          role = aws_iam_role.api.id
      -   policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }, { Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })
      +   policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })
        }
        resource "aws_iam_role_policy" "b" {
          role = "api"
      -   policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }] })
      +   policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*" }, { Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
        }`,
    "a wildcard becomes what it stood for": `
      M policies/deploy.json
        {
          "Statement": [
            {
              "Effect": "Allow",
      -       "Action": "s3:*",
      +       "Action": ["s3:GetObject", "s3:PutObject"],
              "Resource": "*"
            }
          ]
        }`,
    "a new role for a service": `
      A terraform/production/main.tf
        resource "aws_iam_role" "api" {
          name               = "api"
          assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
        }
        resource "aws_iam_role_policy" "api" {
          role   = aws_iam_role.api.id
          policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.orders.arn }] })
        }
        resource "aws_sqs_queue" "orders" {
          name = "orders"
        }`,
  },
});
