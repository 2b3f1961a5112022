import type { Weight } from "../grants/observations.ts";
import { directoryRole, graphPermission } from "./directory.ts";
import { assignable, isVaultRole, membership } from "./naming.ts";
import type { AzureScope } from "./scopes.ts";
import type { AzureGrant } from "./terraform.ts";

/** By these whoever holds them decides who holds what. */
const almighty: Readonly<Record<string, string>> = {
  Owner: "it can do everything in it, and give others the same",
  "User Access Administrator": "it can set who holds what",
  "Role Based Access Control Administrator": "it can set who holds what",
};

/** What leads further than it says, wherever it is held. */
const wide: Readonly<Record<string, string>> = {
  "Automation Contributor": "it can run programs as the identities of automations",
  "Azure Arc Kubernetes Cluster Admin": "it can do everything in clusters",
  "Azure File Sync Administrator": "it can set who holds what on storage",
  "Azure Kubernetes Service Cluster Admin Role": "it can do everything in clusters",
  "Azure Kubernetes Service RBAC Admin": "it can do nearly everything in clusters",
  "Azure Kubernetes Service RBAC Cluster Admin": "it can do everything in clusters",
  "Key Vault Administrator": "it can read and change every secret and key",
  "Key Vault Contributor": "it can let itself into vaults by their access policies",
  "Key Vault Data Access Administrator": "it can set who reads what is in vaults",
  "Key Vault Secrets Officer": "it can read and change every secret",
  "Logic App Contributor": "it can run programs as the identities of applications",
  "Managed Identity Contributor": "it can decide whose tokens identities trust",
  "Managed Identity Operator": "what it runs can be these identities",
  "Management Group Contributor": "it can move what policies hold for",
  "Resource Policy Contributor": "it can lift policies",
  "SQL Security Manager": "it can lift what guards databases",
  "Security Admin": "it can lift policies of security",
  "Storage Account Contributor": "it can read the keys of storage accounts",
  "Storage Account Key Operator Service Role": "it can read the keys of storage accounts",
  "Storage Blob Data Owner": "it can set who reads what is stored",
  "Storage File Data SMB Share Elevated Contributor": "it can set who reads what is stored",
  "Virtual Machine Administrator Login": "it is an administrator of machines",
  "Virtual Machine Contributor": "it can run programs on machines, as their identities",
};

/** Roles that read or change what is stored: on a subscription that is all of it. */
const ofData =
  /^(?:Key Vault (?:Secrets|Crypto|Certificates)|Storage \w+ Data|App Configuration Data|Azure Service Bus Data|Azure Event Hubs Data)/u;

/** They send what happens, and read nothing. */
const telemetry = new Set(["Monitoring Metrics Publisher"]);

/** Actions by which whoever may take them gets those of others. */
const escalation =
  /^(?:\*|\*\/write|Microsoft\.Authorization\/(?:\*|\*\/write|roleAssignments\/(?:\*|write)|roleDefinitions\/(?:\*|write)|elevateAccess\/action))$/iu;

export function escalatingActions(actions: readonly string[]): readonly string[] {
  return actions.filter((one) => escalation.test(one));
}

export function weightOf(grant: AzureGrant): Weight {
  const { scope, role, condition } = grant;
  if (role.id === membership.id) return ofMembership(scope, role);
  if (isVaultRole(role)) {
    const lasting = (role.permissions ?? []).filter((one) => /\b(?:purge|all)$/u.test(one));
    return lasting.length === 0
      ? ordinary
      : { kind: "grave", clause: `among it ${lasting.map((one) => `\`${one}\``).join(", ")}` };
  }
  const privileged = scope.level === "directory" ? directoryWeight(role.literal ?? "") : null;
  if (privileged !== null) return privileged;
  const actions = escalatingActions(role.permissions ?? []);
  if (actions.length > 0)
    return {
      kind: isBroad(scope) ? "sure" : "grave",
      clause: `the role allows ${actions.map((one) => `\`${one}\``).join(", ")}`,
    };
  if (role.id in almighty) {
    // A condition says which roles it may give.
    const kind = (isBroad(scope) || scope.level === "resource group") && condition === null ? "sure" : "grave";
    return { kind, clause: almighty[role.id] ?? null };
  }
  if (role.id === "Contributor")
    return {
      kind: isBroad(scope) ? "sure" : scope.level === "resource" ? "ordinary" : "grave",
      clause: "it can change everything in it",
    };
  if (telemetry.has(role.id)) return { kind: "harmless", clause: null };
  const clause = wide[role.id];
  if (clause !== undefined) return { kind: "grave", clause };
  if (isBroad(scope) && ofData.test(role.id)) return { kind: "grave", clause: "that is all of them in it" };
  return ordinary;
}
const ordinary: Weight = { kind: "ordinary", clause: null };

function isBroad({ level }: AzureScope): boolean {
  return level === "management group" || level === "subscription";
}

function directoryWeight(named: string): Weight | null {
  const found = directoryRole(named) ?? graphPermission(named);
  if (found === null) return null;
  return found.isAlmighty
    ? { kind: "sure", clause: "it can give itself every role of the directory" }
    : { kind: "grave", clause: "it is a privileged role of the directory" };
}

/** Most groups are teams: what their names or their attributes say decides. */
function ofMembership({ shown }: AzureScope, role: AzureGrant["role"]): Weight {
  if (role.permissions?.includes(assignable) === true)
    return { kind: "grave", clause: "the group may hold roles of the directory" };
  const speaks = /admin|owner|privileged|break.?glass|\broot\b/iu.test(shown);
  return speaks ? { kind: "grave", clause: "its name says that it is privileged" } : { kind: "harmless", clause: null };
}

export function scopeInWords({ level, shown }: AzureScope): string {
  const name = `\`${shown.replaceAll("`", "'")}\``;
  switch (level) {
    case "management group":
    case "subscription":
    case "resource group":
      return `${level} ${name}`;
    case "directory":
      return shown === "the directory" ? shown : name;
    case "resource":
    case "unknown":
      return name;
  }
}
