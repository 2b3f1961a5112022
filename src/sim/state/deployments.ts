import { createCheckRun, updateCheckRun } from "./checks.ts";
import type {
  Account,
  Actor,
  App,
  CheckConclusion,
  Deployment,
  DeploymentState,
  DeploymentStatus,
  Repository,
  WorkflowRun,
} from "./model.ts";
import { notFound, unprocessable } from "./refused.ts";
import { noCommit, resolveCommit } from "./repositories.ts";
import type { World } from "./world.ts";

/** GitHub's limit on the description of a status. */
const DESCRIPTION_LIMIT = 140;

export interface NewWorkflowRun {
  readonly path: string;
  readonly event: string;
  readonly branch: string | null;
  readonly sha: string;
  /** The fork that its commit came from; without it the repository itself. */
  readonly headRepository?: Repository | undefined;
  readonly actor: Account;
  /** Who started this attempt, where it is not who started the first. */
  readonly triggeringActor?: Account | undefined;
  /** The name of the job's check run. */
  readonly job: string;
}

/** A workflow starts. @param app the app of Actions, whose check run the job is */
export function startWorkflow(world: World, repository: Repository, app: App, input: NewWorkflowRun): WorkflowRun {
  const job = createCheckRun(world, repository, app, input.sha, { name: input.job, status: "in_progress" });
  const run: WorkflowRun = {
    id: world.nextId(),
    path: input.path,
    event: input.event,
    headBranch: input.branch,
    headSha: input.sha,
    headRepository: input.headRepository ?? repository,
    actor: input.actor,
    triggeringActor: input.triggeringActor ?? input.actor,
    job,
    conclusion: null,
    createdMs: world.now(),
    updatedMs: world.now(),
  };
  repository.workflowRuns.push(run);
  const actor = { account: run.triggeringActor, app: null };
  world.emit({ name: "workflow_run", action: "requested", repository, run, actor });
  return run;
}

export function finishWorkflow(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  conclusion: CheckConclusion,
): void {
  run.conclusion = conclusion;
  run.updatedMs = world.now();
  updateCheckRun(world, repository, run.job.app, run.job, { conclusion });
  const actor = { account: run.triggeringActor, app: null };
  world.emit({ name: "workflow_run", action: "completed", repository, run, actor });
}

export interface NewDeployment {
  readonly ref: string;
  readonly environment: string;
  readonly task?: string | undefined;
  readonly description?: string | null | undefined;
  readonly payload?: string | Readonly<Record<string, unknown>> | undefined;
  readonly transient?: boolean | undefined;
  /** The environment's name decides where it is left out. */
  readonly production?: boolean | undefined;
  readonly workflowRun?: WorkflowRun | undefined;
  /** How much later than its webhooks lists have it: GitHub's answers lag behind what it tells. */
  readonly listedAfterMs?: number | undefined;
}

/**
 * Creates a deployment. Neither `auto_merge` nor `required_contexts` is carried out: whoever may write deployments can
 * make one of any commit, which is what their reader has to reckon with.
 * @throws Refused 422 for a ref that is no commit
 */
export function createDeployment(world: World, repository: Repository, input: NewDeployment, actor: Actor): Deployment {
  const sha = resolveCommit(repository, input.ref);
  if (sha === undefined) throw noCommit(input.ref);
  const deployment: Deployment = {
    id: world.nextId(),
    sha,
    ref: input.ref,
    task: input.task ?? "deploy",
    environment: input.environment,
    originalEnvironment: input.environment,
    description: input.description ?? null,
    payload: input.payload ?? {},
    transient: input.transient ?? false,
    production: input.production ?? input.environment === "production",
    creator: actor.account,
    app: actor.app,
    workflowRun: input.workflowRun ?? null,
    createdMs: world.now(),
    listedMs: world.now() + (input.listedAfterMs ?? 0),
    updatedMs: world.now(),
    statuses: [],
  };
  repository.deployments.push(deployment);
  world.emit({ name: "deployment", action: "created", repository, deployment, actor });
  return deployment;
}

export interface NewDeploymentStatus {
  readonly state: DeploymentState;
  readonly description?: string | undefined;
  /** Moves the deployment to another environment. */
  readonly environment?: string | undefined;
  readonly logUrl?: string | undefined;
  readonly environmentUrl?: string | undefined;
  /** A success ends earlier deployments of the environment, unless this is false. */
  readonly autoInactive?: boolean | undefined;
  readonly workflowRun?: WorkflowRun | undefined;
}

/** @throws Refused 422 for a description of more than 140 characters */
export function addDeploymentStatus(
  world: World,
  repository: Repository,
  deployment: Deployment,
  input: NewDeploymentStatus,
  actor: Actor,
): DeploymentStatus {
  if ((input.description ?? "").length > DESCRIPTION_LIMIT)
    throw unprocessable("DeploymentStatus", "description", `description is too long (maximum is ${DESCRIPTION_LIMIT})`);
  deployment.environment = input.environment ?? deployment.environment;
  const status = pushStatus(world, deployment, input, actor);
  // GitHub sends no webhook for a deployment that becomes inactive.
  if (input.state !== "inactive")
    world.emit({ name: "deployment_status", action: "created", repository, deployment, status, actor });
  if (input.state === "success" && input.autoInactive !== false)
    for (const earlier of repository.deployments)
      if (isReplaced(earlier, deployment)) pushStatus(world, earlier, { state: "inactive" }, actor);
  return status;
}

/** GitHub ends what is neither transient nor production, of the same environment, and not ended yet. */
function isReplaced(earlier: Deployment, by: Deployment): boolean {
  return (
    earlier.id < by.id &&
    earlier.environment === by.environment &&
    !earlier.transient &&
    !earlier.production &&
    earlier.statuses.at(-1)?.state !== "inactive"
  );
}

function pushStatus(world: World, deployment: Deployment, input: NewDeploymentStatus, actor: Actor): DeploymentStatus {
  const status: DeploymentStatus = {
    id: world.nextId(),
    state: input.state,
    description: input.description ?? "",
    environment: deployment.environment,
    logUrl: input.logUrl ?? "",
    environmentUrl: input.environmentUrl ?? "",
    creator: actor.account,
    app: actor.app,
    workflowRun: input.workflowRun ?? null,
    createdMs: world.now(),
  };
  deployment.statuses.push(status);
  deployment.updatedMs = world.now();
  return status;
}

/** @throws Refused 404 */
export function deploymentOf(repository: Repository, id: number): Deployment {
  const deployment = repository.deployments.find((each) => each.id === id);
  if (deployment === undefined) throw notFound();
  return deployment;
}

/** @throws Refused 404 */
export function workflowRunOf(repository: Repository, id: number): WorkflowRun {
  const run = repository.workflowRuns.find((each) => each.id === id);
  if (run === undefined) throw notFound();
  return run;
}

/** The run whose only job has this id, which is that of its check run. @throws Refused 404 */
export function jobOf(repository: Repository, id: number): WorkflowRun {
  const run = repository.workflowRuns.find(({ job }) => job.id === id);
  if (run === undefined) throw notFound();
  return run;
}
