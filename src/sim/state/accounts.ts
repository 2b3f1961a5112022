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
    appSlug?: string | undefined;
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
    appSlug: input.appSlug ?? null,
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

/** An organisation takes a person in, or changes what they are there. */
export function setMember(
  world: World,
  organization: Account,
  member: Account,
  role: "admin" | "member",
  actor: Actor,
): void {
  const members = world.organizationMembers.get(organization.id);
  if (members === undefined) throw new Error(`Cannot add a member to ${organization.login}: it is no organisation.`);
  const isNew = !members.has(member.id);
  members.set(member.id, role);
  if (isNew) world.emit({ name: "organization", action: "member_added", organization, member, actor });
}

/** A person leaves an organisation and with it all of its teams. */
export function removeMember(world: World, organization: Account, member: Account, actor: Actor): void {
  if (world.organizationMembers.get(organization.id)?.delete(member.id) !== true) return;
  for (const team of world.teams) if (team.organization === organization) removeTeamMember(world, team, member, actor);
  world.emit({ name: "organization", action: "member_removed", organization, member, actor });
}

/** Gives a person a role in a repository; null takes it away. */
export function setCollaborator(
  world: World,
  repository: Repository,
  member: Account,
  role: Role | null,
  actor: Actor,
): void {
  const had = repository.collaborators.has(member.id);
  if (role === null) repository.collaborators.delete(member.id);
  else repository.collaborators.set(member.id, role);
  const action = role === null ? "removed" : had ? "edited" : "added";
  world.emit({ name: "member", action, repository, member, actor });
}

/** Gives a team a role in a repository; null takes it away. */
export function setTeamRole(world: World, repository: Repository, team: Team, role: Role | null, actor: Actor): void {
  if (role === null) repository.teams.delete(team.id);
  else repository.teams.set(team.id, role);
  world.emit({
    name: "team",
    action: role === null ? "removed_from_repository" : "added_to_repository",
    team,
    repository,
    actor,
  });
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
