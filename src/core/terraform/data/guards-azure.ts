import { atLeast, type GuardTable, ordered, staysOff, staysOn, stated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/${name}`;

const tls = ["1.0", "1.1", "1.2", "1.3"];

/** As the documentation of the provider states the defaults. */
export const azureGuards: readonly GuardTable[] = [
  {
    types: ["azurerm_key_vault"],
    source: page("key_vault"),
    protection: { purge_protection_enabled: staysOn(false), soft_delete_retention_days: atLeast(90) },
  },
  {
    types: ["azurerm_key_vault_managed_hardware_security_module"],
    source: page("key_vault_managed_hardware_security_module"),
    protection: { purge_protection_enabled: staysOn(false) },
  },
  {
    types: ["azurerm_app_configuration"],
    source: page("app_configuration"),
    protection: { purge_protection_enabled: staysOn(false), soft_delete_retention_days: atLeast(7) },
  },
  {
    types: ["azurerm_management_lock"],
    source: page("management_lock"),
    protection: { lock_level: ordered(["CanNotDelete", "ReadOnly"], "CanNotDelete") },
  },
  {
    types: ["azurerm_storage_account"],
    source: page("storage_account"),
    protection: {
      "blob_properties.container_delete_retention_policy.days": atLeast(7, 0),
      "blob_properties.delete_retention_policy.days": atLeast(7, 0),
      "blob_properties.restore_policy.days": atLeast(0),
      "immutability_policy.state": ordered(["Disabled", "Unlocked", "Locked"], "Disabled"),
      "share_properties.retention_policy.days": atLeast(7, 0),
    },
    backup: {
      account_replication_type: ordered(["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"], "LRS"),
      "blob_properties.versioning_enabled": staysOn(false),
    },
    encryption: {
      customer_managed_key: stated,
      enable_https_traffic_only: staysOn(true),
      https_traffic_only_enabled: staysOn(true),
      infrastructure_encryption_enabled: staysOn(false),
      min_tls_version: ordered(["TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"], "TLS1_2"),
    },
  },
  {
    types: ["azurerm_mssql_database"],
    source: page("mssql_database"),
    backup: {
      geo_backup_enabled: staysOn(true),
      long_term_retention_policy: stated,
      "short_term_retention_policy.retention_days": atLeast(7),
      storage_account_type: ordered(["Local", "Zone", "Geo", "GeoZone"], "Geo"),
      zone_redundant: staysOn(false),
    },
    encryption: { transparent_data_encryption_enabled: staysOn(true) },
  },
  {
    types: ["azurerm_mssql_server"],
    source: page("mssql_server"),
    encryption: { minimum_tls_version: ordered(["Disabled", ...tls], "1.2") },
  },
  {
    types: ["azurerm_mssql_managed_instance"],
    source: page("mssql_managed_instance"),
    backup: {
      storage_account_type: ordered(["LRS", "ZRS", "GRS", "GZRS"], "GRS"),
      zone_redundant_enabled: staysOn(false),
    },
    encryption: { minimum_tls_version: ordered(tls, "1.2") },
  },
  {
    types: ["azurerm_postgresql_flexible_server", "azurerm_mysql_flexible_server"],
    source: page("postgresql_flexible_server"),
    backup: {
      backup_retention_days: atLeast(7),
      geo_redundant_backup_enabled: staysOn(false),
      high_availability: stated,
    },
    encryption: { customer_managed_key: stated },
  },
  {
    types: ["azurerm_postgresql_server", "azurerm_mysql_server", "azurerm_mariadb_server"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/3.0.0/docs/resources/postgresql_server",
    backup: { backup_retention_days: atLeast(7), geo_redundant_backup_enabled: staysOn(false) },
    encryption: {
      infrastructure_encryption_enabled: staysOn(false),
      ssl_enforcement_enabled: staysOn(false),
      ssl_minimal_tls_version_enforced: ordered(["TLSEnforcementDisabled", "TLS1_0", "TLS1_1", "TLS1_2"], "TLS1_2"),
    },
  },
  {
    types: ["azurerm_cosmosdb_account"],
    source: page("cosmosdb_account"),
    backup: {
      automatic_failover_enabled: staysOn(false),
      "backup.retention_in_hours": atLeast(8),
      "backup.tier": ordered(["Continuous7Days", "Continuous30Days"], "Continuous30Days"),
      "backup.type": ordered(["Periodic", "Continuous"], "Periodic"),
    },
    encryption: { minimal_tls_version: ordered(["Tls", "Tls11", "Tls12"], "Tls12") },
  },
  {
    types: ["azurerm_recovery_services_vault"],
    source: page("recovery_services_vault"),
    protection: {
      immutability: ordered(["Disabled", "Unlocked", "Locked"], "Disabled"),
      soft_delete_enabled: staysOn(true),
    },
    backup: {
      cross_region_restore_enabled: staysOn(false),
      storage_mode_type: ordered(["LocallyRedundant", "ZoneRedundant", "GeoRedundant"], "GeoRedundant"),
    },
  },
  {
    types: ["azurerm_data_protection_backup_vault"],
    source: page("data_protection_backup_vault"),
    protection: {
      immutability: ordered(["Disabled", "Unlocked", "Locked"], "Disabled"),
      retention_duration_in_days: atLeast(14),
      soft_delete: ordered(["Off", "On", "AlwaysOn"], "On"),
    },
  },
  {
    types: ["azurerm_backup_policy_*"],
    source: page("backup_policy_vm"),
    backup: {
      instant_restore_retention_days: atLeast(1),
      "retention_daily.count": atLeast(0),
      "retention_monthly.count": atLeast(0),
      "retention_weekly.count": atLeast(0),
      "retention_yearly.count": atLeast(0),
    },
  },
  {
    types: ["azurerm_redis_cache"],
    source: page("redis_cache"),
    backup: { "redis_configuration.rdb_backup_enabled": staysOn(false) },
    encryption: { minimum_tls_version: ordered(tls, "1.0"), non_ssl_port_enabled: staysOff(false) },
  },
  {
    types: ["azurerm_eventhub_namespace", "azurerm_servicebus_namespace"],
    source: page("servicebus_namespace"),
    encryption: { minimum_tls_version: ordered(tls, "1.2") },
  },
  {
    types: ["azurerm_eventhub"],
    source: page("eventhub"),
    backup: { message_retention: atLeast(1) },
  },
  {
    types: ["azurerm_log_analytics_workspace"],
    source: page("log_analytics_workspace"),
    backup: { retention_in_days: atLeast(30) },
  },
  {
    types: ["azurerm_managed_disk"],
    source: page("managed_disk"),
    encryption: { disk_encryption_set_id: stated, "encryption_settings.enabled": staysOn(true, false) },
  },
  {
    types: [
      "azurerm_linux_web_app",
      "azurerm_windows_web_app",
      "azurerm_linux_function_app",
      "azurerm_windows_function_app",
    ],
    source: page("linux_web_app"),
    encryption: {
      https_only: staysOn(false),
      "site_config.ftps_state": ordered(["AllAllowed", "FtpsOnly", "Disabled"], "Disabled"),
      "site_config.minimum_tls_version": ordered(tls, "1.2"),
    },
  },
  {
    types: ["azurerm_app_service", "azurerm_function_app"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/3.0.0/docs/resources/app_service",
    encryption: {
      https_only: staysOn(false),
      "site_config.ftps_state": ordered(["AllAllowed", "FtpsOnly", "Disabled"], "AllAllowed"),
      "site_config.min_tls_version": ordered(tls, "1.2"),
    },
  },
  {
    types: ["azurerm_kubernetes_cluster"],
    source: page("kubernetes_cluster"),
    encryption: { disk_encryption_set_id: stated },
  },
  {
    types: ["azurerm_data_lake_store"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/2.99.0/docs/resources/data_lake_store",
    encryption: { encryption_state: ordered(["Disabled", "Enabled"], "Enabled") },
  },
  {
    types: ["azurerm_virtual_machine"],
    source: page("virtual_machine"),
    protection: {
      delete_data_disks_on_termination: staysOff(false),
      delete_os_disk_on_termination: staysOff(false),
    },
  },
];

/** What `features` of the provider azurerm lets it do to everything it manages, by the path from the `provider` block. */
export const azureFeatures: GuardTable = {
  types: ["azurerm"],
  source: "registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/guides/features-block",
  protection: {
    "features.app_configuration.purge_soft_delete_on_destroy": staysOff(true),
    "features.key_vault.purge_soft_delete_on_destroy": staysOff(true),
    "features.key_vault.purge_soft_deleted_certificates_on_destroy": staysOff(true),
    "features.key_vault.purge_soft_deleted_keys_on_destroy": staysOff(true),
    "features.key_vault.purge_soft_deleted_secrets_on_destroy": staysOff(true),
    "features.log_analytics_workspace.permanently_delete_on_destroy": staysOff(false),
    "features.netapp.delete_backups_on_backup_vault_destroy": staysOff(false),
    "features.netapp.prevent_volume_destruction": staysOn(true),
    "features.recovery_service.purge_protected_items_from_vault_on_destroy": staysOff(false),
    "features.recovery_service.vm_backup_stop_protection_and_retain_data_on_destroy": staysOn(false),
    "features.resource_group.prevent_deletion_if_contains_resources": staysOn(true),
    "features.subscription.prevent_cancellation_on_destroy": staysOn(false),
    "features.virtual_machine.delete_os_disk_on_deletion": staysOff(true),
  },
};
