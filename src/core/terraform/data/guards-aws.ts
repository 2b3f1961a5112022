import { atLeast, type GuardTable, keptFor, ordered, staysOff, staysOn, stated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;

/** As the documentation of the provider states the defaults. */
export const awsGuards: readonly GuardTable[] = [
  {
    types: ["aws_db_instance"],
    source: page("db_instance"),
    protection: {
      allow_major_version_upgrade: staysOff(false),
      deletion_protection: staysOn(false),
      skip_final_snapshot: staysOff(false),
    },
    backup: {
      backup_retention_period: atLeast(0),
      delete_automated_backups: staysOff(true),
      final_snapshot_identifier: stated,
      multi_az: staysOn(false),
    },
    encryption: { storage_encrypted: staysOn(false), kms_key_id: stated },
  },
  {
    types: ["aws_rds_cluster"],
    source: page("rds_cluster"),
    protection: {
      allow_major_version_upgrade: staysOff(false),
      deletion_protection: staysOn(false),
      skip_final_snapshot: staysOff(false),
    },
    backup: {
      backup_retention_period: atLeast(1),
      backtrack_window: atLeast(0),
      delete_automated_backups: staysOff(true),
      final_snapshot_identifier: stated,
    },
    encryption: { storage_encrypted: staysOn(false), kms_key_id: stated },
  },
  {
    types: ["aws_rds_global_cluster", "aws_docdb_global_cluster", "aws_neptune_global_cluster"],
    source: page("rds_global_cluster"),
    protection: { deletion_protection: staysOn(false), force_destroy: staysOff(false) },
    encryption: { storage_encrypted: staysOn(false) },
  },
  {
    types: ["aws_docdb_cluster", "aws_neptune_cluster"],
    source: page("docdb_cluster"),
    protection: {
      allow_major_version_upgrade: staysOff(false),
      deletion_protection: staysOn(false),
      skip_final_snapshot: staysOff(false),
    },
    backup: { backup_retention_period: atLeast(1), final_snapshot_identifier: stated },
    encryption: { storage_encrypted: staysOn(false), kms_key_id: stated, kms_key_arn: stated },
  },
  {
    types: ["aws_docdbelastic_cluster"],
    source: page("docdbelastic_cluster"),
    backup: { backup_retention_period: atLeast(1) },
    encryption: { kms_key_id: stated },
  },
  {
    types: ["aws_redshift_cluster"],
    source: page("redshift_cluster"),
    protection: { skip_final_snapshot: staysOff(false) },
    backup: {
      automated_snapshot_retention_period: atLeast(1),
      final_snapshot_identifier: stated,
      manual_snapshot_retention_period: keptFor(-1),
      multi_az: staysOn(false),
    },
    encryption: { encrypted: staysOn(true), kms_key_id: stated },
  },
  {
    types: ["aws_dynamodb_table"],
    source: page("dynamodb_table"),
    protection: { deletion_protection_enabled: staysOn(false) },
    backup: {
      "point_in_time_recovery.enabled": staysOn(false),
      "point_in_time_recovery.recovery_period_in_days": keptFor(35),
    },
    encryption: { "server_side_encryption.enabled": staysOn(false), "server_side_encryption.kms_key_arn": stated },
  },
  {
    types: ["aws_dsql_cluster"],
    source: page("dsql_cluster"),
    protection: { deletion_protection_enabled: staysOn(false), force_destroy: staysOff(false) },
  },
  {
    types: ["aws_qldb_ledger"],
    source: "registry.terraform.io/providers/hashicorp/aws/5.0.0/docs/resources/qldb_ledger",
    protection: { deletion_protection: staysOn(true) },
  },
  {
    types: ["aws_keyspaces_table"],
    source: page("keyspaces_table"),
    backup: { "point_in_time_recovery.status": ordered(["DISABLED", "ENABLED"], "DISABLED") },
  },
  {
    types: ["aws_s3_bucket"],
    source: page("s3_bucket"),
    protection: {
      force_destroy: staysOff(false),
      object_lock_enabled: staysOn(false),
      object_lock_configuration: stated,
      "versioning.mfa_delete": staysOn(false),
    },
    backup: { "versioning.enabled": staysOn(false) },
    encryption: { server_side_encryption_configuration: stated },
  },
  {
    types: ["aws_s3_bucket_versioning"],
    source: page("s3_bucket_versioning"),
    protection: { "versioning_configuration.mfa_delete": ordered(["Disabled", "Enabled"], "Disabled") },
    backup: { "versioning_configuration.status": ordered(["Disabled", "Suspended", "Enabled"], "Disabled") },
  },
  {
    types: ["aws_s3_bucket_object_lock_configuration"],
    source: page("s3_bucket_object_lock_configuration"),
    protection: {
      "rule.default_retention.mode": ordered(["GOVERNANCE", "COMPLIANCE"], "GOVERNANCE"),
      "rule.default_retention.days": atLeast(0),
      "rule.default_retention.years": atLeast(0),
    },
  },
  {
    types: ["aws_s3_bucket_server_side_encryption_configuration"],
    source: page("s3_bucket_server_side_encryption_configuration"),
    encryption: {
      "rule.apply_server_side_encryption_by_default.sse_algorithm": ordered(
        ["AES256", "aws:kms", "aws:kms:dsse"],
        "AES256",
      ),
      "rule.apply_server_side_encryption_by_default.kms_master_key_id": stated,
    },
  },
  {
    types: ["aws_s3_bucket_lifecycle_configuration"],
    source: page("s3_bucket_lifecycle_configuration"),
    backup: {
      "rule.expiration.days": keptFor(0),
      "rule.noncurrent_version_expiration.noncurrent_days": keptFor(0),
    },
  },
  {
    types: ["aws_s3_directory_bucket", "aws_s3tables_table_bucket", "aws_route53_zone", "aws_backup_vault"],
    source: page("route53_zone"),
    protection: { force_destroy: staysOff(false) },
  },
  {
    types: ["aws_backup_plan"],
    source: page("backup_plan"),
    backup: { "rule.lifecycle.delete_after": keptFor(0) },
  },
  {
    types: ["aws_backup_vault_lock_configuration"],
    source: page("backup_vault_lock_configuration"),
    protection: { min_retention_days: atLeast(0) },
  },
  {
    types: ["aws_ecr_repository"],
    source: page("ecr_repository"),
    protection: { force_delete: staysOff(false) },
    encryption: {
      "encryption_configuration.encryption_type": ordered(["AES256", "KMS"], "AES256"),
      "encryption_configuration.kms_key": stated,
    },
  },
  {
    types: ["aws_secretsmanager_secret"],
    source: page("secretsmanager_secret"),
    protection: { recovery_window_in_days: atLeast(30) },
    encryption: { kms_key_id: stated },
  },
  {
    types: ["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"],
    source: page("kms_key"),
    protection: {
      bypass_policy_lockout_safety_check: staysOff(false),
      deletion_window_in_days: atLeast(30),
      enabled: staysOn(true),
      is_enabled: staysOn(true),
    },
    encryption: { enable_key_rotation: staysOn(false) },
  },
  {
    types: ["aws_cloudwatch_log_group"],
    source: page("cloudwatch_log_group"),
    protection: { skip_destroy: staysOn(false) },
    backup: { retention_in_days: keptFor(0) },
    encryption: { kms_key_id: stated },
  },
  {
    types: ["aws_elasticache_replication_group"],
    source: page("elasticache_replication_group"),
    backup: {
      automatic_failover_enabled: staysOn(false),
      final_snapshot_identifier: stated,
      multi_az_enabled: staysOn(false),
      snapshot_retention_limit: atLeast(0),
    },
    encryption: {
      at_rest_encryption_enabled: staysOn(false),
      kms_key_id: stated,
      transit_encryption_enabled: staysOn(false),
      transit_encryption_mode: ordered(["preferred", "required"], "required"),
    },
  },
  {
    types: ["aws_elasticache_cluster", "aws_elasticache_serverless_cache"],
    source: page("elasticache_cluster"),
    backup: { final_snapshot_identifier: stated, snapshot_retention_limit: atLeast(0) },
    encryption: { transit_encryption_enabled: staysOn(false), kms_key_id: stated },
  },
  {
    types: ["aws_memorydb_cluster"],
    source: page("memorydb_cluster"),
    backup: { final_snapshot_name: stated, snapshot_retention_limit: atLeast(0) },
    encryption: { kms_key_arn: stated, tls_enabled: staysOn(true) },
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    source: page("opensearch_domain"),
    encryption: {
      "domain_endpoint_options.enforce_https": staysOn(true),
      "domain_endpoint_options.tls_security_policy": ordered(
        [
          "Policy-Min-TLS-1-0-2019-07",
          "Policy-Min-TLS-1-2-2019-07",
          "Policy-Min-TLS-1-2-PFS-2023-10",
          "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
        ],
        "Policy-Min-TLS-1-0-2019-07",
      ),
      "encrypt_at_rest.enabled": staysOn(false),
      "encrypt_at_rest.kms_key_id": stated,
      "node_to_node_encryption.enabled": staysOn(false),
    },
  },
  {
    types: ["aws_efs_file_system"],
    source: page("efs_file_system"),
    protection: { "protection.replication_overwrite": ordered(["DISABLED", "ENABLED"], "ENABLED") },
    encryption: { encrypted: staysOn(false), kms_key_id: stated },
  },
  {
    types: ["aws_efs_backup_policy"],
    source: page("efs_backup_policy"),
    backup: { "backup_policy.status": ordered(["DISABLED", "ENABLED"], "DISABLED") },
  },
  {
    types: ["aws_fsx_windows_file_system"],
    source: page("fsx_windows_file_system"),
    protection: { skip_final_backup: staysOff(false) },
    backup: { automatic_backup_retention_days: atLeast(7) },
  },
  {
    types: ["aws_fsx_*"],
    source: page("fsx_lustre_file_system"),
    protection: { skip_final_backup: staysOff(false) },
    backup: { automatic_backup_retention_days: atLeast(0) },
    encryption: { kms_key_id: stated },
  },
  {
    types: ["aws_ebs_volume"],
    source: page("ebs_volume"),
    backup: { final_snapshot: staysOn(false) },
    encryption: { encrypted: staysOn(false), kms_key_id: stated },
  },
  {
    types: ["aws_instance"],
    source: page("instance"),
    protection: {
      disable_api_stop: staysOn(false),
      disable_api_termination: staysOn(false),
      "ebs_block_device.delete_on_termination": staysOff(true),
      "root_block_device.delete_on_termination": staysOff(true),
    },
    encryption: {
      "ebs_block_device.encrypted": staysOn(false),
      "metadata_options.http_tokens": ordered(["optional", "required"], "optional"),
      "root_block_device.encrypted": staysOn(false),
    },
  },
  {
    types: ["aws_launch_template"],
    source: page("launch_template"),
    protection: { disable_api_termination: staysOn(false) },
    encryption: {
      "block_device_mappings.ebs.encrypted": staysOn(false),
      "metadata_options.http_tokens": ordered(["optional", "required"], "optional"),
    },
  },
  {
    types: ["aws_lb", "aws_alb"],
    source: page("lb"),
    protection: { enable_deletion_protection: staysOn(false) },
  },
  {
    types: ["aws_eks_cluster"],
    source: page("eks_cluster"),
    protection: { deletion_protection: staysOn(false) },
    encryption: { "encryption_config.provider.key_arn": stated },
  },
  {
    types: ["aws_cognito_user_pool"],
    source: page("cognito_user_pool"),
    protection: { deletion_protection: ordered(["INACTIVE", "ACTIVE"], "INACTIVE") },
  },
  {
    types: ["aws_kinesis_stream"],
    source: page("kinesis_stream"),
    protection: { enforce_consumer_deletion: staysOff(false) },
    backup: { retention_period: atLeast(24) },
    encryption: { encryption_type: ordered(["NONE", "KMS"], "NONE") },
  },
  {
    types: ["aws_sqs_queue"],
    source: page("sqs_queue"),
    backup: { message_retention_seconds: atLeast(345_600) },
    encryption: { kms_master_key_id: stated, sqs_managed_sse_enabled: staysOn(true) },
  },
  {
    types: ["aws_sns_topic"],
    source: page("sns_topic"),
    encryption: { kms_master_key_id: stated },
  },
  {
    types: ["aws_msk_cluster"],
    source: page("msk_cluster"),
    encryption: {
      "encryption_info.encryption_in_transit.client_broker": ordered(["PLAINTEXT", "TLS_PLAINTEXT", "TLS"], "TLS"),
      "encryption_info.encryption_in_transit.in_cluster": staysOn(true),
    },
  },
  {
    types: ["aws_organizations_account"],
    source: page("organizations_account"),
    protection: { close_on_deletion: staysOff(false) },
  },
  {
    types: ["aws_cloudfront_distribution"],
    source: page("cloudfront_distribution"),
    protection: { retain_on_delete: staysOn(false) },
    encryption: {
      "viewer_certificate.minimum_protocol_version": ordered(
        [
          "SSLv3",
          "TLSv1",
          "TLSv1_2016",
          "TLSv1.1_2016",
          "TLSv1.2_2018",
          "TLSv1.2_2019",
          "TLSv1.2_2021",
          "TLSv1.2_2025",
          "TLSv1.3_2025",
        ],
        "TLSv1",
      ),
    },
  },
];
