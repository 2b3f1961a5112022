/**
 * Roles of the directory by which whoever holds them can take others, by their templates:
 * https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference
 */
const roles: Readonly<Record<string, string>> = {
  "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
  "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
  "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
  "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
  "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
  "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": "Hybrid Identity Administrator",
  "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
  "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
  "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
  "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
  "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
  "3a2c62db-5318-420d-8d74-23affee5d9d5": "Intune Administrator",
  "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
  "8329153b-31d0-4727-b945-745eb3bc5f31": "Domain Name Administrator",
};
/** With these the directory is taken, by itself. */
const almighty = new Set([
  "Global Administrator",
  "Privileged Role Administrator",
  "Privileged Authentication Administrator",
]);

/**
 * Permissions of Microsoft Graph for applications that lead to all others:
 * https://learn.microsoft.com/en-us/graph/permissions-reference
 */
const graph: Readonly<Record<string, string>> = {
  "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
  "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
  "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
  "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "Directory.ReadWrite.All",
};
const graphAlmighty = new Set([
  "RoleManagement.ReadWrite.Directory",
  "AppRoleAssignment.ReadWrite.All",
  "Application.ReadWrite.All",
]);

export interface DirectoryRole {
  readonly name: string;
  readonly isAlmighty: boolean;
}

/** A privileged role of the directory by its name or template; null where it is none that is known. */
export function directoryRole(text: string): DirectoryRole | null {
  return found(text, roles, almighty);
}

/** A permission of Graph by its name or identifier; null where it is none of those that lead to all others. */
export function graphPermission(text: string): DirectoryRole | null {
  return found(text, graph, graphAlmighty);
}

function found(
  text: string,
  table: Readonly<Record<string, string>>,
  strongest: ReadonlySet<string>,
): DirectoryRole | null {
  const name =
    table[text.toLowerCase()] ?? Object.values(table).find((one) => one.toLowerCase() === text.toLowerCase());
  return name === undefined ? null : { name, isAlmighty: strongest.has(name) };
}
