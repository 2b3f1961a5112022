import { GitObjects } from "../git-objects.ts";
import type { Account, Activity, Actor, Repository } from "./model.ts";
import { refuseProtectedPush } from "./protection.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

export const QUEUE_BRANCHES = "gh-readonly-queue/";
export const NO_SHA = "0".repeat(40);

export interface NewRepository {
  readonly name: string;
  readonly private?: boolean | undefined;
  readonly defaultBranch?: string | undefined;
}

export function createRepository(world: World, owner: Account, input: NewRepository): Repository {
  return addRepository(world, owner, input.name, input.private ?? true, input.defaultBranch ?? "main", null);
}

/** A fork shares its parent's objects and starts with copies of its branches. */
export function forkRepository(world: World, parent: Repository, owner: Account): Repository {
  const fork = addRepository(world, owner, parent.name, parent.private, parent.defaultBranch, parent);
  for (const [ref, sha] of parent.refs) if (ref.startsWith("refs/heads/")) fork.refs.set(ref, sha);
  return fork;
}

function addRepository(
  world: World,
  owner: Account,
  name: string,
  isPrivate: boolean,
  defaultBranch: string,
  parent: Repository | null,
): Repository {
  if (world.findRepository(owner.login, name) !== undefined)
    throw new Refused(422, "Repository creation failed.", [
      { resource: "Repository", field: "name", code: "custom", message: "name already exists on this account" },
    ]);
  const repository: Repository = {
    id: world.nextId(),
    owner,
    name,
    private: isPrivate,
    archived: false,
    defaultBranch,
    createdMs: world.now(),
    pushedMs: world.now(),
    objects: parent?.objects ?? new GitObjects(),
    refs: new Map(),
    collaborators: new Map(),
    teams: new Map(),
    parent,
    nextNumber: 1,
    pulls: new Map(),
    issues: new Map(),
    labels: new Map(),
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    workflowRuns: [],
    deployments: [],
    environments: new Map(),
    waiting: [],
    protections: [],
    activity: [],
    stacks: [],
    queues: new Map(),
    advisories: null,
  };
  world.repositories.set(repository.id, repository);
  return repository;
}

export function changeRepository(
  world: World,
  repository: Repository,
  change: { readonly name?: string; readonly defaultBranch?: string; readonly archived?: true },
  actor: Actor,
): void {
  repository.name = change.name ?? repository.name;
  repository.defaultBranch = change.defaultBranch ?? repository.defaultBranch;
  repository.archived = change.archived ?? repository.archived;
  const action = change.name !== undefined ? "renamed" : change.archived === true ? "archived" : "edited";
  world.emit({ name: "repository", action, repository, actor });
}

export function branchSha(repository: Repository, branch: string): string | undefined {
  return repository.refs.get(`refs/heads/${branch}`);
}

/** A commit from a SHA or the name of a branch or tag. */
export function resolveCommit(repository: Repository, name: string): string | undefined {
  if (/^[0-9a-f]{40}$/.test(name)) return repository.objects.commit(name) === undefined ? undefined : name;
  const bare = name.replace(/^refs\//, "");
  for (const ref of [`refs/${bare}`, `refs/heads/${bare}`, `refs/tags/${bare}`]) {
    const sha = repository.refs.get(ref);
    if (sha !== undefined) return sha;
  }
  return undefined;
}

/** GitHub's refusal of a name that is no commit. */
export function noCommit(name: string): Refused {
  return new Refused(422, `No commit found for SHA: ${name}`);
}

/**
 * Moves, creates or deletes (`sha` null) a ref, as a push does. Pull requests from or onto the branch follow through
 * the events of {@link World}.
 * @throws Refused 422 for an unknown SHA, a push that is no fast-forward without force, or a protected branch.
 */
export function moveRef(
  world: World,
  repository: Repository,
  ref: string,
  sha: string | null,
  actor: Actor,
  options: {
    readonly force?: boolean;
    readonly kind?: "pr_merge" | "merge_queue_merge";
    /** GitHub moves it by itself, whatever protects it. */
    readonly byGitHub?: true;
  } = {},
): void {
  const before = repository.refs.get(ref) ?? null;
  if (sha !== null && repository.objects.commit(sha) === undefined) throw new Refused(422, "Object does not exist");
  if (sha === null && before === null) throw new Refused(422, "Reference does not exist");
  if (sha === before) return;
  const forced = before !== null && sha !== null && !isAncestor(repository, before, sha);
  if (forced && options.force !== true) throw new Refused(422, "Update is not a fast forward");
  const branch = ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
  const isPush = options.kind === undefined && options.byGitHub !== true;
  if (isPush && branch?.startsWith(QUEUE_BRANCHES) === true)
    throw new Refused(422, "Repository rule violations found\n\nBranches of the merge queue are read-only.\n");
  if (isPush && branch !== null && before !== null)
    refuseProtectedPush(world, repository, branch, actor, { forced, deletes: sha === null, after: sha ?? NO_SHA });
  if (sha === null) repository.refs.delete(ref);
  else repository.refs.set(ref, sha);
  repository.pushedMs = world.now();
  const kind = options.kind ?? activityKind(before, sha, forced);
  const entry = {
    id: world.nextId(),
    kind,
    ref,
    before: before ?? NO_SHA,
    after: sha ?? NO_SHA,
    actor: actor.account,
    atMs: world.now(),
  };
  repository.activity.push(entry);
  world.emit({ name: "push", repository, ref, before: entry.before, after: entry.after, forced, actor });
}

function activityKind(before: string | null, after: string | null, forced: boolean): Activity["kind"] {
  if (before === null) return "branch_creation";
  if (after === null) return "branch_deletion";
  return forced ? "force_push" : "push";
}

export function isAncestor(repository: Repository, ancestor: string, descendant: string): boolean {
  for (const sha of repository.objects.ancestors(descendant)) if (sha === ancestor) return true;
  return false;
}

/** @throws Refused 404 */
export function treeOf(repository: Repository, commitSha: string): string {
  const commit = repository.objects.commit(commitSha);
  if (commit === undefined) throw notFound();
  return commit.tree;
}
