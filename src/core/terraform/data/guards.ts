import { type Concern, type GuardTable, keptFor, atLeast, listed, ordered, staysOff, staysOn } from "../guard.ts";
import { auditGuards, auditSinks } from "./audit.ts";
import { awsEncryption } from "./encryption-aws.ts";
import { awsExposure } from "./exposure-aws.ts";
import { azureExposure } from "./exposure-azure.ts";
import { googleExposure } from "./exposure-google.ts";
import { filterGuards } from "./filters.ts";
import { awsLogin } from "./login-aws.ts";
import { azureLogin } from "./login-azure.ts";
import { googleLogin } from "./login-google.ts";
import { awsGuards } from "./guards-aws.ts";
import { azureGuards } from "./guards-azure.ts";
import { googleGuards } from "./guards-google.ts";

const elsewhere: readonly GuardTable[] = [
  {
    types: ["kubernetes_persistent_volume", "kubernetes_persistent_volume_v1"],
    source: "registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/persistent_volume_v1",
    protection: { "spec.persistent_volume_reclaim_policy": ordered(["Delete", "Recycle", "Retain"], "Retain") },
  },
  {
    types: ["kubernetes_storage_class", "kubernetes_storage_class_v1"],
    source: "registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/storage_class_v1",
    protection: { reclaim_policy: ordered(["Delete", "Retain"], "Delete") },
  },
  {
    types: ["mongodbatlas_cluster", "mongodbatlas_advanced_cluster"],
    source: "registry.terraform.io/providers/mongodb/mongodbatlas/1.40.0/docs/resources/advanced_cluster",
    protection: { termination_protection_enabled: staysOn(false) },
    backup: {
      backup_enabled: staysOn(false),
      cloud_backup: staysOn(false),
      pit_enabled: staysOn(false),
      retain_backups_enabled: staysOn(true),
    },
  },
  {
    types: ["snowflake_database", "snowflake_schema", "snowflake_table"],
    source: "registry.terraform.io/providers/snowflakedb/snowflake/2.0.0/docs/resources/database",
    backup: { data_retention_time_in_days: atLeast(1) },
  },
  {
    types: ["digitalocean_spaces_bucket"],
    source: "registry.terraform.io/providers/digitalocean/digitalocean/2.50.0/docs/resources/spaces_bucket",
    protection: { force_destroy: staysOff(false) },
    backup: { "versioning.enabled": staysOn(false) },
  },
  {
    types: ["github_repository"],
    source: "registry.terraform.io/providers/integrations/github/6.0.0/docs/resources/repository",
    protection: { archive_on_destroy: staysOn(false) },
  },
  {
    types: ["confluent_kafka_topic"],
    source: "registry.terraform.io/providers/confluentinc/confluent/2.0.0/docs/resources/confluent_kafka_topic",
    backup: { "config.retention.ms": keptFor(-1, 604_800_000) },
  },
];

/**
 * Names that providers use alike, for types that no other table has under that name. What holds where they are absent differs, so
 * they count as the worst: what was never stated is not lost.
 */
const anywhere: GuardTable = {
  types: ["*"],
  source: "developer.hashicorp.com/terraform/language/meta-arguments/lifecycle; the names of the tables above",
  protection: {
    "lifecycle.prevent_destroy": staysOn(false),
    delete_protection: staysOn(false),
    delete_protection_enabled: staysOn(false),
    deletion_protection: staysOn(false),
    deletion_protection_enabled: staysOn(false),
    enable_deletion_protection: staysOn(false),
    force_delete: staysOff(false),
    force_destroy: staysOff(false),
    skip_final_snapshot: staysOff(false),
    termination_protection: staysOn(false),
    termination_protection_enabled: staysOn(false),
  },
};

/** The first table that has a path for a type decides. */
export const guardTables: readonly GuardTable[] = [
  ...awsGuards,
  ...awsEncryption,
  ...googleGuards,
  ...azureGuards,
  ...awsExposure,
  ...googleExposure,
  ...azureExposure,
  ...auditGuards,
  ...awsLogin,
  ...googleLogin,
  ...azureLogin,
  ...filterGuards,
  ...elsewhere,
  anywhere,
];

/** Arguments that modules pass on under the name that the resource has, of which nobody sees the inside. */
export const moduleGuards: GuardTable = {
  types: ["module"],
  source:
    "the inputs of terraform-aws-modules/rds/aws 6, rds-aurora/aws 9, s3-bucket/aws 4, dynamodb-table/aws 4, eks/aws 20, alb/aws 9, vpc/aws 6",
  protection: anywhere.protection ?? {},
  backup: {
    backup_retention_days: atLeast(0),
    backup_retention_period: atLeast(0),
    multi_az: staysOn(false),
    point_in_time_recovery_enabled: staysOn(false),
    "versioning.enabled": staysOn(false),
  },
  encryption: {
    at_rest_encryption_enabled: staysOn(false),
    storage_encrypted: staysOn(false),
    transit_encryption_enabled: staysOn(false),
  },
  exposure: {
    block_public_acls: staysOn(true),
    block_public_policy: staysOn(true),
    ignore_public_acls: staysOn(true),
    internal: staysOn(false),
    publicly_accessible: staysOff(false),
    restrict_public_buckets: staysOn(true),
  },
  audit: { enable_flow_log: staysOn(false), enabled_cloudwatch_logs_exports: listed },
};

/** A resource that does nothing but keep another one safe. */
export interface Guardian {
  readonly concern: Concern;
  /** The attribute that names what it guards; null: it guards everything. */
  readonly of: string | null;
  /** The guarded attribute of its own that says whether it guards at all. */
  readonly by: string | null;
}

/** Where what they guard stays, their deletion takes its protection away. */
export const guardians: Readonly<Record<string, Guardian>> = {
  aws_cognito_risk_configuration: { concern: "login", of: "user_pool_id", by: null },
  aws_shield_protection: { concern: "filter", of: "resource_arn", by: null },
  aws_wafregional_web_acl_association: { concern: "filter", of: "resource_arn", by: null },
  aws_wafv2_web_acl_association: { concern: "filter", of: "resource_arn", by: null },
  aws_backup_plan: { concern: "backup", of: "name", by: null },
  aws_backup_selection: { concern: "backup", of: "plan_id", by: null },
  aws_backup_vault_lock_configuration: { concern: "protection", of: "backup_vault_name", by: null },
  aws_db_instance_automated_backups_replication: { concern: "backup", of: "source_db_instance_arn", by: null },
  aws_dlm_lifecycle_policy: { concern: "backup", of: "description", by: null },
  aws_efs_backup_policy: { concern: "backup", of: "file_system_id", by: "backup_policy.status" },
  aws_ebs_snapshot_block_public_access: { concern: "exposure", of: "state", by: "state" },
  aws_s3_account_public_access_block: { concern: "exposure", of: "account_id", by: null },
  aws_s3_bucket_public_access_block: { concern: "exposure", of: "bucket", by: null },
  aws_s3_bucket_object_lock_configuration: { concern: "protection", of: "bucket", by: null },
  aws_s3_bucket_replication_configuration: { concern: "backup", of: "bucket", by: null },
  aws_s3_bucket_server_side_encryption_configuration: {
    concern: "encryption",
    of: "bucket",
    by: "rule.apply_server_side_encryption_by_default.sse_algorithm",
  },
  aws_s3_bucket_versioning: { concern: "backup", of: "bucket", by: "versioning_configuration.status" },
  azurerm_backup_protected_file_share: { concern: "backup", of: "source_file_share_name", by: null },
  azurerm_backup_protected_vm: { concern: "backup", of: "source_vm_id", by: null },
  azurerm_data_protection_backup_instance_blob_storage: { concern: "backup", of: "storage_account_id", by: null },
  azurerm_data_protection_backup_instance_disk: { concern: "backup", of: "disk_id", by: null },
  azurerm_data_protection_backup_instance_postgresql: { concern: "backup", of: "database_id", by: null },
  azurerm_management_lock: { concern: "protection", of: "scope", by: null },
  azurerm_storage_container_immutability_policy: {
    concern: "protection",
    of: "storage_container_resource_manager_id",
    by: null,
  },
  google_compute_disk_resource_policy_attachment: { concern: "backup", of: "disk", by: null },
  google_firestore_backup_schedule: { concern: "backup", of: "database", by: null },
  google_resource_manager_lien: { concern: "protection", of: "parent", by: null },
  google_spanner_backup_schedule: { concern: "backup", of: "database", by: null },
  mongodbatlas_cloud_backup_schedule: { concern: "backup", of: "cluster_name", by: null },
  ...Object.fromEntries(
    Object.entries(auditSinks).map(([type, of]): readonly [string, Guardian] => [
      type,
      { concern: "audit", of, by: null },
    ]),
  ),
};

/** A resource that says now what a block said before, and the attribute by which it names whose block that was. */
export interface TakenOut {
  readonly type: string;
  readonly by: string;
}

/**
 * Where a provider has taken a block out into a resource of its own. From the upgrade guides to the versions 4 and 6 of the provider aws,
 * and the documentation of CloudFront's standard logging.
 */
export const takenOut: Readonly<Record<string, Readonly<Record<string, TakenOut>>>> = {
  aws_cloudfront_distribution: { logging_config: { type: "aws_cloudwatch_log_delivery_source", by: "resource_arn" } },
  aws_redshift_cluster: { logging: { type: "aws_redshift_logging", by: "cluster_identifier" } },
  aws_s3_bucket: {
    acl: { type: "aws_s3_bucket_acl", by: "bucket" },
    logging: { type: "aws_s3_bucket_logging", by: "bucket" },
    object_lock_configuration: { type: "aws_s3_bucket_object_lock_configuration", by: "bucket" },
    server_side_encryption_configuration: { type: "aws_s3_bucket_server_side_encryption_configuration", by: "bucket" },
    versioning: { type: "aws_s3_bucket_versioning", by: "bucket" },
  },
};
