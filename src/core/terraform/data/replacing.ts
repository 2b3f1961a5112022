/**
 * Attributes that no provider can change in place: it destroys what stands and makes another. By their path through nested blocks.
 * `smaller`: only a smaller number is refused or replaced.
 */
export interface Replacing {
  readonly types: readonly string[];
  /** The pages that say "forces new resource", or "changing this forces a new resource to be created". */
  readonly source: string;
  readonly any: readonly string[];
  readonly smaller?: readonly string[];
}

const aws = (name: string): string => `registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/${name}`;
const google = (name: string): string =>
  `registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/${name}`;
const azure = (name: string): string =>
  `registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/${name}`;

/** All tables that name a type hold. */
export const replacing: readonly Replacing[] = [
  {
    types: ["aws_db_instance"],
    source: aws("db_instance"),
    any: [
      "availability_zone",
      "character_set_name",
      "db_name",
      "engine",
      "identifier",
      "kms_key_id",
      "name",
      "snapshot_identifier",
      "storage_encrypted",
      "timezone",
      "username",
    ],
    smaller: ["allocated_storage"],
  },
  {
    types: ["aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"],
    source: aws("rds_cluster"),
    any: [
      "availability_zones",
      "cluster_identifier",
      "database_name",
      "db_subnet_group_name",
      "engine",
      "engine_mode",
      "kms_key_arn",
      "kms_key_id",
      "master_username",
      "neptune_subnet_group_name",
      "snapshot_identifier",
      "storage_encrypted",
    ],
    smaller: ["allocated_storage"],
  },
  {
    types: ["aws_redshift_cluster"],
    source: aws("redshift_cluster"),
    any: ["cluster_identifier", "cluster_subnet_group_name", "master_username", "snapshot_identifier"],
  },
  {
    types: ["aws_dynamodb_table"],
    source: aws("dynamodb_table"),
    any: ["hash_key", "local_secondary_index.name", "local_secondary_index.range_key", "name", "range_key"],
  },
  { types: ["aws_dynamodb_global_table", "aws_kinesis_stream"], source: aws("kinesis_stream"), any: ["name"] },
  {
    types: ["aws_s3_bucket", "aws_s3_directory_bucket"],
    source: aws("s3_bucket"),
    any: ["bucket", "bucket_prefix", "location.name", "object_lock_enabled"],
  },
  {
    types: ["aws_efs_file_system"],
    source: aws("efs_file_system"),
    any: ["availability_zone_name", "creation_token", "encrypted", "kms_key_id", "performance_mode"],
  },
  {
    types: ["aws_fsx_*"],
    source: aws("fsx_lustre_file_system"),
    any: ["backup_id", "deployment_type", "kms_key_id", "subnet_ids"],
    smaller: ["storage_capacity"],
  },
  {
    types: ["aws_ebs_volume"],
    source: aws("ebs_volume"),
    any: ["availability_zone", "encrypted", "kms_key_id", "outpost_arn", "snapshot_id"],
    smaller: ["size"],
  },
  {
    types: ["aws_elasticache_replication_group", "aws_elasticache_cluster"],
    source: aws("elasticache_replication_group"),
    any: [
      "at_rest_encryption_enabled",
      "cluster_id",
      "data_tiering_enabled",
      "kms_key_id",
      "port",
      "replication_group_id",
      "snapshot_arns",
      "snapshot_name",
      "subnet_group_name",
    ],
  },
  {
    types: ["aws_memorydb_cluster"],
    source: aws("memorydb_cluster"),
    any: ["kms_key_arn", "name", "port", "snapshot_arns", "snapshot_name", "subnet_group_name", "tls_enabled"],
  },
  {
    types: ["aws_opensearch_domain", "aws_elasticsearch_domain"],
    source: aws("opensearch_domain"),
    any: ["domain_name", "encrypt_at_rest.kms_key_id"],
    smaller: ["ebs_options.volume_size"],
  },
  {
    types: ["aws_opensearchserverless_collection"],
    source: aws("opensearchserverless_collection"),
    any: ["name", "type"],
  },
  { types: ["aws_sqs_queue"], source: aws("sqs_queue"), any: ["fifo_queue", "name", "name_prefix"] },
  {
    types: ["aws_cloudwatch_log_group"],
    source: aws("cloudwatch_log_group"),
    any: ["log_group_class", "name", "name_prefix"],
  },
  {
    types: ["aws_ecr_repository"],
    source: aws("ecr_repository"),
    any: ["encryption_configuration.encryption_type", "encryption_configuration.kms_key", "name"],
  },
  {
    types: ["aws_kms_key"],
    source: aws("kms_key"),
    any: ["custom_key_store_id", "customer_master_key_spec", "key_usage", "multi_region"],
  },
  { types: ["aws_secretsmanager_secret"], source: aws("secretsmanager_secret"), any: ["name", "name_prefix"] },
  {
    types: ["aws_cognito_user_pool"],
    source: aws("cognito_user_pool"),
    any: ["alias_attributes", "name", "username_attributes", "username_configuration.case_sensitive"],
  },
  { types: ["aws_backup_vault", "aws_glacier_vault"], source: aws("backup_vault"), any: ["kms_key_arn", "name"] },
  { types: ["aws_route53_zone"], source: aws("route53_zone"), any: ["delegation_set_id", "name"] },
  {
    types: ["aws_msk_cluster"],
    source: aws("msk_cluster"),
    any: [
      "broker_node_group_info.client_subnets",
      "cluster_name",
      "encryption_info.encryption_at_rest_kms_key_arn",
      "encryption_info.encryption_in_transit.in_cluster",
    ],
    smaller: ["broker_node_group_info.storage_info.ebs_storage_info.volume_size"],
  },
  {
    types: ["aws_mq_broker"],
    source: aws("mq_broker"),
    any: ["broker_name", "deployment_mode", "engine_type", "storage_type", "subnet_ids"],
  },
  {
    types: ["aws_qldb_ledger", "aws_timestreamwrite_database"],
    source: aws("timestreamwrite_database"),
    any: ["database_name", "name"],
  },
  { types: ["aws_timestreamwrite_table"], source: aws("timestreamwrite_table"), any: ["database_name", "table_name"] },
  {
    types: ["aws_keyspaces_keyspace", "aws_keyspaces_table"],
    source: aws("keyspaces_table"),
    any: ["keyspace_name", "name", "table_name"],
  },
  {
    types: ["aws_acmpca_certificate_authority"],
    source: aws("acmpca_certificate_authority"),
    any: ["key_storage_security_standard", "type", "usage_mode"],
  },
  { types: ["aws_organizations_account"], source: aws("organizations_account"), any: ["email", "govcloud_id"] },
  { types: ["aws_redshiftserverless_namespace"], source: aws("redshiftserverless_namespace"), any: ["namespace_name"] },
  {
    types: ["aws_rds_global_cluster", "aws_docdb_global_cluster", "aws_neptune_global_cluster"],
    source: aws("rds_global_cluster"),
    any: ["database_name", "engine", "global_cluster_identifier", "source_db_cluster_identifier", "storage_encrypted"],
  },

  {
    types: ["google_sql_database_instance"],
    source: google("sql_database_instance"),
    any: ["encryption_key_name", "master_instance_name", "name", "project", "region"],
    smaller: ["settings.disk_size"],
  },
  { types: ["google_sql_database"], source: google("sql_database"), any: ["instance", "name", "project"] },
  { types: ["google_spanner_instance"], source: google("spanner_instance"), any: ["config", "name", "project"] },
  {
    types: ["google_spanner_database"],
    source: google("spanner_database"),
    any: ["database_dialect", "encryption_config.kms_key_name", "instance", "name", "project"],
  },
  {
    types: ["google_bigtable_instance"],
    source: google("bigtable_instance"),
    any: ["instance_type", "name", "project"],
  },
  {
    types: ["google_bigtable_table"],
    source: google("bigtable_table"),
    any: ["instance_name", "name", "project", "split_keys"],
  },
  {
    types: ["google_bigquery_dataset"],
    source: google("bigquery_dataset"),
    any: ["dataset_id", "location", "project"],
  },
  {
    types: ["google_bigquery_table"],
    source: google("bigquery_table"),
    any: [
      "dataset_id",
      "encryption_configuration.kms_key_name",
      "project",
      "range_partitioning.field",
      "table_id",
      "time_partitioning.field",
      "time_partitioning.type",
    ],
  },
  {
    types: ["google_compute_disk", "google_compute_region_disk"],
    source: google("compute_disk"),
    any: ["image", "name", "project", "region", "replica_zones", "snapshot", "type", "zone"],
    smaller: ["size"],
  },
  { types: ["google_storage_bucket"], source: google("storage_bucket"), any: ["location", "name", "project"] },
  {
    types: ["google_filestore_instance"],
    source: google("filestore_instance"),
    any: ["file_shares.name", "kms_key_name", "location", "name", "project", "tier", "zone"],
    smaller: ["file_shares.capacity_gb"],
  },
  {
    types: ["google_redis_instance"],
    source: google("redis_instance"),
    any: [
      "authorized_network",
      "connect_mode",
      "customer_managed_key",
      "location_id",
      "name",
      "project",
      "region",
      "reserved_ip_range",
      "tier",
      "transit_encryption_mode",
    ],
  },
  {
    types: ["google_redis_cluster", "google_memcache_instance", "google_memorystore_instance"],
    source: google("redis_cluster"),
    any: ["instance_id", "location", "name", "project", "region"],
  },
  { types: ["google_kms_key_ring"], source: google("kms_key_ring"), any: ["location", "name", "project"] },
  {
    types: ["google_kms_crypto_key"],
    source: google("kms_crypto_key"),
    any: ["import_only", "key_ring", "name", "purpose"],
  },
  { types: ["google_secret_manager_secret"], source: google("secret_manager_secret"), any: ["project", "secret_id"] },
  {
    types: ["google_pubsub_subscription"],
    source: google("pubsub_subscription"),
    any: ["enable_message_ordering", "filter", "name", "project", "topic"],
  },
  {
    types: ["google_artifact_registry_repository"],
    source: google("artifact_registry_repository"),
    any: ["format", "kms_key_name", "location", "mode", "project", "repository_id"],
  },
  {
    types: ["google_dns_managed_zone"],
    source: google("dns_managed_zone"),
    any: ["dns_name", "name", "project", "visibility"],
  },
  {
    types: ["google_firestore_database"],
    source: google("firestore_database"),
    any: ["location_id", "name", "project"],
  },
  {
    types: ["google_alloydb_cluster", "google_alloydb_instance"],
    source: google("alloydb_cluster"),
    any: ["cluster", "cluster_id", "instance_id", "instance_type", "location", "project"],
  },
  { types: ["google_project"], source: google("google_project"), any: ["project_id"] },
  {
    types: ["google_logging_project_bucket_config"],
    source: google("logging_project_bucket_config"),
    any: ["bucket_id", "location", "project"],
  },

  {
    types: [
      "azurerm_container_registry",
      "azurerm_cosmosdb_*",
      "azurerm_data_protection_backup_vault",
      "azurerm_databricks_workspace",
      "azurerm_dns_zone",
      "azurerm_eventhub",
      "azurerm_eventhub_namespace",
      "azurerm_key_vault",
      "azurerm_kusto_*",
      "azurerm_log_analytics_workspace",
      "azurerm_managed_*",
      "azurerm_mariadb_*",
      "azurerm_mssql_*",
      "azurerm_mysql_*",
      "azurerm_netapp_*",
      "azurerm_postgresql_*",
      "azurerm_private_dns_zone",
      "azurerm_recovery_services_vault",
      "azurerm_redis_*",
      "azurerm_resource_group",
      "azurerm_search_service",
      "azurerm_servicebus_*",
      "azurerm_snapshot",
      "azurerm_storage_*",
      "azurerm_synapse_*",
    ],
    source: "each page of registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources",
    any: ["location", "name", "resource_group_name"],
  },
  {
    types: ["azurerm_storage_account"],
    source: azure("storage_account"),
    any: [
      "account_kind",
      "account_tier",
      "edge_zone",
      "infrastructure_encryption_enabled",
      "is_hns_enabled",
      "nfsv3_enabled",
    ],
  },
  {
    types: ["azurerm_storage_container", "azurerm_storage_queue", "azurerm_storage_share", "azurerm_storage_table"],
    source: azure("storage_container"),
    any: ["storage_account_id", "storage_account_name"],
  },
  {
    types: ["azurerm_mssql_database"],
    source: azure("mssql_database"),
    any: ["collation", "create_mode", "creation_source_database_id", "ledger_enabled", "server_id"],
    smaller: ["max_size_gb"],
  },
  {
    types: ["azurerm_mssql_server", "azurerm_mssql_managed_instance"],
    source: azure("mssql_server"),
    any: ["administrator_login", "collation", "version"],
  },
  {
    types: ["azurerm_postgresql_flexible_server", "azurerm_mysql_flexible_server"],
    source: azure("postgresql_flexible_server"),
    any: ["administrator_login", "delegated_subnet_id", "geo_redundant_backup_enabled", "source_server_id"],
    smaller: ["storage.size_gb", "storage_mb"],
  },
  {
    types: ["azurerm_postgresql_flexible_server_database", "azurerm_mysql_flexible_database"],
    source: azure("postgresql_flexible_server_database"),
    any: ["charset", "collation", "server_id", "server_name"],
  },
  {
    types: ["azurerm_managed_disk"],
    source: azure("managed_disk"),
    any: ["create_option", "image_reference_id", "source_resource_id", "zone"],
    smaller: ["disk_size_gb"],
  },
  {
    types: ["azurerm_cosmosdb_sql_container", "azurerm_cosmosdb_sql_database"],
    source: azure("cosmosdb_sql_container"),
    any: ["account_name", "database_name", "partition_key_path", "partition_key_paths"],
  },
  { types: ["azurerm_cosmosdb_account"], source: azure("cosmosdb_account"), any: ["key_vault_key_id", "kind"] },
  {
    types: ["azurerm_key_vault_key", "azurerm_key_vault_secret", "azurerm_key_vault_certificate"],
    source: azure("key_vault_key"),
    any: ["curve", "key_size", "key_type", "key_vault_id", "name"],
  },
  {
    types: ["azurerm_netapp_volume"],
    source: azure("netapp_volume"),
    any: ["account_name", "pool_name", "subnet_id", "volume_path"],
  },
  { types: ["azurerm_redis_cache"], source: azure("redis_cache"), any: ["subnet_id", "zones"] },

  {
    types: ["kubernetes_persistent_volume_claim", "kubernetes_persistent_volume_claim_v1"],
    source: "registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/persistent_volume_claim_v1",
    any: ["metadata.name", "metadata.namespace", "spec.access_modes", "spec.storage_class_name", "spec.volume_name"],
    smaller: ["spec.resources.requests.storage"],
  },
  {
    types: ["kubernetes_stateful_set", "kubernetes_stateful_set_v1"],
    source: "registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/stateful_set_v1",
    any: ["metadata.name", "metadata.namespace", "spec.service_name"],
  },
  {
    types: [
      "kubernetes_namespace",
      "kubernetes_namespace_v1",
      "kubernetes_persistent_volume",
      "kubernetes_persistent_volume_v1",
    ],
    source: "registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/namespace_v1",
    any: ["metadata.name"],
  },
  {
    types: ["mongodbatlas_cluster", "mongodbatlas_advanced_cluster"],
    source: "registry.terraform.io/providers/mongodb/mongodbatlas/1.40.0/docs/resources/advanced_cluster",
    any: ["name", "project_id"],
  },
  {
    types: ["confluent_kafka_topic"],
    source: "registry.terraform.io/providers/confluentinc/confluent/2.0.0/docs/resources/confluent_kafka_topic",
    any: ["topic_name"],
  },
  {
    types: ["cloudflare_r2_bucket", "cloudflare_d1_database"],
    source: "registry.terraform.io/providers/cloudflare/cloudflare/5.0.0/docs/resources/r2_bucket",
    any: ["account_id", "location", "name"],
  },
  {
    types: ["digitalocean_database_cluster", "digitalocean_spaces_bucket", "digitalocean_volume"],
    source: "registry.terraform.io/providers/digitalocean/digitalocean/2.50.0/docs/resources/database_cluster",
    any: ["engine", "name"],
    smaller: ["size", "storage_size_mib"],
  },
];

/** For types that hold data and stand in no table: names by which things are known, which providers seldom let anybody change. */
export const namelike: readonly string[] = ["identifier", "location", "name", "project", "region"];
