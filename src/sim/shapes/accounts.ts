import type { Account, Repository, Role, Team } from "../state/model.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

export function simpleUser(account: Account): Schema<"simple-user"> {
  const url = `${API}/users/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("U", account.id),
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    gravatar_id: "",
    url,
    html_url: account.appSlug === null ? `${WEB}/${account.login}` : `${WEB}/apps/${account.appSlug}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    site_admin: false,
  };
}

export function publicUser(account: Account): Schema<"public-user"> {
  return {
    ...simpleUser(account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(account.createdMs),
    updated_at: iso(account.createdMs),
  };
}

/** @param role what the account may do in the repository, in GitHub's five words */
export function collaboratorPermission(
  account: Account,
  role: Role | null,
  permission: "admin" | "write" | "read" | "none",
): Schema<"repository-collaborator-permission"> {
  const roleName = role ?? "none";
  return {
    permission,
    role_name: roleName,
    user: {
      ...simpleUser(account),
      permissions: {
        pull: role !== null,
        triage: role !== null && role !== "read",
        push: permission === "write" || permission === "admin",
        maintain: role === "maintain" || role === "admin",
        admin: role === "admin",
      },
      role_name: roleName,
    },
  };
}

function teamSimple(team: Team): Schema<"team-simple"> {
  const url = `${API}/organizations/${team.organization.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    url,
    members_url: `${url}/members{/member}`,
    name: team.name,
    description: null,
    permission: "pull",
    privacy: "closed",
    notification_setting: "notifications_enabled",
    html_url: `${WEB}/orgs/${team.organization.login}/teams/${team.slug}`,
    repositories_url: `${url}/repos`,
    slug: team.slug,
    type: "organization",
  };
}

export function team(team_: Team): Schema<"team"> {
  return { ...teamSimple(team_), parent: team_.parent === null ? null : teamSimple(team_.parent) };
}

export function teamFull(team_: Team, members: number, repositories: readonly Repository[]): Schema<"team-full"> {
  const url = `${API}/orgs/${team_.organization.login}`;
  return {
    ...teamSimple(team_),
    privacy: "closed",
    notification_setting: "notifications_enabled",
    parent: team_.parent === null ? null : teamSimple(team_.parent),
    members_count: members,
    repos_count: repositories.length,
    created_at: iso(team_.createdMs),
    updated_at: iso(team_.createdMs),
    organization: {
      login: team_.organization.login,
      id: team_.organization.id,
      node_id: nodeId("O", team_.organization.id),
      url,
      repos_url: `${url}/repos`,
      events_url: `${url}/events`,
      hooks_url: `${url}/hooks`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      avatar_url: `https://avatars.githubusercontent.com/u/${team_.organization.id}?v=4`,
      description: null,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      html_url: `${WEB}/${team_.organization.login}`,
      created_at: iso(team_.organization.createdMs),
      type: "Organization",
      updated_at: iso(team_.organization.createdMs),
      archived_at: null,
    },
  };
}
