import { kindsOfType } from "./terraform-types.ts";

/**
 * Terraform types that hold data and are no database (those are known by their kind): objects, files, volumes, keys, secrets, queues
 * with messages in them, registries, whole accounts. By name or by the beginning of the name. From the documentation of the
 * providers aws, google, azurerm and kubernetes, and for AWS from the resources that cfn-lint calls stateful.
 */
const keeping = [
  "aws_s3_bucket",
  "aws_efs_file_system",
  "aws_fsx_",
  "aws_ebs_volume",
  "aws_ebs_snapshot",
  "aws_kinesis_stream",
  "aws_msk_cluster",
  "aws_mq_broker",
  "aws_sqs_queue",
  "aws_cognito_user_pool",
  "aws_kms_key",
  "aws_secretsmanager_secret",
  "aws_backup_vault",
  "aws_cloudwatch_log_group",
  "aws_ecr_repository",
  "aws_organizations_account",
  "aws_route53_zone",
  "google_storage_bucket",
  "google_filestore_instance",
  "google_compute_disk",
  "google_compute_region_disk",
  "google_kms_",
  "google_secret_manager_secret",
  "google_pubsub_",
  "google_artifact_registry_repository",
  "google_dns_managed_zone",
  "google_project",
  "azurerm_storage_",
  "azurerm_managed_disk",
  "azurerm_netapp_",
  "azurerm_key_vault",
  "azurerm_recovery_services_vault",
  "azurerm_data_protection_backup_vault",
  "azurerm_eventhub",
  "azurerm_servicebus_",
  "azurerm_container_registry",
  "azurerm_dns_zone",
  "azurerm_resource_group",
  "kubernetes_persistent_volume",
  "kubernetes_stateful_set",
  "kubernetes_namespace",
];
/** Settings beside a thing that holds data, not the thing: without them it still stands. */
const beside =
  /_(?:policy|acl|notification|logging|versioning|metric|iam_\w+|public_access_block|service|alias|association|user|(?:subnet|parameter|option|security)_group)$/u;

/** Whether a resource of this type holds data, which goes with it. */
export function isStateful(type: string): boolean {
  if (beside.test(type)) return false;
  return kindsOfType(type).includes("database") || keeping.some((start) => type.startsWith(start));
}
