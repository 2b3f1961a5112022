import type { Role } from "../grants/grant.ts";

/**
 * Built-in roles of Azure by their identifiers, as far as something here depends on which one it is:
 * https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles
 */
const names: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
  "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "92b92042-07d9-4307-87f7-36a593fc5850": "Azure File Sync Administrator",
  "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": "Key Vault Crypto Officer",
  "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
  "a4417e6f-fecd-4de8-b567-7b0420556985": "Key Vault Certificates Officer",
  "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
  "8b54135c-b56d-4d72-a534-26097cfdc8d8": "Key Vault Data Access Administrator",
  "f25e0fa2-a7c8-4377-a976-54943a77a395": "Key Vault Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "19e7f393-937e-4f77-808e-94535e297925": "Storage Queue Data Reader",
  "8a0f0c08-91a1-4084-bc3d-661d67233fed": "Storage Queue Data Message Processor",
  "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
  "76199698-9eea-4c19-bc75-cec21354c6b6": "Storage Table Data Reader",
  "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
  "81a9662b-bebf-436f-a333-f67b29880f12": "Storage Account Key Operator Service Role",
  "1c0163c0-47e6-4577-8991-ea5c82e286e4": "Virtual Machine Administrator Login",
  "fb879df8-f326-4884-b1cf-06f3ad86be52": "Virtual Machine User Login",
  "9980e02c-c2be-4d73-94e8-173b1dc7cf3c": "Virtual Machine Contributor",
  "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
  "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
  "f353d9bd-d4a6-484e-a77a-8050b599b867": "Automation Contributor",
  "87a39d53-fc1b-424a-814c-f7e04687dc9e": "Logic App Contributor",
  "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b": "Azure Kubernetes Service RBAC Cluster Admin",
  "3498e952-d568-435e-9b2c-8d77e338d7f7": "Azure Kubernetes Service RBAC Admin",
  "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb": "Azure Kubernetes Service RBAC Writer",
  "7f6c6a51-bcf8-42ba-9220-52d62157d7db": "Azure Kubernetes Service RBAC Reader",
  "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8": "Azure Kubernetes Service Cluster Admin Role",
  "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8": "Azure Kubernetes Service Contributor Role",
  "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
  "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
  "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
  "43d0d8ad-25c7-4714-9337-8ba259a9fe05": "Monitoring Reader",
  "749f88d5-cbae-40b8-bcfc-e573ddc772fa": "Monitoring Contributor",
  "92aaf0da-9dab-42b6-94a3-d43ce8d16293": "Log Analytics Contributor",
  "73c42c96-874c-492b-b04d-ab87d138a893": "Log Analytics Reader",
  "056cd41c-7e88-42e1-933e-88ba6a50c9c3": "SQL Security Manager",
  "fb1c8493-542b-48eb-b624-b4c8fea62acd": "Security Admin",
  "36243c78-bf99-498c-9df9-86d9f8d28608": "Resource Policy Contributor",
  "5d58bcaf-24a5-4b20-bdb6-eed9f69fbe4c": "Management Group Contributor",
  "090c5cfd-751d-490a-894a-3ce6f1109419": "Azure Service Bus Data Owner",
  "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39": "Azure Service Bus Data Sender",
  "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0": "Azure Service Bus Data Receiver",
  "f526a384-b230-433a-b45c-95f59c4a2dec": "Azure Event Hubs Data Owner",
  "2b629674-e913-4c01-ae53-ef4638d8f975": "Azure Event Hubs Data Sender",
  "a638d3c7-ab3a-418d-83e6-5f17a39d4fde": "Azure Event Hubs Data Receiver",
  "5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b": "App Configuration Data Owner",
  "516239f1-63e1-4d78-a4de-a74fb236a071": "App Configuration Data Reader",
  "a7264617-510b-434b-a828-9731dc254ea7": "Storage File Data SMB Share Elevated Contributor",
  "8393591c-06b9-48a2-a542-1bd6b377f6a2": "Azure Arc Kubernetes Cluster Admin",
};

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iu;

/** The name of a built-in role, by its name or by an identifier that ends in that of the role; null where it is none that is known. */
export function builtInRole(text: string): string | null {
  const id = guid.exec(text.slice(text.lastIndexOf("/") + 1))?.[0].toLowerCase();
  const named = id === undefined ? undefined : names[id];
  return named ?? known.get(text.trim().toLowerCase()) ?? null;
}
const known = new Map(Object.values(names).map((name) => [name.toLowerCase(), name]));

/** Each with roles whose every action it has as well, checked against the definitions that Microsoft publishes. */
const directlyBelow: Readonly<Record<string, readonly string[]>> = {
  Owner: ["Contributor", "User Access Administrator", "AcrPush"],
  "User Access Administrator": ["Role Based Access Control Administrator"],
  "Role Based Access Control Administrator": ["Reader"],
  Contributor: [
    "Reader",
    "Network Contributor",
    "Virtual Machine Contributor",
    "Managed Identity Contributor",
    "Monitoring Reader",
    "AcrPull",
  ],
  AcrPush: ["AcrPull"],
  "App Configuration Data Owner": ["App Configuration Data Reader"],
  "Azure Event Hubs Data Owner": ["Azure Event Hubs Data Sender", "Azure Event Hubs Data Receiver"],
  "Azure Kubernetes Service RBAC Cluster Admin": ["Azure Kubernetes Service RBAC Admin"],
  "Azure Kubernetes Service RBAC Admin": ["Azure Kubernetes Service RBAC Writer"],
  "Azure Kubernetes Service RBAC Writer": ["Azure Kubernetes Service RBAC Reader"],
  "Azure Service Bus Data Owner": ["Azure Service Bus Data Sender", "Azure Service Bus Data Receiver"],
  "Key Vault Administrator": [
    "Key Vault Secrets Officer",
    "Key Vault Crypto Officer",
    "Key Vault Certificates Officer",
    "Key Vault Reader",
  ],
  "Key Vault Secrets Officer": ["Key Vault Secrets User"],
  "Key Vault Crypto Officer": ["Key Vault Crypto User"],
  "Log Analytics Contributor": ["Log Analytics Reader"],
  "Monitoring Contributor": ["Monitoring Reader"],
  "Storage Blob Data Owner": ["Storage Blob Data Contributor"],
  "Storage Blob Data Contributor": ["Storage Blob Data Reader"],
  "Storage Queue Data Contributor": ["Storage Queue Data Reader", "Storage Queue Data Message Processor"],
  "Storage Table Data Contributor": ["Storage Table Data Reader"],
  "Virtual Machine Administrator Login": ["Virtual Machine User Login"],
};

export function coversRole(wide: Role, narrow: Role): boolean {
  return isBelow(wide.id, narrow.id);
}

function isBelow(wide: string, narrow: string): boolean {
  return wide === narrow || (directlyBelow[wide] ?? []).some((one) => isBelow(one, narrow));
}
