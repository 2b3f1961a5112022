import type { Actor, App, CheckRun, CommitStatus, Protection, Repository, RequiredCheck } from "./model.ts";
import { Refused } from "./refused.ts";
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
  readonly bypass?: readonly { readonly id: number }[] | undefined;
}

export function protect(world: World, repository: Repository, input: NewProtection): Protection {
  const protection: Protection = {
    id: world.nextId(),
    kind: input.kind ?? "ruleset",
    name: input.name ?? "protection",
    branches: input.branches ?? ["~DEFAULT_BRANCH"],
    requiredChecks: (input.requiredChecks ?? []).map(({ context, app }) => ({ context, app: app ?? null })),
    strict: input.strict ?? false,
    requiredApprovals: input.requiredApprovals ?? 0,
    pullRequestOnly: input.pullRequestOnly ?? false,
    noForcePush: input.noForcePush ?? false,
    noDeletion: input.noDeletion ?? false,
    bypass: new Set((input.bypass ?? []).map(({ id }) => id)),
  };
  repository.protections.push(protection);
  return protection;
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

/** The protections that bind this actor on the branch. */
export function bindingProtections(repository: Repository, branch: string, actor: Actor): Protection[] {
  return protectionsOf(repository, branch).filter(({ bypass }) => !bypass.has(actor.account.id));
}

/** @throws Refused 422 when a protection forbids moving the ref this way. */
export function refuseProtectedPush(
  repository: Repository,
  branch: string,
  actor: Actor,
  push: { readonly forced: boolean; readonly deletes: boolean },
): void {
  for (const protection of bindingProtections(repository, branch, actor)) {
    const rule =
      protection.noDeletion && push.deletes
        ? "Cannot delete this branch"
        : protection.noForcePush && push.forced
          ? "Cannot force-push to this branch"
          : protection.pullRequestOnly && !push.deletes
            ? "Changes must be made through a pull request."
            : null;
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
