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
  push: { readonly forced: boolean; readonly deletes: boolean; readonly after: string },
): void {
  for (const protection of bindingProtections(world, repository, branch, actor, "push")) {
    const rule =
      protection.noDeletion && push.deletes
        ? "Cannot delete this branch"
        : protection.noForcePush && push.forced
          ? "Cannot force-push to this branch"
          : protection.mergeQueue !== null && !push.deletes
            ? "Changes must be made through the merge queue"
            : (protection.pullRequestOnly || protection.requiredApprovals > 0) && !push.deletes
              ? "Changes must be made through a pull request."
              : (protection.requiredChecks
                  .map((required) => (push.deletes ? null : unmetCheck(repository, push.after, required)))
                  .find((unmet) => unmet !== null) ?? null);
    if (rule !== null) throw new Refused(422, `Repository rule violations found\n\n${rule}\n`);
  }
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

/**
 * Why a required check is not met on a commit, or null when it is. Success, skipped and neutral pass; anything else, a
 * missing run included, does not. Runs and statuses of one name must all pass.
 */
export function unmetCheck(repository: Repository, sha: string, required: RequiredCheck): string | null {
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
    return named.length + statuses.length > 0
      ? `Required status check "${required.context}" was not set by the expected GitHub App.`
      : `Required status check "${required.context}" is expected.`;
  if (runs.some(({ status }) => status !== "completed") || counted.some(({ state }) => state === "pending"))
    return `Required status check "${required.context}" is in progress.`;
  const passes = (run: CheckRun): boolean =>
    run.conclusion === "success" || run.conclusion === "skipped" || run.conclusion === "neutral";
  if (!runs.every(passes) || !counted.every(({ state }) => state === "success"))
    return `Required status check "${required.context}" is failing.`;
  return null;
}
