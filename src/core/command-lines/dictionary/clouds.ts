import { command, inDocuments } from "../command.ts";

const aws = /aws(?: --?(?:profile|region|endpoint-url)[= ]\S+)*/u.source;
const named = (rest: string): RegExp => new RegExp(`${aws} ${rest}`, "u");

/** AWS, Google Cloud, Azure and smaller ones. */
export const clouds = [
  command(
    "aws iam changes",
    "permits",
    named(
      "iam (?:attach|put|create-access-key|create-login-profile|add-user-to-group|update-assume-role-policy|create-policy-version|create-user|set-default-policy-version)\\S*",
    ),
    "gives rights or keys in the account",
  ),
  command(
    "aws iam delete",
    "destroys",
    named("iam (?:delete|detach|remove|deactivate)-\\S+"),
    "takes away users, roles, keys or a second factor",
  ),
  inDocuments(
    command(
      "aws iam",
      "acts",
      named("iam (?!get-|list-|simulate-|help)\\S+"),
      "changes who may do what in the account",
    ),
  ),
  command("aws s3 rm --recursive", "destroys", named("s3 rm\\b"), "deletes every object below a path", [
    / --recursive\b/u,
  ]),
  command("aws s3 rb --force", "destroys", named("s3 rb\\b"), "deletes the bucket, with --force everything in it"),
  command(
    "aws s3 sync --delete",
    "destroys",
    named("s3 sync\\b"),
    "deletes in the target what the source does not have",
    [/ --delete\b/u],
  ),
  command(
    "aws delete of data",
    "destroys",
    named(
      "(?:rds|dynamodb|s3api|elasticache|efs|kms|backup|docdb|neptune|redshift|opensearch|es|kafka|sqs|kinesis|ecr|secretsmanager|logs|glacier|memorydb)(?: \\S+)*? (?:delete-|schedule-key-deletion|purge-queue|batch-delete-|force-delete)",
    ),
    "deletes stores, keys, backups or logs at AWS",
  ),
  command(
    "aws delete",
    "destroys",
    named("[\\w-]+ (?:delete|terminate|deregister)-\\S+"),
    "deletes or ends something at AWS",
  ),
  command(
    "aws ends protections",
    "unguards",
    named("[\\w-]+ (?:modify|update|put|disable|stop|delete)-?\\S*"),
    "takes off a protection or a log",
    [
      /(?:--no-deletion-protection|--no-enable-termination-protection|--no-disable-api-termination|disable-(?:key|guardduty|security-hub|metrics|alarm)|stop-logging|stop-configuration-recorder|delete-public-access-block|delete-bucket-policy|delete-trail|delete-detector)/u,
    ],
  ),
  command(
    "gcloud delete",
    "destroys",
    /(?:gcloud|gsutil|bq) (?:.* )?(?:delete|rb|destroy)\b/u,
    "deletes something at Google Cloud",
  ),
  command("gsutil rm -r", "destroys", /(?:gsutil|gcloud storage) (?:.* )?rm\b/u, "deletes every object below a path", [
    / (?:-r|-R|--recursive)\b/u,
  ]),
  command("bq rm", "destroys", /bq (?:.* )?rm\b/u, "deletes tables or data sets"),
  command(
    "gcloud add-iam-policy-binding",
    "permits",
    /gcloud (?:.* )?(?:add-iam-policy-binding|set-iam-policy|service-accounts keys create)\b/u,
    "gives rights or keys in the project",
  ),
  command(
    "gsutil iam or acl for all",
    "permits",
    /gsutil (?:.* )?(?:iam ch|acl ch|acl set|defacl)\b/u,
    "changes who may read a bucket",
  ),
  command("az delete", "destroys", /az (?:.* )?(?:delete|purge|delete-batch)\b/u, "deletes something at Azure"),
  command(
    "az role assignment create",
    "permits",
    /az (?:role assignment create|ad sp create-for-rbac|ad app credential reset|keyvault set-policy)\b/u,
    "gives rights or keys in the subscription",
  ),
  command("doctl delete", "destroys", /doctl (?:.* )?(?:delete|rm|destroy)\b/u, "deletes something at DigitalOcean"),
  command(
    "flyctl destroy",
    "destroys",
    /(?:fly|flyctl) (?:.* )?(?:destroy|volumes delete)\b/u,
    "deletes the application or its volumes",
  ),
  command(
    "heroku destroy",
    "destroys",
    /heroku (?:apps:destroy|pg:reset|addons:destroy|pg:copy)\b/u,
    "deletes the application or its database",
  ),
  command(
    "railway or vercel remove",
    "destroys",
    /(?:railway|vercel|netlify|supabase) (?:.* )?(?:delete|remove|rm|down|db reset)\b/u,
    "deletes what is deployed or its database",
  ),
];
