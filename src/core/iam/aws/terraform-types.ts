/** A resource that puts a policy on another one: the attribute of the document, and the one that names what it is put on. */
export interface PolicyOn {
  readonly document: string;
  /** Null: on itself. */
  readonly on: string | null;
  /** Where it is absent the policy allows; a filter only lets through what something else allows, and all where it has no policy. */
  readonly kind?: "filter";
}

/**
 * Endpoints: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html. Session policies:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs: resources that hold a policy of a resource.
 */
export const resourcePolicies: Readonly<Record<string, PolicyOn>> = {
  aws_acmpca_policy: { document: "policy", on: "resource_arn" },
  aws_api_gateway_rest_api: { document: "policy", on: null },
  aws_api_gateway_rest_api_policy: { document: "policy", on: "rest_api_id" },
  aws_backup_vault_policy: { document: "policy", on: "backup_vault_name" },
  aws_cloudwatch_event_bus_policy: { document: "policy", on: "event_bus_name" },
  aws_cloudwatch_log_destination_policy: { document: "access_policy", on: "destination_name" },
  aws_cloudwatch_log_resource_policy: { document: "policy_document", on: null },
  aws_codeartifact_domain_permissions_policy: { document: "policy_document", on: "domain" },
  aws_codeartifact_repository_permissions_policy: { document: "policy_document", on: "repository" },
  aws_codebuild_resource_policy: { document: "policy", on: "resource_arn" },
  aws_dynamodb_resource_policy: { document: "policy", on: "resource_arn" },
  aws_ecr_registry_policy: { document: "policy", on: null },
  aws_ecr_repository_policy: { document: "policy", on: "repository" },
  aws_ecrpublic_repository_policy: { document: "policy", on: "repository_name" },
  aws_efs_file_system_policy: { document: "policy", on: "file_system_id" },
  aws_elasticsearch_domain: { document: "access_policies", on: null },
  aws_elasticsearch_domain_policy: { document: "access_policies", on: "domain_name" },
  aws_glacier_vault: { document: "access_policy", on: null },
  aws_glue_resource_policy: { document: "policy", on: null },
  aws_rolesanywhere_profile: { document: "session_policy", on: null, kind: "filter" },
  aws_kinesis_resource_policy: { document: "policy", on: "resource_arn" },
  aws_kms_external_key: { document: "policy", on: null },
  aws_kms_key: { document: "policy", on: null },
  aws_kms_key_policy: { document: "policy", on: "key_id" },
  aws_kms_replica_key: { document: "policy", on: null },
  aws_media_store_container_policy: { document: "policy", on: "container_name" },
  aws_msk_cluster_policy: { document: "policy", on: "cluster_arn" },
  aws_networkfirewall_resource_policy: { document: "policy", on: "resource_arn" },
  aws_opensearch_domain: { document: "access_policies", on: null },
  aws_opensearch_domain_policy: { document: "access_policies", on: "domain_name" },
  aws_redshift_resource_policy: { document: "policy", on: "resource_arn" },
  aws_s3_access_point: { document: "policy", on: null },
  aws_s3_bucket: { document: "policy", on: null },
  aws_s3_bucket_policy: { document: "policy", on: "bucket" },
  aws_s3control_access_point_policy: { document: "policy", on: "access_point_arn" },
  aws_s3control_bucket_policy: { document: "policy", on: "bucket" },
  aws_secretsmanager_secret: { document: "policy", on: null },
  aws_secretsmanager_secret_policy: { document: "policy", on: "secret_arn" },
  aws_ses_identity_policy: { document: "policy", on: "identity" },
  aws_sns_topic: { document: "policy", on: null },
  aws_sns_topic_policy: { document: "policy", on: "arn" },
  aws_sqs_queue: { document: "policy", on: null },
  aws_sqs_queue_policy: { document: "policy", on: "queue_url" },
  aws_transfer_access: { document: "policy", on: null, kind: "filter" },
  aws_transfer_user: { document: "policy", on: null, kind: "filter" },
  aws_vpc_endpoint: { document: "policy", on: null, kind: "filter" },
  aws_vpc_endpoint_policy: { document: "policy", on: "vpc_endpoint_id", kind: "filter" },
  aws_vpclattice_auth_policy: { document: "policy", on: "resource_identifier" },
  aws_vpclattice_resource_policy: { document: "policy", on: "resource_arn" },
};

/** Attributes by which a thing is named where it is used. */
export const nameAttributes = ["name", "bucket", "user_name", "domain", "domain_name", "repository_name"] as const;
