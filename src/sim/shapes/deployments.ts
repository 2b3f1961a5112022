import type { Deployment, DeploymentStatus, Repository, WorkflowRun } from "../state/model.ts";
import { waitingOf } from "../state/gates.ts";
import { fullName } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { integration } from "./apps.ts";
import { simpleCommit } from "./git.ts";
import { minimalRepository } from "./repositories.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

export function deploymentShape(repository: Repository, deployment: Deployment): Schema<"deployment"> {
  const api = `${API}/repos/${fullName(repository)}`;
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: nodeId("DE", deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.originalEnvironment,
    environment: deployment.environment,
    description: deployment.description,
    creator: simpleUser(deployment.creator),
    created_at: iso(deployment.createdMs),
    updated_at: iso(deployment.updatedMs),
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.app === null ? null : integration(deployment.app),
  };
}

export function deploymentStatusShape(
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Schema<"deployment-status"> {
  const api = `${API}/repos/${fullName(repository)}`;
  const url = `${api}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId("DES", status.id),
    state: status.state,
    creator: simpleUser(status.creator),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: iso(status.createdMs),
    updated_at: iso(status.createdMs),
    deployment_url: url,
    repository_url: api,
    performed_via_github_app: status.app === null ? null : integration(status.app),
  };
}

/** The file of a workflow, without the ref that some runs carry. */
export function fileOf({ path }: WorkflowRun): string {
  return path.split("@", 1)[0] ?? path;
}

/** The workflow behind a run, as webhooks carry it beside the run. */
export function workflowShape(repository: Repository, run: WorkflowRun): object {
  const path = fileOf(run);
  const id = workflowId(repository, path);
  return {
    id,
    node_id: nodeId("W", id),
    name: path,
    path,
    state: "active",
    url: `${API}/repos/${fullName(repository)}/actions/workflows/${id}`,
  };
}

/** A number that all runs of one file share. */
function workflowId(repository: Repository, path: string): number {
  return repository.workflowRuns.find((each) => fileOf(each) === path)?.id ?? 0;
}

/** In GitHub's words; a run waits while a job of it does. */
export function statusOf(repository: Repository, run: WorkflowRun): "waiting" | "in_progress" | "completed" {
  if (run.conclusion !== null) return "completed";
  return waitingOf(repository, run).length > 0 ? "waiting" : "in_progress";
}

export function workflowRunShape(repository: Repository, run: WorkflowRun): Schema<"workflow-run"> {
  const api = `${API}/repos/${fullName(repository)}/actions`;
  const url = `${api}/runs/${run.id}`;
  const workflow = workflowId(repository, fileOf(run));
  return {
    id: run.id,
    node_id: nodeId("WFR", run.id),
    name: fileOf(run),
    display_title: fileOf(run),
    check_suite_id: run.job.suite.id,
    check_suite_node_id: nodeId("CS", run.job.suite.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: repository.workflowRuns.indexOf(run) + 1,
    run_attempt: 1,
    event: run.event,
    status: statusOf(repository, run),
    conclusion: run.conclusion,
    workflow_id: workflow,
    url,
    html_url: `${WEB}/${fullName(repository)}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: iso(run.createdMs),
    updated_at: iso(run.updatedMs),
    run_started_at: iso(run.createdMs),
    actor: simpleUser(run.actor),
    triggering_actor: simpleUser(run.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${API}/repos/${fullName(repository)}/check-suites/${run.job.suite.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${api}/workflows/${workflow}`,
    head_commit: simpleCommit(repository, run.headSha),
    repository: minimalRepository(repository),
    head_repository: minimalRepository(run.headRepository),
  };
}

/** The only job of a run. */
export function jobShape(repository: Repository, run: WorkflowRun): Schema<"job"> {
  const api = `${API}/repos/${fullName(repository)}`;
  const { job } = run;
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${api}/actions/runs/${run.id}`,
    node_id: nodeId("CR", job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    url: `${api}/actions/jobs/${job.id}`,
    html_url: `${WEB}/${fullName(repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status === "completed" ? "completed" : "in_progress",
    conclusion: job.conclusion,
    created_at: iso(job.startedMs),
    started_at: iso(job.startedMs),
    completed_at: job.completedMs === null ? null : iso(job.completedMs),
    name: job.name,
    check_run_url: `${api}/check-runs/${job.id}`,
    labels: [],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: fileOf(run),
  };
}

/** A deployment as a check run carries it. */
export function simpleDeployment(repository: Repository, deployment: Deployment): Schema<"deployment-simple"> {
  const { ref: _, sha: __, payload: ___, creator: ____, ...rest } = deploymentShape(repository, deployment);
  return { ...rest, id: deployment.id };
}
