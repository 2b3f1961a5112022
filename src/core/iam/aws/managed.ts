import type { Statement } from "./policy.ts";
import { type Json, readPolicy } from "./read.ts";

/** Policies that AWS writes, as far as what they say is short and does not change. https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ */
const documents: Readonly<Record<string, Json>> = {
  AdministratorAccess: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  PowerUserAccess: [
    { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
    {
      Effect: "Allow",
      Action: [
        "account:GetAccountInformation",
        "account:GetGovCloudAccountInformation",
        "account:GetPrimaryEmail",
        "account:ListRegions",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeEffectivePolicy",
        "organizations:DescribeOrganization",
      ],
      Resource: "*",
    },
  ],
  AmazonS3FullAccess: [{ Effect: "Allow", Action: ["s3:*", "s3-object-lambda:*"], Resource: "*" }],
  AmazonDynamoDBFullAccess_v2: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
  AmazonSQSFullAccess: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }],
  AmazonSNSFullAccess: [{ Effect: "Allow", Action: "sns:*", Resource: "*" }],
  AmazonSQSReadOnlyAccess: [
    {
      Effect: "Allow",
      Action: [
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListDeadLetterSourceQueues",
        "sqs:ListQueues",
        "sqs:ListMessageMoveTasks",
        "sqs:ListQueueTags",
      ],
      Resource: "*",
    },
  ],
  AWSLambdaBasicExecutionRole: [
    { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
  ],
};

/** Policies of AWS that let an identity give itself more, or do anything in the account's gravest services. */
const powerful: ReadonlySet<string> = new Set([
  "AdministratorAccess",
  "AdministratorAccess-Amplify",
  "AdministratorAccess-AWSElasticBeanstalk",
  "AWSCodeBuildAdminAccess",
  "AWSDataPipeline_FullAccess",
  "AWSIdentityCenterFullAccess",
  "AWSLambda_FullAccess",
  "AWSOrganizationsFullAccess",
  "AWSSSOMasterAccountAdministrator",
  "AmazonEC2FullAccess",
  "AmazonECS_FullAccess",
  "AmazonElasticMapReduceFullAccess",
  "AmazonSSMFullAccess",
  "AmazonSageMakerFullAccess",
  "AWSCloudFormationFullAccess",
  "AWSGlueConsoleFullAccess",
  "DataScientist",
  "DatabaseAdministrator",
  "IAMFullAccess",
  "NetworkAdministrator",
  "PowerUserAccess",
  "SecretsManagerReadWrite",
  "SystemAdministrator",
]);
/** Those of them after which nothing is left to give. */
const almighty: ReadonlySet<string> = new Set(["AdministratorAccess", "IAMFullAccess", "AWSIdentityCenterFullAccess"]);

export type Power = "almighty" | "powerful" | "unknown";

/** The name of a policy of AWS; null for others. */
export function nameOfManaged(arn: string): string | null {
  const path = /^arn:aws[\w-]*:iam::aws:policy\/(.+)$/u.exec(arn)?.[1];
  return path?.slice(path.lastIndexOf("/") + 1) ?? null;
}

export function powerOf(arn: string): Power {
  const name = nameOfManaged(arn) ?? "";
  if (almighty.has(name)) return "almighty";
  return powerful.has(name) ? "powerful" : "unknown";
}

/** What a policy of AWS says; null where it is not held here. */
export function statementsOfManaged(arn: string): readonly Statement[] | null {
  const document = documents[nameOfManaged(arn) ?? ""];
  if (document === undefined) return null;
  const read = readPolicy({ Statement: document });
  return read.ok ? read.statements : null;
}
