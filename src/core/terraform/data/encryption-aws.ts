import { type GuardTable, ordered, type Rank, staysOff, staysOn, stated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;

/** By the least version of TLS. docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const balancerPolicies: readonly Rank[] = [
  [
    "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09",
  ],
  [
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-FS-1-1-2019-08",
    "ELBSecurityPolicy-TLS13-1-1-2021-06",
    "ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04",
  ],
  [
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
    "ELBSecurityPolicy-FS-1-2-2019-08",
    "ELBSecurityPolicy-FS-1-2-Res-2019-08",
    "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  ],
  [
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
  ],
];

/** By the least version of TLS. docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html */
const gatewayPolicies: readonly Rank[] = [
  "TLS_1_0",
  [
    "TLS_1_2",
    "SecurityPolicy_TLS12_2018_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
  ],
  ["SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_3_FIPS_2025_09", "SecurityPolicy_TLS13_2025_EDGE"],
];

const viewers = (without: "allow-all" | "https-only") =>
  ordered(["allow-all", ["redirect-to-https", "https-only"]], "allow-all", without);

/** What is encrypted beside the stores of data, at rest and on the way, as the documentation of the provider states the defaults. */
export const awsEncryption: readonly GuardTable[] = [
  {
    types: ["aws_lb_listener", "aws_alb_listener"],
    source: page("lb_listener"),
    encryption: {
      // Of a network load balancer: whatever is not TLS it passes on as it comes.
      protocol: ordered(
        [
          ["HTTP", "TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"],
          ["HTTPS", "TLS"],
        ],
        "HTTP",
      ),
      ssl_policy: ordered(balancerPolicies, "ELBSecurityPolicy-2016-08"),
    },
  },
  {
    types: ["aws_elb"],
    source: page("elb"),
    encryption: {
      "listener.lb_protocol": ordered(
        [
          ["http", "tcp", "HTTP", "TCP"],
          ["https", "ssl", "HTTPS", "SSL"],
        ],
        "http",
        "https",
      ),
    },
  },
  {
    types: ["aws_cloudfront_distribution"],
    source: page("cloudfront_distribution"),
    encryption: {
      "default_cache_behavior.viewer_protocol_policy": viewers("allow-all"),
      "ordered_cache_behavior.viewer_protocol_policy": viewers("https-only"),
    },
  },
  {
    types: ["aws_api_gateway_domain_name"],
    source: page("api_gateway_domain_name"),
    encryption: { security_policy: ordered(gatewayPolicies, "TLS_1_2") },
  },
  {
    types: ["aws_api_gateway_method_settings"],
    source: page("api_gateway_method_settings"),
    encryption: { "settings.cache_data_encrypted": staysOn(false) },
  },
  {
    types: ["aws_athena_workgroup"],
    source: page("athena_workgroup"),
    encryption: {
      "configuration.enforce_workgroup_configuration": staysOn(true),
      "configuration.result_configuration.encryption_configuration": stated,
    },
  },
  {
    types: ["aws_athena_database"],
    source: page("athena_database"),
    encryption: { encryption_configuration: stated },
  },
  {
    types: ["aws_codebuild_project"],
    source: page("codebuild_project"),
    encryption: {
      "artifacts.encryption_disabled": staysOff(false),
      encryption_key: stated,
      "logs_config.s3_logs.encryption_disabled": staysOff(false),
      "secondary_artifacts.encryption_disabled": staysOff(false),
    },
  },
  {
    types: ["aws_dax_cluster"],
    source: page("dax_cluster"),
    encryption: {
      cluster_endpoint_encryption_type: ordered(["NONE", "TLS"], "NONE"),
      "server_side_encryption.enabled": staysOn(false),
    },
  },
  {
    types: ["aws_launch_configuration"],
    source: page("launch_configuration"),
    encryption: {
      "ebs_block_device.encrypted": staysOn(false),
      "metadata_options.http_tokens": ordered(["optional", "required"], "optional"),
      "root_block_device.encrypted": staysOn(false),
    },
  },
  {
    types: ["aws_ecs_task_definition"],
    source: page("ecs_task_definition"),
    encryption: {
      // A volume of another kind crosses no network.
      "volume.efs_volume_configuration.transit_encryption": ordered(["DISABLED", "ENABLED"], "DISABLED", "ENABLED"),
    },
  },
  {
    types: ["aws_db_instance", "aws_rds_cluster_instance", "aws_rds_cluster"],
    source: page("rds_cluster_instance"),
    encryption: { performance_insights_kms_key_id: stated },
  },
  {
    types: ["aws_emr_security_configuration"],
    source: "docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html",
    encryption: {
      "configuration.EncryptionConfiguration.AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration.EncryptionKeyProviderType":
        stated,
      "configuration.EncryptionConfiguration.EnableAtRestEncryption": staysOn(false),
      "configuration.EncryptionConfiguration.EnableInTransitEncryption": staysOn(false),
    },
  },
  {
    types: ["aws_workspaces_workspace"],
    source: page("workspaces_workspace"),
    encryption: {
      root_volume_encryption_enabled: staysOn(false),
      user_volume_encryption_enabled: staysOn(false),
    },
  },
  {
    types: ["aws_msk_cluster"],
    source: page("msk_cluster"),
    encryption: { "encryption_info.encryption_at_rest_kms_key_arn": stated },
  },
];
