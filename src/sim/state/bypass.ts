import { atLeast, organizationRole, roleOn, teamRole } from "./accounts.ts";
import type { Account, Actor, App, BypassActor, BypassMode, Protection, Repository, Role, Team } from "./model.ts";
import type { World } from "./world.ts";

/** Who is put on a bypass list: an account, a team, an app, a role, or all owners of the organisation. */
export type Bypasser = Account | Team | App | { readonly role: keyof typeof ROLES } | "organization admins";
export type BypassInput = Bypasser | { readonly who: Bypasser; readonly mode: BypassMode };

/** GitHub's numbers of repository roles, as bypass lists name them. 5 is seen in the wild, the others are commonly used. */
const ROLES = { maintain: 2, write: 4, admin: 5 } as const satisfies Partial<Record<Role, number>>;

export function bypassActor(input: BypassInput): BypassActor {
  const { who, mode } = typeof input === "object" && "who" in input ? input : { who: input, mode: "always" as const };
  if (who === "organization admins") return { kind: "OrganizationAdmin", id: null, mode };
  if ("role" in who) return { kind: "RepositoryRole", id: ROLES[who.role], mode };
  const kind = "members" in who ? "Team" : "publicKeyPem" in who ? "Integration" : "User";
  return { kind, id: who.id, mode };
}

/**
 * How an actor may walk around a protection, or null. Classic protection does not bind administrators unless it says
 * so; through an app only the app itself counts, never who it acts for: what GitHub does there is not documented.
 */
export function bypassOf(
  world: World,
  repository: Repository,
  protection: Protection,
  actor: Actor,
): BypassMode | null {
  if (protection.kind === "classic")
    return !protection.enforceAdmins && actor.app === null && roleOn(world, repository, actor.account) === "admin"
      ? "always"
      : null;
  const modes = protection.bypass.filter((each) => matches(world, repository, each, actor)).map(({ mode }) => mode);
  return modes.find((mode) => mode === "exempt") ?? modes.find((mode) => mode === "always") ?? modes[0] ?? null;
}

function matches(world: World, repository: Repository, { kind, id }: BypassActor, actor: Actor): boolean {
  if (kind === "Integration") return actor.app !== null && actor.app.id === id;
  if (actor.app !== null) return false;
  const { account } = actor;
  switch (kind) {
    case "User":
      return account.id === id;
    case "OrganizationAdmin":
      return organizationRole(world, repository.owner, account) === "admin";
    case "Team":
      return world.teams.some((team) => team.id === id && teamRole(world, team, account) !== null);
    case "RepositoryRole": {
      const role = (["maintain", "write", "admin"] as const).find((each) => ROLES[each] === id);
      return role !== undefined && atLeast(roleOn(world, repository, account), role);
    }
  }
}
