import {
  createDeployment,
  addDeploymentStatus,
  finishWorkflow,
  type NewWorkflowRun,
  startWorkflow,
} from "./deployments.ts";
import type { Account, Actor, App, Environment, Repository, WaitingDeployment, WorkflowRun } from "./model.ts";
import { notFound, Refused } from "./refused.ts";
import type { World } from "./world.ts";

/** https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run */
const COMMENT_LIMIT = 1_024;
const REPORTS_LIMIT = 10;
/** A job that waits for its environment fails after this. */
const WAIT_LIMIT_MS = 30 * 86_400_000;

export interface NewEnvironment {
  readonly name: string;
  /** The apps whose rule is enabled. */
  readonly rules: readonly App[];
  /** Whether administrators may start a deployment past the rules; GitHub lets them unless it is switched off. */
  readonly adminsMayBypass?: boolean | undefined;
}

/** Creates an environment, or gives it other rules. Its name is the same in every case. */
export function setEnvironment(world: World, repository: Repository, input: NewEnvironment): Environment {
  const key = input.name.toLowerCase();
  const known = repository.environments.get(key);
  const environment: Environment = {
    id: known?.id ?? world.nextId(),
    name: known?.name ?? input.name,
    rules: input.rules.map((app) => ({ id: world.nextId(), app })),
    adminsMayBypass: input.adminsMayBypass ?? true,
    createdMs: known?.createdMs ?? world.now(),
  };
  repository.environments.set(key, environment);
  return environment;
}

export interface NewWaiting {
  readonly environment: string;
  readonly run: NewWorkflowRun;
  /** How the job ends once it may begin. */
  readonly ends: "success" | "failure";
  /** What the webhook names as the address to answer at, in the place of GitHub's own. */
  readonly callbackUrl?: string | undefined;
}

/** A workflow runs, and its job waits for the rules of its environment. Without rules it does not wait. */
export function startDeployment(
  world: World,
  repository: Repository,
  actions: App,
  input: NewWaiting,
): WaitingDeployment {
  const environment =
    repository.environments.get(input.environment.toLowerCase()) ??
    setEnvironment(world, repository, { name: input.environment, rules: [] });
  const run = startWorkflow(world, repository, actions, input.run);
  const waiting: WaitingDeployment = {
    run,
    environment,
    asked: environment.rules.map(({ app }) => app),
    approvedBy: new Set(),
    comments: [],
    reports: 0,
    state: "waiting",
    ends: input.ends,
    requestedMs: world.now(),
  };
  repository.waiting.push(waiting);
  const actor: Actor = { account: run.triggeringActor, app: null };
  for (const app of waiting.asked) {
    const callbackUrl = input.callbackUrl ?? null;
    world.emit({
      name: "deployment_protection_rule",
      action: "requested",
      repository,
      waiting,
      app,
      callbackUrl,
      actor,
    });
  }
  if (waiting.asked.length === 0) begin(world, repository, waiting, "approved");
  return waiting;
}

/** An app's word on a deployment that waits for it. @throws Refused 404, 422 */
export function reviewGate(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  input: {
    readonly app: App;
    readonly environment: string;
    readonly state: "approved" | "rejected" | null;
    readonly comment: string;
  },
): void {
  const { app, comment, state } = input;
  const waiting = waitingOf(repository, run).find(({ environment }) => isCalled(environment, input.environment));
  if (waiting === undefined) throw notFound();
  if (!waiting.asked.includes(app) || waiting.approvedBy.has(app.id)) {
    throw new Refused(422, "There is no pending custom deployment protection rule of this app.");
  }
  if (comment.length > COMMENT_LIMIT) throw new Refused(422, `comment is too long (maximum is ${COMMENT_LIMIT})`);
  if (state === null) {
    if (waiting.reports >= REPORTS_LIMIT)
      throw new Refused(422, `No more than ${REPORTS_LIMIT} status reports are taken.`);
    waiting.reports += 1;
  }
  waiting.comments.push(comment);
  if (state === "rejected") fail(world, repository, waiting, "rejected");
  if (state !== "approved") return;
  waiting.approvedBy.add(app.id);
  if (waiting.asked.every(({ id }) => waiting.approvedBy.has(id))) begin(world, repository, waiting, "approved");
}

/** "Start all waiting jobs", for administrators. @throws Refused 403 */
export function bypassGate(world: World, repository: Repository, waiting: WaitingDeployment, by: Account): void {
  if (repository.collaborators.get(by.id) !== "admin" || !waiting.environment.adminsMayBypass) {
    throw new Refused(403, "Protection rules can be bypassed by administrators only, where the environment allows it.");
  }
  if (waiting.state !== "waiting") throw notFound();
  begin(world, repository, waiting, "bypassed");
}

/** Ends what has waited for too long. */
export function tickGates(world: World): void {
  for (const repository of world.repositories.values())
    for (const waiting of repository.waiting)
      if (waiting.state === "waiting" && world.now() >= waiting.requestedMs + WAIT_LIMIT_MS)
        fail(world, repository, waiting, "expired");
}

/** What of a run waits. */
export function waitingOf(repository: Repository, run: WorkflowRun): readonly WaitingDeployment[] {
  return repository.waiting.filter((each) => each.run === run && each.state === "waiting");
}

export function isCalled({ name }: Environment, wanted: string): boolean {
  return name.toLowerCase() === wanted.toLowerCase();
}

function begin(world: World, repository: Repository, waiting: WaitingDeployment, state: "approved" | "bypassed"): void {
  const { run, environment, ends } = waiting;
  waiting.state = state;
  const actor: Actor = { account: run.job.app.bot, app: run.job.app };
  const input = { ref: run.headSha, environment: environment.name, workflowRun: run };
  const deployment = createDeployment(world, repository, input, actor);
  finishWorkflow(world, repository, run, ends);
  addDeploymentStatus(world, repository, deployment, { state: ends, workflowRun: run }, actor);
}

function fail(world: World, repository: Repository, waiting: WaitingDeployment, state: "rejected" | "expired"): void {
  waiting.state = state;
  finishWorkflow(world, repository, waiting.run, "failure");
}
