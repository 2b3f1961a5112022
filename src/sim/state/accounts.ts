import type { Account, AccountType, Actor, Repository, Role, Team } from "./model.ts";
import { Refused } from "./refused.ts";
import type { World } from "./world.ts";

const RANK: Readonly<Record<Role, number>> = { read: 1, triage: 2, write: 3, maintain: 4, admin: 5 };

/** @throws Error when the login or the id is taken. */
export function createAccount(
  world: World,
  input: {
    login: string;
    type: AccountType;
    id?: number | undefined;
    name?: string | null;
    email?: string | undefined;
  },
): Account {
  if (world.findAccount(input.login) !== undefined)
    throw new Error(`Cannot create the account ${input.login}: the login is taken.`);
  const id = input.id ?? world.nextId();
  if (world.accounts.has(id)) throw new Error(`Cannot create the account ${input.login}: the id ${id} is taken.`);
  const account: Account = {
    id,
    login: input.login,
    type: input.type,
    name: input.name ?? null,
    email: input.email ?? `${id}+${input.login}@users.noreply.github.com`,
    createdMs: world.now(),
  };
  world.accounts.set(id, account);
  if (account.type === "Organization") world.organizationMembers.set(id, new Map());
  return account;
}

export function createTeam(
  world: World,
  organization: Account,
  input: { slug: string; name?: string | undefined; parent?: Team | null },
): Team {
  const team: Team = {
    id: world.nextId(),
    organization,
    slug: input.slug,
    name: input.name ?? input.slug,
    parent: input.parent ?? null,
    members: new Map(),
    createdMs: world.now(),
  };
  world.teams.push(team);
  return team;
}

export function addTeamMember(world: World, team: Team, member: Account, actor: Actor): void {
  if (organizationRole(world, team.organization, member) === null)
    throw new Refused(422, `${member.login} is not a member of ${team.organization.login}.`);
  team.members.set(member.id, "member");
  world.emit({ name: "membership", action: "added", team, member, actor });
}

export function removeTeamMember(world: World, team: Team, member: Account, actor: Actor): void {
  if (team.members.delete(member.id)) world.emit({ name: "membership", action: "removed", team, member, actor });
}

/** The member's role, looked for in the team and in every team below it, as GitHub answers. */
export function teamRole(world: World, team: Team, member: Account): "member" | "maintainer" | null {
  const own = team.members.get(member.id);
  if (own !== undefined) return own;
  return childTeams(world, team).some((child) => teamRole(world, child, member) !== null) ? "member" : null;
}

/** Members of the team and of every team below it, in the order of their ids. */
export function teamMembers(world: World, team: Team): Account[] {
  return [...world.accounts.values()]
    .filter((account) => teamRole(world, team, account) !== null)
    .sort((a, b) => a.id - b.id);
}

function childTeams(world: World, team: Team): Team[] {
  return world.teams.filter((other) => other.parent === team);
}

export function organizationRole(world: World, organization: Account, member: Account): "admin" | "member" | null {
  return world.organizationMembers.get(organization.id)?.get(member.id) ?? null;
}

/**
 * The highest role that ownership, collaboration and teams give. A team's role on a repository reaches the members of
 * its child teams. Apps' bots hold none: their rights come from the installation.
 */
export function roleOn(world: World, repository: Repository, account: Account): Role | null {
  const roles: Role[] = [];
  if (repository.owner.id === account.id || organizationRole(world, repository.owner, account) === "admin")
    roles.push("admin");
  const direct = repository.collaborators.get(account.id);
  if (direct !== undefined) roles.push(direct);
  for (const team of world.teams) {
    const role = repository.teams.get(team.id);
    if (role !== undefined && teamRole(world, team, account) !== null) roles.push(role);
  }
  if (roles.length === 0 && !repository.private) roles.push("read");
  return roles.sort((a, b) => RANK[b] - RANK[a])[0] ?? null;
}

/** GitHub's older five words for roles, as the permission endpoint answers them. */
export function legacyPermission(role: Role | null): "admin" | "write" | "read" | "none" {
  switch (role) {
    case "admin":
      return "admin";
    case "maintain":
    case "write":
      return "write";
    case "triage":
    case "read":
      return "read";
    case null:
      return "none";
  }
}

export function atLeast(role: Role | null, wanted: Role): boolean {
  return role !== null && RANK[role] >= RANK[wanted];
}

/** Who an account is to a repository; GitHub prints it beside everything they write. */
export function associationWith(
  world: World,
  repository: Repository,
  account: Account,
): "OWNER" | "MEMBER" | "COLLABORATOR" | "CONTRIBUTOR" | "NONE" {
  if (repository.owner.id === account.id) return "OWNER";
  if (organizationRole(world, repository.owner, account) !== null) return "MEMBER";
  if (repository.collaborators.has(account.id)) return "COLLABORATOR";
  const contributed = [...repository.pulls.values()].some(
    (pull) => pull.author.id === account.id && pull.merged !== null,
  );
  return contributed ? "CONTRIBUTOR" : "NONE";
}
