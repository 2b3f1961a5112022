import { z } from "zod";
import { change, countedList, created, list, numberParam, ok, parse, read, type Route } from "../http/call.ts";
import {
  deploymentShape,
  deploymentStatusShape,
  fileOf,
  jobShape,
  statusOf,
  workflowRunShape,
} from "../shapes/deployments.ts";
import { addDeploymentStatus, createDeployment, deploymentOf, jobOf, workflowRunOf } from "../state/deployments.ts";
import { notFound } from "../state/refused.ts";

const DEPLOYMENTS = "deployments";
const newDeployment = z.object({
  ref: z.string(),
  task: z.string().optional(),
  environment: z.string().default("production"),
  description: z.string().nullable().optional(),
  payload: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  transient_environment: z.boolean().optional(),
  production_environment: z.boolean().optional(),
});
const newStatus = z.object({
  state: z.enum(["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]),
  description: z.string().optional(),
  environment: z.string().optional(),
  log_url: z.string().optional(),
  target_url: z.string().optional(),
  environment_url: z.string().optional(),
  auto_inactive: z.boolean().optional(),
});

/** Deployments with their statuses, and the runs of Actions that made them. */
export const deploymentRoutes: readonly Route[] = [
  read("/deployments", DEPLOYMENTS, (call) => {
    const wanted = (["sha", "ref", "task", "environment"] as const).flatMap((field) => {
      const value = call.query.get(field);
      return value === null || value === "none" ? [] : [{ field, value }];
    });
    const matching = call.repository.deployments.filter(
      (each) => each.listedMs <= call.world.now() && wanted.every(({ field, value }) => each[field] === value),
    );
    return list(matching.reverse(), (each) => deploymentShape(call.repository, each));
  }),
  change("POST", "/deployments", [DEPLOYMENTS], "write", (call) => {
    const body = parse(newDeployment, call.body);
    const input = { ...body, transient: body.transient_environment, production: body.production_environment };
    return created(deploymentShape(call.repository, createDeployment(call.world, call.repository, input, call.actor)));
  }),
  read("/deployments/{deployment_id}", DEPLOYMENTS, (call) =>
    ok(deploymentShape(call.repository, deploymentOf(call.repository, numberParam(call, "deployment_id")))),
  ),
  read("/deployments/{deployment_id}/statuses", DEPLOYMENTS, (call) => {
    const deployment = deploymentOf(call.repository, numberParam(call, "deployment_id"));
    return list(deployment.statuses.toReversed(), (each) => deploymentStatusShape(call.repository, deployment, each));
  }),
  read("/deployments/{deployment_id}/statuses/{status_id}", DEPLOYMENTS, (call) => {
    const deployment = deploymentOf(call.repository, numberParam(call, "deployment_id"));
    const status = deployment.statuses.find(({ id }) => id === numberParam(call, "status_id"));
    if (status === undefined) throw notFound();
    return ok(deploymentStatusShape(call.repository, deployment, status));
  }),
  change("POST", "/deployments/{deployment_id}/statuses", [DEPLOYMENTS], "write", (call) => {
    const deployment = deploymentOf(call.repository, numberParam(call, "deployment_id"));
    const body = parse(newStatus, call.body);
    const input = {
      state: body.state,
      description: body.description,
      environment: body.environment,
      logUrl: body.log_url ?? body.target_url,
      environmentUrl: body.environment_url,
      autoInactive: body.auto_inactive,
    };
    const status = addDeploymentStatus(call.world, call.repository, deployment, input, call.actor);
    return created(deploymentStatusShape(call.repository, deployment, status));
  }),
  read("/actions/runs", "actions", (call) => {
    const [sha, event, suite, status] = ["head_sha", "event", "check_suite_id", "status"].map((name) =>
      call.query.get(name),
    );
    const runs = call.repository.workflowRuns.filter(
      (run) =>
        (sha ?? run.headSha) === run.headSha &&
        (event ?? run.event) === run.event &&
        (status ?? statusOf(call.repository, run)) === statusOf(call.repository, run) &&
        (suite ?? String(run.job.suite.id)) === String(run.job.suite.id) &&
        isWithin(run.createdMs, call.query.get("created")),
    );
    return countedList(runs.toReversed(), (run) => workflowRunShape(call.repository, run), "workflow_runs");
  }),
  read("/actions/jobs/{job_id}", "actions", (call) =>
    ok(jobShape(call.repository, jobOf(call.repository, numberParam(call, "job_id")))),
  ),
  read("/actions/workflows/{workflow_id}/runs", "actions", (call) => {
    const named = call.param("workflow_id");
    const [branch, event] = ["branch", "event"].map((name) => call.query.get(name));
    const runs = call.repository.workflowRuns.filter(
      (run) =>
        fileOf(run).endsWith(`/${named}`) &&
        (branch ?? run.headBranch) === run.headBranch &&
        (event ?? run.event) === run.event &&
        isWithin(run.createdMs, call.query.get("created")),
    );
    return countedList(runs.toReversed(), (run) => workflowRunShape(call.repository, run), "workflow_runs");
  }),
  read("/actions/runs/{run_id}", "actions", (call) =>
    ok(workflowRunShape(call.repository, workflowRunOf(call.repository, numberParam(call, "run_id")))),
  ),
];

/** GitHub's syntax of a range of moments, `FROM..TO`; the one form that is understood here. */
function isWithin(atMs: number, range: string | null): boolean {
  if (range === null) return true;
  const [from = "", to = ""] = range.split("..");
  return Date.parse(from) <= atMs && atMs <= Date.parse(to);
}
