import type { Repository, Role } from "../state/model.ts";
import { fullName } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

const PLAIN_LINKS = [
  "contributors",
  "deployments",
  "downloads",
  "events",
  "forks",
  "hooks",
  "languages",
  "merges",
  "stargazers",
  "subscribers",
  "subscription",
  "tags",
  "teams",
] as const;

/** The addresses that every description of a repository repeats. */
function addresses(repository: Repository) {
  const url = `${API}/repos/${fullName(repository)}`;
  const plain = Object.fromEntries(PLAIN_LINKS.map((name) => [`${name}_url`, `${url}/${name}`])) as Record<
    `${(typeof PLAIN_LINKS)[number]}_url`,
    string
  >;
  return {
    ...plain,
    url,
    html_url: `${WEB}/${fullName(repository)}`,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    statuses_url: `${url}/statuses/{sha}`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}

export function minimalRepository(repository: Repository): Schema<"minimal-repository"> {
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    owner: simpleUser(repository.owner),
    private: repository.private,
    description: null,
    fork: repository.parent !== null,
    ...addresses(repository),
  };
}

export function repositoryShape(repository: Repository): Schema<"repository"> {
  const open = [...repository.pulls.values()].filter(({ state }) => state === "open").length;
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    owner: simpleUser(repository.owner),
    private: repository.private,
    description: null,
    fork: repository.parent !== null,
    ...addresses(repository),
    license: null,
    forks: 0,
    git_url: `git://github.com/${fullName(repository)}.git`,
    ssh_url: `git@github.com:${fullName(repository)}.git`,
    clone_url: `${WEB}/${fullName(repository)}.git`,
    svn_url: `${WEB}/${fullName(repository)}`,
    mirror_url: null,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: open,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    pushed_at: iso(repository.pushedMs),
    created_at: iso(repository.createdMs),
    updated_at: iso(repository.pushedMs),
    open_issues: open,
    watchers: 0,
  };
}

/** @param role the reader's role, or null for an installation token, to which GitHub answers only false */
export function fullRepository(repository: Repository, role: Role | null): Schema<"full-repository"> {
  return {
    ...repositoryShape(repository),
    has_discussions: false,
    pushed_at: iso(repository.pushedMs),
    created_at: iso(repository.createdMs),
    updated_at: iso(repository.pushedMs),
    permissions: {
      admin: role === "admin",
      maintain: role === "admin" || role === "maintain",
      push: role === "admin" || role === "maintain" || role === "write",
      triage: role !== null && role !== "read",
      pull: role !== null,
    },
    subscribers_count: 0,
    network_count: 0,
  };
}
