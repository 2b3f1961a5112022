import { atLeast, type GuardTable, keptFor, ordered, staysOff, staysOn, stated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/${name}`;

/** As the documentation of the provider states the defaults. */
export const googleGuards: readonly GuardTable[] = [
  {
    types: ["google_sql_database_instance"],
    source: page("sql_database_instance"),
    protection: {
      deletion_protection: staysOn(true),
      "settings.deletion_protection_enabled": staysOn(false),
    },
    backup: {
      "final_backup_config.enabled": staysOn(false),
      "settings.availability_type": ordered(["ZONAL", "REGIONAL"], "ZONAL"),
      "settings.backup_configuration.backup_retention_settings.retained_backups": atLeast(7),
      "settings.backup_configuration.binary_log_enabled": staysOn(false),
      "settings.backup_configuration.enabled": staysOn(false),
      "settings.backup_configuration.point_in_time_recovery_enabled": staysOn(false),
      "settings.backup_configuration.transaction_log_retention_days": atLeast(7, 0),
      "settings.retain_backups_on_delete": staysOn(false),
    },
    encryption: {
      "settings.ip_configuration.require_ssl": staysOn(false),
      "settings.ip_configuration.ssl_mode": ordered(
        ["ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"],
        "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
      ),
      encryption_key_name: stated,
    },
  },
  {
    types: ["google_sql_database"],
    source: page("sql_database"),
    protection: { deletion_policy: ordered(["DELETE", "ABANDON"], "DELETE") },
  },
  {
    types: ["google_storage_bucket"],
    source: page("storage_bucket"),
    protection: {
      force_destroy: staysOff(false),
      "retention_policy.is_locked": staysOn(false),
      "retention_policy.retention_period": atLeast(0),
      "soft_delete_policy.retention_duration_seconds": atLeast(604_800),
    },
    backup: { "versioning.enabled": staysOn(false) },
    encryption: { "encryption.default_kms_key_name": stated },
  },
  {
    types: ["google_bigquery_dataset"],
    source: page("bigquery_dataset"),
    protection: { delete_contents_on_destroy: staysOff(false) },
    backup: {
      default_partition_expiration_ms: keptFor(0),
      default_table_expiration_ms: keptFor(0),
      max_time_travel_hours: atLeast(168),
    },
    encryption: { default_encryption_configuration: stated },
  },
  {
    types: ["google_bigquery_table"],
    source: page("bigquery_table"),
    protection: { deletion_protection: staysOn(true) },
    backup: { expiration_time: keptFor(0), "time_partitioning.expiration_ms": keptFor(0) },
    encryption: { encryption_configuration: stated },
  },
  {
    types: ["google_spanner_instance"],
    source: page("spanner_instance"),
    protection: { force_destroy: staysOff(false) },
  },
  {
    types: ["google_spanner_database"],
    source: page("spanner_database"),
    protection: { deletion_protection: staysOn(true), enable_drop_protection: staysOn(false) },
    encryption: { encryption_config: stated },
  },
  {
    types: ["google_bigtable_instance"],
    source: page("bigtable_instance"),
    protection: { deletion_protection: staysOn(true), force_destroy: staysOff(false) },
  },
  {
    types: ["google_bigtable_table"],
    source: page("bigtable_table"),
    protection: { deletion_protection: ordered(["UNPROTECTED", "PROTECTED"], "UNPROTECTED") },
    backup: { automated_backup_policy: stated },
  },
  {
    types: ["google_firestore_database"],
    source: page("firestore_database"),
    protection: {
      delete_protection_state: ordered(
        ["DELETE_PROTECTION_STATE_UNSPECIFIED", "DELETE_PROTECTION_DISABLED", "DELETE_PROTECTION_ENABLED"],
        "DELETE_PROTECTION_STATE_UNSPECIFIED",
      ),
      deletion_policy: ordered(["DELETE", "ABANDON"], "ABANDON"),
    },
    backup: {
      point_in_time_recovery_enablement: ordered(
        ["POINT_IN_TIME_RECOVERY_DISABLED", "POINT_IN_TIME_RECOVERY_ENABLED"],
        "POINT_IN_TIME_RECOVERY_DISABLED",
      ),
    },
  },
  {
    types: ["google_alloydb_cluster"],
    source: page("alloydb_cluster"),
    protection: {
      deletion_policy: ordered(["FORCE", "DEFAULT"], "DEFAULT"),
      deletion_protection: staysOn(true),
    },
    backup: {
      "automated_backup_policy.enabled": staysOn(true),
      "continuous_backup_config.enabled": staysOn(true),
      "continuous_backup_config.recovery_window_days": atLeast(14),
    },
    encryption: { encryption_config: stated },
  },
  {
    types: ["google_container_cluster"],
    source: page("container_cluster"),
    protection: { deletion_protection: staysOn(true) },
    encryption: { "database_encryption.state": ordered(["DECRYPTED", "ENCRYPTED"], "DECRYPTED") },
  },
  {
    types: ["google_filestore_instance"],
    source: page("filestore_instance"),
    protection: { deletion_protection_enabled: staysOn(false) },
    encryption: { kms_key_name: stated },
  },
  {
    types: ["google_memorystore_instance", "google_redis_cluster"],
    source: page("redis_cluster"),
    protection: { deletion_protection_enabled: staysOn(true) },
    backup: { automated_backup_config: stated },
    encryption: {
      transit_encryption_mode: ordered(
        [
          "TRANSIT_ENCRYPTION_MODE_DISABLED",
          "TRANSIT_ENCRYPTION_DISABLED",
          "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION",
          "SERVER_AUTHENTICATION",
        ],
        "TRANSIT_ENCRYPTION_MODE_DISABLED",
      ),
    },
  },
  {
    types: ["google_redis_instance"],
    source: page("redis_instance"),
    backup: { "persistence_config.persistence_mode": ordered(["DISABLED", "RDB"], "DISABLED") },
    encryption: {
      customer_managed_key: stated,
      transit_encryption_mode: ordered(["DISABLED", "SERVER_AUTHENTICATION"], "DISABLED"),
    },
  },
  {
    types: ["google_compute_instance"],
    source: page("compute_instance"),
    protection: { deletion_protection: staysOn(false), "boot_disk.auto_delete": staysOff(true) },
    encryption: { "attached_disk.kms_key_self_link": stated, "boot_disk.kms_key_self_link": stated },
  },
  {
    types: ["google_compute_disk", "google_compute_region_disk"],
    source: page("compute_disk"),
    backup: { create_snapshot_before_destroy: staysOn(false) },
    encryption: { disk_encryption_key: stated },
  },
  {
    types: ["google_project"],
    source: page("google_project"),
    protection: { deletion_policy: ordered(["DELETE", "ABANDON", "PREVENT"], "PREVENT") },
  },
  {
    types: ["google_folder", "google_cloud_run_v2_service", "google_cloud_run_v2_job"],
    source: page("google_folder"),
    protection: { deletion_protection: staysOn(true) },
  },
  {
    types: ["google_dns_managed_zone"],
    source: page("dns_managed_zone"),
    protection: { force_destroy: staysOff(false) },
  },
  {
    types: ["google_secret_manager_secret"],
    source: page("secret_manager_secret"),
    protection: { deletion_protection: staysOn(false), version_destroy_ttl: stated },
  },
  {
    types: ["google_secret_manager_secret_version"],
    source: page("secret_manager_secret_version"),
    protection: { deletion_policy: ordered(["DELETE", "DISABLE", "ABANDON"], "DELETE"), enabled: staysOn(true) },
  },
  {
    types: ["google_kms_crypto_key"],
    source: page("kms_crypto_key"),
    encryption: { rotation_period: stated },
  },
  {
    types: ["google_pubsub_topic", "google_artifact_registry_repository"],
    source: page("pubsub_topic"),
    encryption: { kms_key_name: stated },
  },
  {
    types: [
      "google_logging_project_bucket_config",
      "google_logging_folder_bucket_config",
      "google_logging_organization_bucket_config",
    ],
    source: page("logging_project_bucket_config"),
    protection: { locked: staysOn(false) },
    backup: { retention_days: atLeast(30) },
  },
  {
    types: ["google_compute_ssl_policy"],
    source: page("compute_ssl_policy"),
    encryption: {
      min_tls_version: ordered(["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"], "TLS_1_0"),
      profile: ordered(["COMPATIBLE", "MODERN", "RESTRICTED"], "COMPATIBLE"),
    },
  },
];
