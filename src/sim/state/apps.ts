import { createAccount } from "./accounts.ts";
import type { Account, Actor, App, Installation, Level, Permissions, Repository } from "./model.ts";
import type { World } from "./world.ts";

export interface NewApp {
  readonly slug: string;
  readonly id?: number | undefined;
  readonly botId?: number | undefined;
  readonly name?: string | undefined;
  readonly owner: Account;
  readonly publicKeyPem: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly webhookUrl?: string | undefined;
  readonly webhookSecret: string;
}

export function createApp(world: World, input: NewApp): App {
  const id = input.id ?? world.nextId();
  const app: App = {
    id,
    slug: input.slug,
    name: input.name ?? input.slug,
    clientId: `Iv23fake${id}`,
    owner: input.owner,
    bot: createAccount(world, {
      login: `${input.slug}[bot]`,
      type: "Bot",
      id: input.botId,
      appSlug: input.slug,
    }),
    publicKeyPem: input.publicKeyPem,
    createdMs: world.now(),
    permissions: { metadata: "read", ...input.permissions },
    events: input.events,
    webhookUrl: input.webhookUrl ?? null,
    webhookSecret: input.webhookSecret,
  };
  world.apps.set(id, app);
  return app;
}

export function installApp(
  world: World,
  app: App,
  account: Account,
  repositories: "all" | readonly Repository[],
  actor: Actor,
): Installation {
  const installation: Installation = {
    id: world.nextId(),
    app,
    account,
    repositories: repositories === "all" ? "all" : new Set(repositories.map(({ id }) => id)),
    permissions: app.permissions,
    suspendedMs: null,
    createdMs: world.now(),
  };
  world.installations.set(installation.id, installation);
  world.emit({ name: "installation", action: "created", installation, actor });
  return installation;
}

export function uninstallApp(world: World, installation: Installation, actor: Actor): void {
  world.installations.delete(installation.id);
  world.emit({ name: "installation", action: "deleted", installation, actor });
}

/** Widens an installation on selected repositories. */
export function addRepositories(
  world: World,
  installation: Installation,
  added: readonly Repository[],
  actor: Actor,
): void {
  if (installation.repositories === "all") return;
  for (const { id } of added) installation.repositories.add(id);
  world.emit({ name: "installation_repositories", action: "added", installation, repositories: added, actor });
}

/** Narrows an installation on selected repositories. */
export function removeRepositories(
  world: World,
  installation: Installation,
  removed: readonly Repository[],
  actor: Actor,
): void {
  if (installation.repositories === "all")
    throw new Error("Cannot narrow an installation that covers all repositories.");
  for (const { id } of removed) installation.repositories.delete(id);
  world.emit({ name: "installation_repositories", action: "removed", installation, repositories: removed, actor });
}

/** Stops an installation, or with `suspended` false lets it work again. */
export function suspendInstallation(world: World, installation: Installation, suspended: boolean, actor: Actor): void {
  installation.suspendedMs = suspended ? world.now() : null;
  world.emit({ name: "installation", action: suspended ? "suspend" : "unsuspend", installation, actor });
}

/** An administrator accepts what the app asks for; until then an installation keeps what it was given. */
export function acceptPermissions(
  world: World,
  installation: Installation,
  permissions: Permissions,
  actor: Actor,
): void {
  installation.permissions = { metadata: "read", ...permissions };
  world.emit({ name: "installation", action: "new_permissions_accepted", installation, actor });
}

export function covers(installation: Installation, repository: Repository): boolean {
  return (
    installation.account.id === repository.owner.id &&
    (installation.repositories === "all" || installation.repositories.has(repository.id))
  );
}

export function installationOn(world: World, app: App, repository: Repository): Installation | undefined {
  return [...world.installations.values()].find((each) => each.app === app && covers(each, repository));
}

/** Repositories an installation reaches, in the order of their ids. */
export function coveredRepositories(world: World, installation: Installation): Repository[] {
  return [...world.repositories.values()]
    .filter((repository) => covers(installation, repository))
    .sort((a, b) => a.id - b.id);
}

const RANK: Readonly<Record<Level, number>> = { read: 1, write: 2, admin: 3 };

export function grants(permissions: Permissions, name: string, level: Level): boolean {
  const granted = permissions[name];
  return granted !== undefined && RANK[granted] >= RANK[level];
}
