import type { AttributedPlan, Attribution } from "../../../src/core/terraform-plan/attribution.ts";
import type { AttributeChange, PlannedChange } from "../../../src/core/terraform-plan/plan.ts";
import { type Fields, planJson, read, row } from "../terraform-plan/plans.ts";

const database = {
  identifier: "shop",
  availability_zone: "eu-west-1a",
  backup_retention_period: 14,
  password: "hunter2hunter2",
  vpc_security_group_ids: ["sg-1", "sg-2"],
};
const marks = { before_sensitive: { password: true }, after_sensitive: { password: true } };

const rule = (port: number, from: string) => ({ from_port: port, to_port: port, protocol: "tcp", cidr_blocks: [from] });

function instances(type: string, name: string, keys: readonly string[], change: Fields): readonly Fields[] {
  return keys.map((key) => row({ ...change }, { type, name, index: key, address: `${type}.${name}["${key}"]` }));
}

const rows = [
  row(
    {
      actions: ["delete", "create"],
      before: { ...database, arn: "arn:aws:rds:eu-west-1:111122223333:db:shop" },
      after: { ...database, availability_zone: "eu-west-1b", backup_retention_period: 0, password: "other-password" },
      after_unknown: { arn: true },
      ...marks,
      replace_paths: [["availability_zone"]],
    },
    { action_reason: "replace_because_cannot_update" },
  ),
  row(
    {
      before: { ingress: [rule(443, "10.0.0.0/8"), rule(5432, "10.1.0.0/16")], description: "web" },
      after: { ingress: [rule(443, "0.0.0.0/0")], description: "web" },
    },
    { type: "aws_security_group", name: "web", module_address: "module.net" },
  ),
  row(
    { actions: ["delete"], before: { bucket: "logs" }, after: null },
    {
      type: "aws_s3_bucket",
      name: "logs",
      action_reason: "delete_because_no_resource_config",
    },
  ),
  row(
    { actions: ["delete"], before: { id: "i-1" }, after: null },
    { type: "aws_instance", name: "web", deposed: "0a1b2c3d" },
  ),
  row({ actions: ["forget"], before: { id: "q" }, after: null }, { type: "aws_sqs_queue", name: "jobs" }),
  row({ actions: ["implode"], before: {}, after: {} }, { type: "aws_lambda_function", name: "f" }),
  ...instances("aws_iam_user", "people", ["a", "b", "c"], {
    before: { tags: { team: "x" } },
    after: { tags: { team: "y" } },
  }),
  row({ actions: ["create"], before: null, after: { name: "new" } }, { type: "aws_ecs_service", name: "new" }),
  row({ actions: ["create"], before: null, after: { name: "stray" } }, { type: "aws_ecs_service", name: "stray" }),
  row({ actions: ["no-op"] }, { type: "aws_vpc", name: "kept" }),
  row({ actions: ["no-op"] }, { type: "aws_vpc", name: "now", previous_address: "aws_vpc.then" }),
  row(
    { before: { id: "x" }, after: { id: "x", tier: "hot" }, importing: { id: "x" } },
    { type: "aws_glacier_vault", name: "old" },
  ),
];

const explained: Attribution = {
  explainedBy: [{ path: "terraform/production/main.tf", side: "head", line: 12, endLine: 30 }],
};
const attributions: readonly (readonly [string, Attribution])[] = [
  ["aws_db_instance.main", explained],
  ["module.net.aws_security_group.web", { explainedBy: [{ path: "terraform/net/main.tf", side: "head", line: 4 }] }],
  ["aws_s3_bucket.logs", { explainedBy: [{ path: "terraform/production/logs.tf", side: "base", line: 1 }] }],
  ["aws_ecs_service.new", explained],
  ["aws_ecs_service.stray", "nothing"],
];

/** A plan with one row of each outcome, and of each reason to be told before others. */
export const reviewed: AttributedPlan = {
  root: "terraform/production",
  workspace: "default",
  trusted: true,
  plan: read(
    planJson(rows, {
      complete: false,
      prior_state: { values: { root_module: { resources: [{ address: "aws_vpc.kept", mode: "managed" }] } } },
      resource_drift: [row({ before: { size: 10 }, after: { size: 5 } }, { type: "aws_ebs_volume", name: "data" })],
      output_changes: {
        url: {
          actions: ["update"],
          before: "https://a",
          after: "https://b",
          before_sensitive: false,
          after_sensitive: false,
        },
        token: { actions: ["update"], before: "a", after: "b", before_sensitive: true, after_sensitive: true },
      },
      deferred_changes: [
        {
          reason: "instance_count_unknown",
          resource_change: row({ actions: ["create"] }, { type: "aws_vpc", name: "later" }),
        },
      ],
      action_invocations: [
        {
          address: "action.aws_lambda_invoke.warm",
          type: "aws_lambda_invoke",
          name: "warm",
          lifecycle_action_trigger: {
            triggering_resource_address: "aws_db_instance.main",
            action_trigger_event: "AfterCreate",
          },
        },
      ],
      checks: [
        {
          address: { to_display: "check.up" },
          status: "fail",
          instances: [{ problems: [{ message: "It is down." }] }],
        },
      ],
    }),
  ),
  attributions: new Map(attributions),
};

/** Text of an attacker wherever a plan can hold some. */
export function hostilePlan(text: string): AttributedPlan {
  const attribute: AttributeChange = {
    path: [text, 0, text],
    before: { kind: "literal", value: text },
    after: {
      kind: "object",
      entries: [{ key: text, value: { kind: "list", items: [{ kind: "literal", value: text }] } }],
    },
    forcesReplacement: true,
  };
  const change = (given: Partial<PlannedChange>): PlannedChange => ({
    address: text,
    previousAddress: null,
    module: text,
    mode: "managed",
    type: text,
    name: text,
    index: text,
    provider: text,
    deposed: null,
    actions: ["update"],
    reason: text,
    replacePaths: [[text]],
    importing: { id: { kind: "literal", value: text } },
    generatesConfiguration: true,
    attributes: [attribute, { ...attribute, forcesReplacement: false, after: { kind: "none" } }],
    unlisted: 1,
    ...given,
  });
  return {
    root: text,
    workspace: text,
    trusted: false,
    plan: {
      formatVersion: text,
      terraformVersion: text,
      timestampMs: 0,
      complete: null,
      errored: true,
      applyable: false,
      changes: [
        change({ actions: [text] }),
        change({ actions: ["delete"] }),
        change({ actions: ["delete", "create"] }),
        change({ actions: ["update"], attributes: [{ ...attribute, forcesReplacement: false }] }),
        change({ actions: ["create"], previousAddress: text }),
      ],
      drift: [change({})],
      deferred: [{ reason: text, change: change({}) }],
      invocations: [
        {
          address: text,
          type: text,
          name: text,
          provider: text,
          trigger: "lifecycle",
          triggeredBy: text,
          event: text,
          deferred: false,
        },
      ],
      outputs: [{ name: text, actions: [text], before: attribute.before, after: attribute.after }],
      priorState: null,
      configuration: null,
      checks: [{ address: text, status: "fail", problems: [text] }],
      variables: [{ name: text, value: attribute.before }],
    },
    attributions: new Map([[text, { explainedBy: [{ path: text, side: "head", line: 1 }] }]]),
  };
}
