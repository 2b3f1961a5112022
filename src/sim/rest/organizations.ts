import { type Call, list, ok, read, repositoryRoute, type Route, route } from "../http/call.ts";
import { collaboratorPermission, simpleUser, teamFull } from "../shapes/accounts.ts";
import { API, type Schema } from "../shapes/schema.ts";
import { atLeast, legacyPermission, roleOn, teamMembers, teamRole } from "../state/accounts.ts";
import type { Team } from "../state/model.ts";
import { notFound } from "../state/refused.ts";

const MEMBERS = { kind: "organization", permissions: [{ members: "read" }], person: "read" } as const;

/** People: what they may do in a repository and which teams they are in. */
export const organizationRoutes: readonly Route[] = [
  read("/collaborators/{username}/permission", "metadata", (call) => {
    const account = call.world.account(call.param("username"));
    // Bots are no collaborators: GitHub does not find them here.
    if (account.type !== "User") throw notFound();
    const role = roleOn(call.world, call.repository, account);
    return ok(collaboratorPermission(account, role, legacyPermission(role)));
  }),
  repositoryRoute("GET", "/collaborators", [{ metadata: "read" }], "write", (call) => {
    const wanted = call.query.get("permission");
    const people = [...call.world.accounts.values()].filter((account) => {
      const role = account.type === "User" ? roleOn(call.world, call.repository, account) : null;
      return role !== null && (wanted !== "admin" || role === "admin") && (wanted !== "push" || atLeast(role, "write"));
    });
    return list(people, (account) => {
      const role = roleOn(call.world, call.repository, account);
      return collaboratorPermission(account, role, legacyPermission(role)).user;
    });
  }),
  route("GET", "/orgs/{org}/teams/{team_slug}", MEMBERS, (call) => {
    const team = teamOf(call);
    const repositories = [...call.world.repositories.values()].filter(({ teams }) => teams.has(team.id));
    return ok(teamFull(team, teamMembers(call.world, team).length, repositories));
  }),
  route("GET", "/orgs/{org}/teams/{team_slug}/members", MEMBERS, (call) =>
    list(teamMembers(call.world, teamOf(call)), simpleUser),
  ),
  route("GET", "/orgs/{org}/teams/{team_slug}/memberships/{username}", MEMBERS, (call) => {
    const team = teamOf(call);
    const role = teamRole(call.world, team, call.world.account(call.param("username")));
    if (role === null) throw notFound();
    return ok({
      url: `${API}/organizations/${team.organization.id}/team/${team.id}/memberships/${call.param("username")}`,
      role,
      state: "active",
    } satisfies Schema<"team-membership">);
  }),
];

function teamOf(call: Call): Team {
  const team = call.world.teams.find(
    ({ organization, slug }) => organization.login === call.param("org") && slug === call.param("team_slug"),
  );
  if (team === undefined) throw notFound();
  return team;
}
