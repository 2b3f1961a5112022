import { type BypassInput, bypassActor, bypassOf } from "./bypass.ts";
import type { Actor, App, CheckRun, CommitStatus, Protection, QueueRule, Repository, RequiredCheck } from "./model.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

export interface NewProtection {
  readonly kind?: "ruleset" | "classic" | undefined;
  readonly name?: string | undefined;
  readonly branches?: readonly string[] | undefined;
  readonly requiredChecks?: readonly { context: string; app?: App | null }[] | undefined;
  readonly strict?: boolean | undefined;
  readonly requiredApprovals?: number | undefined;
  readonly pullRequestOnly?: boolean | undefined;
  readonly noForcePush?: boolean | undefined;
  readonly noDeletion?: boolean | undefined;
  /** Classic protection only: off lets administrators around it, as on GitHub where nobody said otherwise. */
  readonly enforceAdmins?: boolean | undefined;
  /** Rulesets only. */
  readonly bypass?: readonly BypassInput[] | undefined;
  /** Rulesets only; what is left out is as GitHub has it when the queue is switched on. */
  readonly mergeQueue?: Partial<QueueRule> | undefined;
}

export function protect(world: World, repository: Repository, input: NewProtection, actor: Actor): Protection {
  const protection = protectionFrom(input, world.nextId(), world.now(), world.now());
  repository.protections.push(protection);
  emitProtection(world, repository, protection, "created", actor);
  return protection;
}

/** Writes a protection anew under its id: what `input` leaves out gets its default. @throws Refused 404 */
export function changeProtection(
  world: World,
  repository: Repository,
  id: number,
  input: NewProtection,
  actor: Actor,
): Protection {
  const index = repository.protections.findIndex((each) => each.id === id);
  const before = repository.protections[index];
  if (before === undefined) throw notFound();
  const kind = input.kind ?? before.kind;
  const protection = protectionFrom({ ...input, kind }, id, before.createdMs, world.now());
  repository.protections[index] = protection;
  emitProtection(world, repository, protection, "edited", actor);
  return protection;
}

/** @throws Refused 404 */
export function unprotect(world: World, repository: Repository, id: number, actor: Actor): void {
  const index = repository.protections.findIndex((each) => each.id === id);
  const [removed] = index < 0 ? [] : repository.protections.splice(index, 1);
  if (removed === undefined) throw notFound();
  emitProtection(world, repository, removed, "deleted", actor);
}

function emitProtection(
  world: World,
  repository: Repository,
  protection: Protection,
  action: "created" | "edited" | "deleted",
  actor: Actor,
): void {
  const name = protection.kind === "ruleset" ? "repository_ruleset" : "branch_protection_rule";
  world.emit({ name, action, repository, protection, actor });
}

const QUEUE_DEFAULTS: QueueRule = {
  groupingStrategy: "ALLGREEN",
  checkResponseTimeoutMinutes: 60,
  maxEntriesToBuild: 5,
  maxEntriesToMerge: 5,
  minEntriesToMerge: 1,
  minEntriesToMergeWaitMinutes: 5,
  mergeMethod: "merge",
};

function protectionFrom(input: NewProtection, id: number, createdMs: number, updatedMs: number): Protection {
  return {
    id,
    createdMs,
    updatedMs,
    kind: input.kind ?? "ruleset",
    name: input.name ?? "protection",
    branches: input.branches ?? ["~DEFAULT_BRANCH"],
    requiredChecks: (input.requiredChecks ?? []).map(({ context, app }) => ({ context, app: app ?? null })),
    strict: input.strict ?? false,
    requiredApprovals: input.requiredApprovals ?? 0,
    pullRequestOnly: input.pullRequestOnly ?? false,
    noForcePush: input.noForcePush ?? false,
    noDeletion: input.noDeletion ?? false,
    enforceAdmins: input.enforceAdmins ?? false,
    bypass: (input.bypass ?? []).map(bypassActor),
    mergeQueue: input.mergeQueue === undefined ? null : { ...QUEUE_DEFAULTS, ...input.mergeQueue },
  };
}

/** What protects a branch now. */
export function protectionsOf(repository: Repository, branch: string): Protection[] {
  return repository.protections.filter(({ branches }) =>
    branches.some(
      (each) =>
        each === "~ALL" || each === branch || (each === "~DEFAULT_BRANCH" && branch === repository.defaultBranch),
    ),
  );
}

/** The protections that bind this actor on the branch, by the way the change comes. */
export function bindingProtections(
  world: World,
  repository: Repository,
  branch: string,
  actor: Actor,
  way: "push" | "pull request",
): Protection[] {
  return protectionsOf(repository, branch).filter((protection) => {
    const bypass = bypassOf(world, repository, protection, actor);
    return bypass === null || (bypass === "pull_request" && way === "push");
  });
}

/** @throws Refused 422 when a protection forbids moving the ref this way. */
export function refuseProtectedPush(
  world: World,
  repository: Repository,
  branch: string,
  actor: Actor,
  push: ProtectedPush,
): void {
  for (const protection of bindingProtections(world, repository, branch, actor, "push")) {
    const rule = violatedBy(repository, protection, push);
    if (rule !== null) throw new Refused(422, `Repository rule violations found\n\n${rule}\n`);
  }
}

interface ProtectedPush {
  readonly forced: boolean;
  readonly deletes: boolean;
  readonly after: string;
}

function violatedBy(repository: Repository, protection: Protection, push: ProtectedPush): string | null {
  if (push.deletes) return protection.noDeletion ? "Cannot delete this branch" : null;
  if (protection.noForcePush && push.forced) return "Cannot force-push to this branch";
  if (protection.mergeQueue !== null) return THROUGH_THE_QUEUE;
  if (protection.pullRequestOnly || protection.requiredApprovals > 0)
    return "Changes must be made through a pull request.";
  const unmet = protection.requiredChecks.map((required) => unmetCheck(repository, push.after, required));
  return unmet.find((each) => each !== null) ?? null;
}

export const THROUGH_THE_QUEUE = "Changes must be made through the merge queue";

/** The merge queue of a branch, or null where it has none. */
export function queueRuleOf(repository: Repository, branch: string): QueueRule | null {
  return protectionsOf(repository, branch).find(({ mergeQueue }) => mergeQueue !== null)?.mergeQueue ?? null;
}

/** Latest check runs of a commit: of one name and app the one created last counts. */
export function latestRuns(runs: readonly CheckRun[]): CheckRun[] {
  const newest = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = `${run.app.id} ${run.name}`;
    if ((newest.get(key)?.id ?? 0) < run.id) newest.set(key, run);
  }
  return [...newest.values()].sort((a, b) => b.id - a.id);
}

/** Latest status of each context; contexts differ in more than case. */
export function latestStatuses(statuses: readonly CommitStatus[]): CommitStatus[] {
  const newest = new Map<string, CommitStatus>();
  for (const status of statuses) newest.set(status.context.toLowerCase(), status);
  return [...newest.values()].sort((a, b) => b.id - a.id);
}

/** Why a required check is not met on a commit, or null when it is. */
export function unmetCheck(repository: Repository, sha: string, required: RequiredCheck): string | null {
  const { state, reason } = checkState(repository, sha, required);
  return state === "met" ? null : reason;
}

export interface CheckState {
  readonly state: "met" | "waiting" | "failing";
  readonly reason: string;
}

/**
 * How a required check stands on a commit. Success, skipped and neutral pass; what is missing or comes from an app that
 * is not the pinned one is waited for. Runs and statuses of one name must all pass.
 */
export function checkState(repository: Repository, sha: string, required: RequiredCheck): CheckState {
  const says = (what: string): string => `Required status check "${required.context}" ${what}.`;
  const expected = (app: App | null): boolean => required.app === null || app === required.app;
  const named = latestRuns(repository.checkRuns.filter((run) => run.headSha === sha && run.name === required.context));
  const statuses = latestStatuses(
    repository.statuses.filter(
      (each) => each.sha === sha && each.context.toLowerCase() === required.context.toLowerCase(),
    ),
  );
  const runs = named.filter(({ app }) => expected(app));
  const counted = statuses.filter(({ app }) => expected(app));
  if (runs.length + counted.length === 0)
    return {
      state: "waiting",
      reason: says(named.length + statuses.length > 0 ? "was not set by the expected GitHub App" : "is expected"),
    };
  if (runs.some(({ status }) => status !== "completed") || counted.some(({ state }) => state === "pending"))
    return { state: "waiting", reason: says("is in progress") };
  const passes = (run: CheckRun): boolean =>
    run.conclusion === "success" || run.conclusion === "skipped" || run.conclusion === "neutral";
  if (!runs.every(passes) || !counted.every(({ state }) => state === "success"))
    return { state: "failing", reason: says("is failing") };
  return { state: "met", reason: says("passes") };
}
