import { type GuardTable, keptFor, listed, ordered, staysOff, staysOn, stated, unlisted } from "../guard.ts";

const aws = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;
const google = (name: string): string =>
  `registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/${name}`;
const azure = (name: string): string =>
  `registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/${name}`;

const awsAudit: readonly GuardTable[] = [
  {
    types: ["aws_cloudtrail"],
    source: aws("cloudtrail"),
    audit: {
      cloud_watch_logs_group_arn: stated,
      enable_log_file_validation: staysOn(false),
      enable_logging: staysOn(true),
      "event_selector.data_resource.values": listed,
      "event_selector.include_management_events": staysOn(true),
      // Of the two halves, what was changed matters more than what was read.
      "event_selector.read_write_type": ordered(["ReadOnly", "WriteOnly", "All"], "All"),
      include_global_service_events: staysOn(true),
      is_multi_region_trail: staysOn(false),
      is_organization_trail: staysOn(false),
    },
  },
  {
    types: ["aws_flow_log"],
    source: aws("flow_log"),
    audit: { traffic_type: ordered([["ACCEPT", "REJECT"], "ALL"], "ALL") },
  },
  {
    types: ["aws_guardduty_detector"],
    source: aws("guardduty_detector"),
    audit: {
      "datasources.kubernetes.audit_logs.enable": staysOn(true),
      "datasources.s3_logs.enable": staysOn(true),
      enable: staysOn(true),
    },
  },
  {
    types: ["aws_guardduty_detector_feature", "aws_guardduty_organization_configuration_feature"],
    source: aws("guardduty_detector_feature"),
    audit: {
      auto_enable: ordered(["NONE", "NEW", "ALL"], "NONE"),
      status: ordered(["DISABLED", "ENABLED"], "ENABLED"),
    },
  },
  {
    types: ["aws_macie2_account"],
    source: aws("macie2_account"),
    audit: { status: ordered(["PAUSED", "ENABLED"], "ENABLED") },
  },
  {
    types: ["aws_config_configuration_recorder"],
    source: aws("config_configuration_recorder"),
    audit: {
      "recording_group.all_supported": staysOn(true),
      "recording_group.include_global_resource_types": staysOn(false),
    },
  },
  {
    types: ["aws_config_configuration_recorder_status"],
    source: aws("config_configuration_recorder_status"),
    audit: { is_enabled: staysOn(false) },
  },
  { types: ["aws_s3_bucket"], source: aws("s3_bucket"), audit: { logging: stated } },
  {
    types: ["aws_lb", "aws_alb"],
    source: aws("lb"),
    audit: { "access_logs.enabled": staysOn(false), "connection_logs.enabled": staysOn(false) },
  },
  { types: ["aws_elb"], source: aws("elb"), audit: { "access_logs.enabled": staysOn(true, false) } },
  {
    types: ["aws_cloudfront_distribution"],
    source: aws("cloudfront_distribution"),
    audit: { logging_config: stated },
  },
  {
    types: ["aws_api_gateway_stage", "aws_apigatewayv2_stage"],
    source: aws("api_gateway_stage"),
    audit: { access_log_settings: stated },
  },
  { types: ["aws_eks_cluster"], source: aws("eks_cluster"), audit: { enabled_cluster_log_types: listed } },
  {
    types: ["aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster"],
    source: aws("db_instance"),
    audit: { enabled_cloudwatch_logs_exports: listed },
  },
  { types: ["aws_neptune_cluster"], source: aws("neptune_cluster"), audit: { enable_cloudwatch_logs_exports: listed } },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    source: aws("opensearch_domain"),
    audit: { "log_publishing_options.enabled": staysOn(true, false), "log_publishing_options.log_type": listed },
  },
  {
    types: ["aws_redshift_cluster"],
    source: "registry.terraform.io/providers/hashicorp/aws/5.0.0/docs/resources/redshift_cluster",
    audit: { "logging.enable": staysOn(false) },
  },
  {
    types: ["aws_mq_broker"],
    source: aws("mq_broker"),
    audit: { "logs.audit": staysOn(false), "logs.general": staysOn(false) },
  },
  { types: ["aws_msk_cluster"], source: aws("msk_cluster"), audit: { logging_info: stated } },
];

const googleAudit: readonly GuardTable[] = [
  {
    types: [
      "google_project_iam_audit_config",
      "google_folder_iam_audit_config",
      "google_organization_iam_audit_config",
    ],
    source: google("google_project_iam#google_project_iam_audit_config"),
    audit: {
      "audit_log_config.exempted_members": unlisted,
      "audit_log_config.log_type": listed,
      service: listed,
    },
  },
  {
    types: [
      "google_logging_project_sink",
      "google_logging_folder_sink",
      "google_logging_organization_sink",
      "google_logging_billing_account_sink",
    ],
    source: google("logging_project_sink"),
    audit: { disabled: staysOff(false) },
  },
  {
    types: ["google_compute_subnetwork", "google_compute_firewall"],
    source: google("compute_subnetwork"),
    audit: { log_config: stated },
  },
  {
    types: ["google_compute_backend_service", "google_compute_region_backend_service", "google_compute_router_nat"],
    source: google("compute_backend_service"),
    audit: { "log_config.enable": staysOn(false) },
  },
  { types: ["google_storage_bucket"], source: google("storage_bucket"), audit: { logging: stated } },
  {
    types: ["google_container_cluster"],
    source: google("container_cluster"),
    audit: {
      "logging_config.enable_components": listed,
      logging_service: ordered(
        ["none", "logging.googleapis.com", "logging.googleapis.com/kubernetes"],
        "logging.googleapis.com/kubernetes",
      ),
    },
  },
  { types: ["google_dns_policy"], source: google("dns_policy"), audit: { enable_logging: staysOn(false) } },
];

// Where it is off, nothing is deleted: what makes it worse is the number.
const retention = { "retention_policy.days": keptFor(0) };

const azureAudit: readonly GuardTable[] = [
  {
    types: ["azurerm_monitor_diagnostic_setting"],
    source: azure("monitor_diagnostic_setting"),
    audit: {
      "enabled_log.category": listed,
      "enabled_log.category_group": listed,
      "log.enabled": staysOn(true),
    },
  },
  {
    types: ["azurerm_monitor_log_profile"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/3.0.0/docs/resources/monitor_log_profile",
    audit: { categories: listed, locations: listed, ...retention },
  },
  {
    types: ["azurerm_network_watcher_flow_log"],
    source: azure("network_watcher_flow_log"),
    audit: { enabled: staysOn(false), ...retention },
  },
  {
    types: ["azurerm_storage_account"],
    source: azure("storage_account"),
    audit: {
      "queue_properties.logging.delete": staysOn(false),
      "queue_properties.logging.read": staysOn(false),
      "queue_properties.logging.write": staysOn(false),
    },
  },
  {
    types: [
      "azurerm_mssql_database_extended_auditing_policy",
      "azurerm_mssql_server_extended_auditing_policy",
      "azurerm_mssql_server_microsoft_support_auditing_policy",
    ],
    source: azure("mssql_server_extended_auditing_policy"),
    audit: { enabled: staysOn(true), log_monitoring_enabled: staysOn(true), retention_in_days: keptFor(0) },
  },
  {
    types: ["azurerm_mssql_server_security_alert_policy"],
    source: azure("mssql_server_security_alert_policy"),
    audit: {
      disabled_alerts: unlisted,
      retention_days: keptFor(0),
      state: ordered([["Disabled", "New"], "Enabled"], "Disabled"),
    },
  },
  {
    types: ["azurerm_kubernetes_cluster"],
    source: azure("kubernetes_cluster"),
    audit: { oms_agent: stated, microsoft_defender: stated },
  },
  {
    types: ["azurerm_security_center_subscription_pricing"],
    source: azure("security_center_subscription_pricing"),
    audit: { tier: ordered(["Free", "Standard"], "Standard") },
  },
];

/** What is written down of what happens, and who watches it. */
export const auditGuards: readonly GuardTable[] = [...awsAudit, ...googleAudit, ...azureAudit];

/** What does nothing but watch or write down, and the attribute that names what it watches where that is one resource. */
export const auditSinks: Readonly<Record<string, string | null>> = {
  aws_accessanalyzer_analyzer: null,
  aws_cloudtrail: null,
  aws_cloudtrail_event_data_store: null,
  aws_config_configuration_recorder: null,
  aws_config_configuration_recorder_status: "name",
  aws_config_delivery_channel: null,
  aws_flow_log: "vpc_id",
  aws_guardduty_detector: null,
  aws_guardduty_detector_feature: "detector_id",
  aws_macie2_account: null,
  aws_networkfirewall_logging_configuration: "firewall_arn",
  aws_redshift_logging: "cluster_identifier",
  aws_route53_query_log: "zone_id",
  aws_route53_resolver_query_log_config: null,
  aws_route53_resolver_query_log_config_association: "resource_id",
  aws_s3_bucket_logging: "bucket",
  aws_securityhub_account: null,
  aws_wafv2_web_acl_logging_configuration: "resource_arn",
  azurerm_monitor_diagnostic_setting: "target_resource_id",
  azurerm_monitor_log_profile: null,
  azurerm_mssql_database_extended_auditing_policy: "database_id",
  azurerm_mssql_server_extended_auditing_policy: "server_id",
  azurerm_mssql_server_security_alert_policy: "server_name",
  azurerm_network_watcher_flow_log: "target_resource_id",
  azurerm_security_center_subscription_pricing: null,
  google_folder_iam_audit_config: "folder",
  google_logging_billing_account_sink: null,
  google_logging_folder_sink: "folder",
  google_logging_organization_sink: null,
  google_logging_project_sink: "project",
  google_organization_iam_audit_config: null,
  google_project_iam_audit_config: "project",
};
