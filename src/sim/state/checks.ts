import { roleOn } from "./accounts.ts";
import { coveredRepositories, grants } from "./apps.ts";
import { type OutputInput, refuseOversizedActions, refuseOversizedOutput } from "./check-limits.ts";
import type {
  Actor,
  App,
  CheckAction,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
  Repository,
} from "./model.ts";
import { noCommit, NO_SHA } from "./repositories.ts";
import { notFound, Refused, unprocessable } from "./refused.ts";
import type { World } from "./world.ts";

/** Runs of one name that a suite keeps; older ones are deleted by GitHub. */
const RUNS_PER_NAME = 1000;

export interface CheckRunInput {
  readonly name?: string | undefined;
  readonly externalId?: string | undefined;
  readonly detailsUrl?: string | undefined;
  readonly status?: CheckStatus | undefined;
  readonly conclusion?: CheckConclusion | undefined;
  readonly startedMs?: number | undefined;
  readonly completedMs?: number | undefined;
  readonly output?: OutputInput | undefined;
  readonly actions?: readonly CheckAction[] | undefined;
}

/** @throws Refused 422 for a bad SHA or a limit passed. */
export function createCheckRun(
  world: World,
  repository: Repository,
  app: App,
  headSha: string,
  input: CheckRunInput & { readonly name: string },
): CheckRun {
  if (!/^[0-9a-f]{40}$/.test(headSha) || repository.objects.commit(headSha) === undefined) throw noCommit(headSha);
  refuseLimits(input);
  if (input.status === "completed" && input.conclusion === undefined) throw missingConclusion();
  const completed = input.conclusion !== undefined;
  const run: CheckRun = {
    id: world.nextId(),
    app,
    suite: suiteOf(world, repository, app, headSha),
    headSha,
    name: input.name,
    externalId: input.externalId ?? "",
    detailsUrl: input.detailsUrl ?? null,
    status: completed ? "completed" : (input.status ?? "queued"),
    conclusion: input.conclusion ?? null,
    startedMs: input.startedMs ?? world.now(),
    completedMs: completed ? (input.completedMs ?? world.now()) : null,
    output: null,
    annotations: [],
    actions: input.actions ?? [],
  };
  applyOutput(run, input.output);
  repository.checkRuns.push(run);
  run.suite.requeued = false;
  dropOldest(repository, run);
  const actor = { account: app.bot, app };
  world.emit({ name: "check_run", action: "created", repository, run, actor, identifier: null });
  if (completed) world.emit({ name: "check_run", action: "completed", repository, run, actor, identifier: null });
  return run;
}

/**
 * Changes a run of the app's own. Annotations are appended. A completed run stays completed: on GitHub moving it back
 * is accepted at times and has no reliable effect, so the fake refuses what nobody may build on.
 * @throws Refused 403 for another app's run, 422 for a limit passed or a completed run moved back.
 */
export function updateCheckRun(
  world: World,
  repository: Repository,
  app: App,
  run: CheckRun,
  input: CheckRunInput,
): CheckRun {
  if (run.app !== app)
    throw new Refused(
      403,
      "Invalid app_id `" + String(app.id) + "` - check run can only be modified by the GitHub App that created it.",
    );
  refuseLimits(input);
  const wasCompleted = run.status === "completed";
  if (input.status === "completed" && input.conclusion === undefined && run.conclusion === null)
    throw missingConclusion();
  if (wasCompleted && input.conclusion === undefined && input.status !== undefined && input.status !== "completed")
    throw unprocessable("CheckRun", "status", "A completed check run cannot be moved back; create a new one.");
  run.name = input.name ?? run.name;
  run.externalId = input.externalId ?? run.externalId;
  run.detailsUrl = input.detailsUrl ?? run.detailsUrl;
  run.startedMs = input.startedMs ?? run.startedMs;
  run.actions = input.actions ?? run.actions;
  if (input.conclusion !== undefined) {
    run.status = "completed";
    run.conclusion = input.conclusion;
    run.completedMs = input.completedMs ?? world.now();
    run.suite.requeued = false;
  } else run.status = input.status ?? run.status;
  applyOutput(run, input.output);
  if (!wasCompleted && run.status === "completed")
    world.emit({
      name: "check_run",
      action: "completed",
      repository,
      run,
      actor: { account: app.bot, app },
      identifier: null,
    });
  return run;
}

export function checkRunOf(repository: Repository, id: number): CheckRun {
  const run = repository.checkRuns.find((each) => each.id === id);
  if (run === undefined) throw notFound();
  return run;
}

/**
 * Somebody clicks "Re-run"; only the run's own app hears of it. GitHub does not document who may click, so everyone
 * who can see the repository may: an app that acts on a click has to look at the sender itself.
 * @throws Refused 404 for whoever cannot see the repository
 */
export function rerequestRun(world: World, repository: Repository, run: CheckRun, actor: Actor): void {
  refuseStrangers(world, repository, actor);
  run.suite.requeued = true;
  world.emit({ name: "check_run", action: "rerequested", repository, run, actor, identifier: null });
}

/** "Re-run all", open to the same people as "Re-run". @throws Refused 404 when the app has no suite on the commit. */
export function rerequestSuite(world: World, repository: Repository, app: App, sha: string, actor: Actor): void {
  const suite = repository.checkSuites.find((each) => each.app === app && each.headSha === sha);
  if (suite === undefined) throw notFound();
  refuseStrangers(world, repository, actor);
  suite.requeued = true;
  world.emit({ name: "check_suite", action: "rerequested", repository, suite, actor });
}

/**
 * Somebody clicks one of the run's buttons, open to the same people as "Re-run". GitHub shows buttons on completed runs.
 * @throws Refused 404 when the run has no such button or is not completed.
 */
export function requestAction(
  world: World,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  actor: Actor,
): void {
  if (run.status !== "completed" || !run.actions.some((each) => each.identifier === identifier)) throw notFound();
  refuseStrangers(world, repository, actor);
  world.emit({ name: "check_run", action: "requested_action", repository, run, actor, identifier });
}

function refuseStrangers(world: World, repository: Repository, actor: Actor): void {
  if (actor.app === null && roleOn(world, repository, actor.account) === null) throw notFound();
}

/**
 * What GitHub's retention does to a commit's runs of one app: they are in no list any more and no required check finds
 * them. GitHub keeps archived runs for ten more days without a way to read them over the API, so they are forgotten here.
 */
export function archiveCheckRuns(repository: Repository, app: App, sha: string): void {
  const kept = repository.checkRuns.filter((run) => run.app !== app || run.headSha !== sha);
  repository.checkRuns.splice(0, repository.checkRuns.length, ...kept);
}

export function createStatus(
  world: World,
  repository: Repository,
  sha: string,
  input: Pick<CommitStatus, "context" | "state" | "description" | "targetUrl">,
  actor: Actor,
): CommitStatus {
  if (repository.objects.commit(sha) === undefined) throw noCommit(sha);
  const status: CommitStatus = {
    id: world.nextId(),
    sha,
    ...input,
    creator: actor.account,
    app: actor.app,
    createdMs: world.now(),
  };
  repository.statuses.push(status);
  world.emit({ name: "status", repository, status, actor });
  return status;
}

/** Opens a suite for every app that may write checks when a branch is pushed, unless the commit's trailer forbids it. */
export function openSuitesOnPush(world: World): void {
  world.onEvent((event) => {
    if (event.name !== "push" || event.after === NO_SHA || !event.ref.startsWith("refs/heads/")) return;
    const { repository, after, actor } = event;
    if (/^skip-checks:\s*true\s*$/im.test(repository.objects.commit(after)?.message ?? "")) return;
    for (const installation of world.installations.values())
      if (
        grants(installation.permissions, "checks", "write") &&
        coveredRepositories(world, installation).includes(repository)
      ) {
        const suite = suiteOf(world, repository, installation.app, after, event.ref.slice("refs/heads/".length));
        world.emit({ name: "check_suite", action: "requested", repository, suite, actor });
      }
  });
}

function suiteOf(
  world: World,
  repository: Repository,
  app: App,
  headSha: string,
  branch: string | null = null,
): CheckSuite {
  const existing = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === headSha);
  if (existing !== undefined) return existing;
  // A commit pushed to a fork has no branch here; GitHub then leaves the suite's branch empty.
  const headBranch =
    branch ??
    [...repository.refs]
      .find(([ref, sha]) => sha === headSha && ref.startsWith("refs/heads/"))?.[0]
      .slice("refs/heads/".length) ??
    null;
  const suite: CheckSuite = { id: world.nextId(), app, headSha, headBranch, createdMs: world.now(), requeued: false };
  repository.checkSuites.push(suite);
  return suite;
}

function refuseLimits(input: CheckRunInput): void {
  if (input.output !== undefined) refuseOversizedOutput(input.output);
  if (input.actions !== undefined) refuseOversizedActions(input.actions);
}

function applyOutput(run: CheckRun, output: OutputInput | undefined): void {
  if (output === undefined) return;
  run.output = { title: output.title ?? "", summary: output.summary ?? "", text: output.text ?? null };
  run.annotations.push(...(output.annotations ?? []));
}

function dropOldest(repository: Repository, run: CheckRun): void {
  const alike = repository.checkRuns.filter((each) => each.suite === run.suite && each.name === run.name);
  const [oldest] = alike;
  if (alike.length > RUNS_PER_NAME && oldest !== undefined)
    repository.checkRuns.splice(repository.checkRuns.indexOf(oldest), 1);
}

function missingConclusion(): Refused {
  return new Refused(422, 'Invalid request.\n\nMissing required keys "conclusion".');
}
