import { type GuardTable, ordered, staysOff, staysOn } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;

// The last of them let in nobody but services of AWS and the owner of the bucket.
const acl = ordered(
  [
    "public-read-write",
    "public-read",
    "authenticated-read",
    ["log-delivery-write", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "private"],
  ],
  "private",
);

/** Who may reach it from outside, as the documentation of the provider states the defaults. */
export const awsExposure: readonly GuardTable[] = [
  {
    types: ["aws_s3_bucket_public_access_block", "aws_s3_account_public_access_block"],
    source: page("s3_bucket_public_access_block"),
    exposure: {
      block_public_acls: staysOn(false),
      block_public_policy: staysOn(false),
      ignore_public_acls: staysOn(false),
      restrict_public_buckets: staysOn(false),
    },
  },
  {
    types: ["aws_s3_access_point"],
    source: page("s3_access_point"),
    exposure: {
      "public_access_block_configuration.block_public_acls": staysOn(true),
      "public_access_block_configuration.block_public_policy": staysOn(true),
      "public_access_block_configuration.ignore_public_acls": staysOn(true),
      "public_access_block_configuration.restrict_public_buckets": staysOn(true),
    },
  },
  { types: ["aws_s3_bucket", "aws_s3_bucket_acl"], source: page("s3_bucket_acl"), exposure: { acl } },
  {
    types: ["aws_s3_bucket_ownership_controls"],
    source: page("s3_bucket_ownership_controls"),
    exposure: {
      "rule.object_ownership": ordered(
        [["ObjectWriter", "BucketOwnerPreferred"], "BucketOwnerEnforced"],
        "BucketOwnerEnforced",
      ),
    },
  },
  { types: ["aws_s3_object", "aws_s3_bucket_object"], source: page("s3_object"), exposure: { acl } },
  {
    types: [
      "aws_db_instance",
      "aws_rds_cluster_instance",
      "aws_neptune_cluster_instance",
      "aws_redshift_cluster",
      "aws_redshiftserverless_workgroup",
      "aws_dms_replication_instance",
      "aws_lightsail_database",
      "aws_mq_broker",
    ],
    source: page("db_instance"),
    exposure: { publicly_accessible: staysOff(false) },
  },
  {
    types: ["aws_msk_cluster"],
    source: page("msk_cluster"),
    exposure: {
      "broker_node_group_info.connectivity_info.public_access.type": ordered(
        ["SERVICE_PROVIDED_EIPS", "DISABLED"],
        "DISABLED",
      ),
    },
  },
  { types: ["aws_lb", "aws_alb", "aws_elb"], source: page("lb"), exposure: { internal: staysOn(false) } },
  {
    types: ["aws_lambda_function_url"],
    source: page("lambda_function_url"),
    exposure: { authorization_type: ordered(["NONE", "AWS_IAM"], "NONE") },
  },
  {
    types: ["aws_api_gateway_method"],
    source: page("api_gateway_method"),
    exposure: { authorization: ordered(["NONE", ["CUSTOM", "AWS_IAM", "COGNITO_USER_POOLS"]], "NONE") },
  },
  {
    types: ["aws_apigatewayv2_route"],
    source: page("apigatewayv2_route"),
    exposure: { authorization_type: ordered(["NONE", ["AWS_IAM", "CUSTOM", "JWT"]], "NONE") },
  },
  {
    types: ["aws_api_gateway_rest_api"],
    source: page("api_gateway_rest_api"),
    exposure: { "endpoint_configuration.types": ordered(["EDGE", "REGIONAL", "PRIVATE"], "EDGE") },
  },
  { types: ["aws_subnet"], source: page("subnet"), exposure: { map_public_ip_on_launch: staysOff(false) } },
  {
    types: ["aws_instance", "aws_launch_configuration"],
    source: page("instance"),
    exposure: { associate_public_ip_address: staysOff(false) },
  },
  {
    types: ["aws_launch_template"],
    source: page("launch_template"),
    exposure: { "network_interfaces.associate_public_ip_address": staysOff(false) },
  },
  {
    types: ["aws_ecs_service"],
    source: page("ecs_service"),
    exposure: { "network_configuration.assign_public_ip": staysOff(false) },
  },
  {
    types: ["aws_sagemaker_notebook_instance"],
    source: page("sagemaker_notebook_instance"),
    exposure: { direct_internet_access: ordered(["Enabled", "Disabled"], "Enabled") },
  },
  {
    types: ["aws_transfer_server"],
    source: page("transfer_server"),
    exposure: { endpoint_type: ordered(["PUBLIC", "VPC", "VPC_ENDPOINT"], "PUBLIC") },
  },
  {
    types: ["aws_emr_block_public_access_configuration"],
    source: page("emr_block_public_access_configuration"),
    exposure: { block_public_security_group_rules: staysOn(false) },
  },
  {
    types: ["aws_ebs_snapshot_block_public_access"],
    source: page("ebs_snapshot_block_public_access"),
    exposure: { state: ordered(["unblocked", "block-new-sharing", "block-all-sharing"], "unblocked") },
  },
];
