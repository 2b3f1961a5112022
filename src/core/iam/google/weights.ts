import type { Weight } from "../grants/observations.ts";
import { isAnybody, isOfGoogle } from "./members.ts";
import { nameOfRole } from "./role-order.ts";
import type { GoogleScope } from "./scopes.ts";
import type { GoogleGrant } from "./bindings.ts";

/**
 * Roles by which whoever holds them on a project or more can take every other: by setting who holds what, by changing the role that they
 * hold, or by being every service account. https://cloud.google.com/iam/docs/roles-permissions has the permissions of each.
 */
const almighty: Readonly<Record<string, string>> = {
  owner: "it can do everything in it, and give others the same",
  editor: "it can change nearly everything in it, and make keys of its service accounts",
  "iam.admin": "it can set who holds what",
  "iam.organizationRoleAdmin": "it can add permissions to the roles that it holds",
  "iam.roleAdmin": "it can add permissions to the roles that it holds",
  "iam.securityAdmin": "it can set who holds what",
  "iam.serviceAccountAdmin": "it can let itself be every service account in it",
  "iam.serviceAccountKeyAdmin": "it can make keys of every service account in it",
  "iam.serviceAccountTokenCreator": "it can be every service account in it",
  "iam.workloadIdentityUser": "it can be every service account in it",
  "orgpolicy.policyAdmin": "it can lift the policies of the organisation",
  "resourcemanager.folderAdmin": "it can set who holds what",
  "resourcemanager.folderIamAdmin": "it can set who holds what",
  "resourcemanager.organizationAdmin": "it can set who holds what",
  "resourcemanager.projectIamAdmin": "it can set who holds what",
};

/** What is far-reaching on a project or more, without being all of it. */
const wide: Readonly<Record<string, string>> = {
  "cloudbuild.builds.editor": "it can run builds as the service account of builds",
  "cloudkms.cryptoKeyDecrypter": "it can decrypt with every key in it",
  "cloudkms.cryptoKeyEncrypterDecrypter": "it can decrypt with every key in it",
  "composer.worker": "it can run programs as the accounts of environments",
  "compute.instanceAdmin": "it can run programs on machines, as their accounts where it may act as them",
  "compute.instanceAdmin.v1": "it can run programs on machines, as their accounts where it may act as them",
  "compute.osAdminLogin": "it is an administrator of every machine in it",
  "dataflow.developer": "it can run programs as the accounts of workers",
  "dataproc.editor": "it can run programs as the accounts of clusters",
  "dataproc.hubAgent": "it can act as service accounts",
  "deploymentmanager.editor": "it can deploy as the service account of deployments, which may edit the project",
  "iam.denyAdmin": "it can lift what is denied",
  "iam.serviceAccountOpenIdTokenCreator": "it can identify itself as every service account in it",
  "iam.serviceAccountUser": "what it runs can be every service account in it",
  "iam.workloadIdentityPoolAdmin": "it can decide which tokens of others are trusted",
  "iap.tunnelResourceAccessor": "it can reach every machine in it",
  "run.developer": "it can run programs as the accounts of services where it may act as them",
  "run.sourceDeveloper": "it can run programs as the accounts of services where it may act as them",
  "secretmanager.secretAccessor": "it can read every secret in it",
  "serviceusage.apiKeysAdmin": "it can read and make keys of interfaces",
};

/** What can be done with a service account by whoever holds a role on it. */
const onAccounts: Readonly<Record<string, string>> = {
  owner: "it can be this service account",
  editor: "it can be this service account",
  "iam.serviceAccountAdmin": "it can let itself be this service account",
  "iam.serviceAccountKeyAdmin": "it can make keys of this service account",
  "iam.serviceAccountTokenCreator": "it can be this service account",
};

/** They send what happens, and read nothing. */
const telemetry = new Set([
  "cloudprofiler.agent",
  "cloudtrace.agent",
  "errorreporting.writer",
  "logging.logWriter",
  "monitoring.metricWriter",
  "opsconfigmonitoring.resourceMetadata.writer",
  "stackdriver.resourceMetadata.writer",
]);

export function weightOf({ scope, role, member }: GoogleGrant): Weight {
  const name = nameOfRole(role);
  // Another rule tells that it is open to everybody, and blocks it.
  if (isAnybody(member)) return { kind: "grave", clause: "that is everybody" };
  const permissions = escalating(role.permissions ?? []);
  if (permissions.length > 0)
    return {
      kind: isBroad(scope) ? "sure" : "grave",
      clause: `the role has ${permissions.map((one) => `\`${one}\``).join(", ")}`,
    };
  if (name === null)
    return {
      kind: role.permissions === null ? "grave" : "ordinary",
      clause: role.permissions === null ? "the permissions of that role are not in this configuration" : null,
    };
  if (telemetry.has(name)) return { kind: "harmless", clause: null };
  if (/serviceagent$/iu.test(name))
    return isOfGoogle(member)
      ? { kind: "harmless", clause: null }
      : { kind: "grave", clause: "it is a role for services of Google alone" };
  if (isOfGoogle(member)) return { kind: name in almighty && isBroad(scope) ? "grave" : "ordinary", clause: null };
  const weight = weightOn(scope, name);
  return weight.kind === "ordinary" &&
    /@(?:aol|gmail|googlemail|hotmail|icloud|live|outlook|yahoo)\.com$/u.test(member.id)
    ? { kind: "grave", clause: "it is a personal account" }
    : wholePool(member.id) && weight.kind !== "sure"
      ? { kind: "grave", clause: weight.clause ?? "it is every identity of the pool" }
      : weight;
}

function isBroad({ level }: GoogleScope): boolean {
  return level === "project" || level === "folder" || level === "organisation";
}

function weightOn(scope: GoogleScope, name: string): Weight {
  switch (scope.level) {
    case "project":
    case "folder":
    case "organisation": {
      const all = almighty[name];
      if (all !== undefined) return { kind: "sure", clause: all };
      const clause =
        wide[name] ??
        (/(?:^|\.)(?:\w*[aA]dmin|owner)(?:\.v\d)?$/u.test(name) ? "it administers all of them in it" : null);
      return { kind: clause === null ? "ordinary" : "grave", clause };
    }
    case "service account": {
      const clause = onAccounts[name] ?? null;
      return { kind: clause === null ? "ordinary" : "grave", clause };
    }
    case "resource":
      return name === "owner" || name === "editor"
        ? { kind: "grave", clause: "it can do everything with it" }
        : { kind: "ordinary", clause: null };
  }
}

function wholePool(id: string): boolean {
  return /^principalSet:\/\/.+\/(?:workloadIdentityPools|workforcePools)\/[^/]+\/\*$/u.test(id);
}

/**
 * Permissions by which whoever has them gets those of others: https://cloud.google.com/iam/docs/best-practices-service-accounts and
 * https://cloud.google.com/iam/docs/understanding-custom-roles.
 */
const escalation =
  /^(?:iam\.roles\.update|iam\.serviceAccountKeys\.create|iam\.serviceAccounts\.(?:getAccessToken|implicitDelegation|setIamPolicy|signBlob|signJwt)|orgpolicy\.policy\.set|resourcemanager\.(?:folders|organizations|projects)\.setIamPolicy)$/u;

export function escalating(permissions: readonly string[]): readonly string[] {
  return permissions.filter((one) => escalation.test(one));
}

export function scopeInWords({ level, shown }: GoogleScope): string {
  const name = `\`${shown.replaceAll("`", "'")}\``;
  switch (level) {
    case "organisation":
      return `organisation ${name}`;
    case "folder":
    case "project":
    case "service account":
      return `${level} ${name}`;
    case "resource":
      return name;
  }
}
