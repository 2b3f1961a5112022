import type { Role } from "../grants/grant.ts";

/**
 * Roles of Google, each with those whose every permission it has as well: checked against the permissions that Google publishes for each
 * (https://cloud.google.com/iam/docs/roles-permissions). A role that is missing here covers itself alone.
 */
const directlyBelow: Readonly<Record<string, readonly string[]>> = {
  owner: ["editor", "run.admin", "secretmanager.admin"],
  editor: ["viewer", "run.invoker", "pubsub.editor", "logging.logWriter", "monitoring.editor"],
  viewer: ["compute.viewer", "logging.viewer", "monitoring.viewer"],
  "artifactregistry.admin": ["artifactregistry.repoAdmin"],
  "artifactregistry.repoAdmin": ["artifactregistry.writer"],
  "artifactregistry.writer": ["artifactregistry.reader"],
  "bigquery.admin": ["bigquery.dataOwner", "bigquery.jobUser"],
  "bigquery.dataOwner": ["bigquery.dataEditor"],
  "bigquery.dataEditor": ["bigquery.dataViewer"],
  "bigquery.user": ["bigquery.jobUser"],
  "bigtable.admin": ["bigtable.user"],
  "bigtable.user": ["bigtable.reader"],
  "cloudbuild.builds.editor": ["cloudbuild.builds.viewer"],
  "cloudfunctions.admin": ["cloudfunctions.developer", "cloudfunctions.invoker"],
  "cloudkms.cryptoKeyEncrypterDecrypter": ["cloudkms.cryptoKeyEncrypter", "cloudkms.cryptoKeyDecrypter"],
  "cloudsql.admin": ["cloudsql.editor", "cloudsql.instanceUser"],
  "cloudsql.editor": ["cloudsql.viewer", "cloudsql.client"],
  "cloudtasks.admin": ["cloudtasks.enqueuer"],
  "compute.admin": ["compute.instanceAdmin.v1", "compute.securityAdmin", "compute.viewer"],
  "compute.networkAdmin": ["compute.networkViewer", "compute.networkUser"],
  "container.admin": ["container.developer", "container.clusterAdmin"],
  "container.viewer": ["container.clusterViewer"],
  "datastore.owner": ["datastore.user"],
  "dns.admin": ["dns.reader"],
  "eventarc.admin": ["eventarc.developer"],
  "iam.securityAdmin": ["iam.securityReviewer"],
  "logging.admin": ["logging.configWriter", "logging.viewer", "logging.logWriter"],
  "monitoring.admin": ["monitoring.editor"],
  "monitoring.editor": ["monitoring.viewer", "monitoring.metricWriter"],
  "pubsub.admin": ["pubsub.editor"],
  "pubsub.editor": ["pubsub.publisher", "pubsub.subscriber", "pubsub.viewer"],
  "redis.admin": ["redis.editor"],
  "run.admin": ["run.developer"],
  "run.developer": ["run.viewer", "run.invoker"],
  "secretmanager.admin": ["secretmanager.secretAccessor", "secretmanager.viewer", "secretmanager.secretVersionManager"],
  "secretmanager.secretVersionManager": ["secretmanager.secretVersionAdder"],
  "spanner.admin": ["spanner.databaseAdmin"],
  "spanner.databaseAdmin": ["spanner.databaseUser"],
  "spanner.databaseUser": ["spanner.databaseReader"],
  "storage.admin": ["storage.objectAdmin"],
  "storage.objectAdmin": ["storage.objectUser"],
  "storage.objectUser": ["storage.objectViewer", "storage.objectCreator"],
};

/** Whether the one role gives everything that the other gives. */
export function coversRole(wide: Role, narrow: Role): boolean {
  if (wide.permissions !== null && narrow.permissions !== null) {
    const held = new Set(wide.permissions);
    return narrow.permissions.every((permission) => held.has(permission));
  }
  const [from, to] = [nameOfRole(wide), nameOfRole(narrow)];
  return from !== null && to !== null && isBelow(from, to);
}

function isBelow(wide: string, narrow: string): boolean {
  return wide === narrow || (directlyBelow[wide] ?? []).some((one) => isBelow(one, narrow));
}

/** `storage.admin` of `roles/storage.admin`; null where it is none of Google's own. */
export function nameOfRole({ literal }: Role): string | null {
  return /^roles\/([\w.]+)$/u.exec(literal ?? "")?.[1] ?? null;
}
