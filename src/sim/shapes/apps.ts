import type { App, Installation } from "../state/model.ts";
import { simpleUser } from "./accounts.ts";
import { API, iso, isoOrNull, nodeId, type Schema, WEB } from "./schema.ts";

export function integration(app: App): NonNullable<Schema<"integration">> {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("A", app.id),
    client_id: app.clientId,
    owner: simpleUser(app.owner),
    name: app.name,
    description: null,
    external_url: `${WEB}/apps/${app.slug}`,
    html_url: `${WEB}/apps/${app.slug}`,
    created_at: iso(app.createdMs),
    updated_at: iso(app.createdMs),
    permissions: { ...app.permissions },
    events: [...app.events],
  };
}

export function installationShape(installation: Installation): Schema<"installation"> {
  const { app, account } = installation;
  return {
    id: installation.id,
    account: simpleUser(account),
    repository_selection: installation.repositories === "all" ? "all" : "selected",
    access_tokens_url: `${API}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${API}/installation/repositories`,
    html_url: `${WEB}/organizations/${account.login}/settings/installations/${installation.id}`,
    app_id: app.id,
    target_id: account.id,
    target_type: account.type,
    permissions: { ...installation.permissions } as Schema<"app-permissions">,
    events: [...app.events],
    created_at: iso(installation.createdMs),
    updated_at: iso(installation.createdMs),
    single_file_name: null,
    app_slug: app.slug,
    suspended_by: null,
    suspended_at: isoOrNull(installation.suspendedMs),
  };
}
