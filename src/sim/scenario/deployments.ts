import type { Account, App } from "../state/model.ts";
import type { Particulars } from "./acts.ts";
import { actionsSlug, type Stage, Unplayable } from "./stage.ts";

/** Creates a deployment: in the name of a person or an App, or by a workflow that Actions runs on the commit. */
export function deploy(
  { deploy: environment, by, app, workflow, at, run, as, listed, on }: Particulars<"deploy">,
  stage: Stage,
): void {
  const ref = at === undefined ? stage.pull(on).headSha : stage.commit(at);
  const creator = workflow === undefined ? actor(stage, by, app) : stage.otherApp(actionsSlug).state;
  const deployment = stage.repository.deploy(creator, {
    ref,
    environment,
    listedAfterMs: listed,
    workflowRun:
      workflow === undefined || by === undefined ? undefined : runOf(stage, { workflow, by, ref, at, run, on }),
  });
  stage.deployments.set(as ?? environment, { deployment, by: creator });
}

export function setDeploymentStatus(
  { deployment_status: state, by, app, of }: Particulars<"deployment_status">,
  stage: Stage,
): void {
  const created = of === undefined ? [...stage.deployments.values()].at(-1) : stage.deployments.get(of);
  if (created === undefined)
    throw new Unplayable(of === undefined ? "No deployment has been created yet." : `No deployment is called ${of}.`);
  const sender = by === undefined && app === undefined ? created.by : actor(stage, by, app);
  stage.repository.deploymentStatus(created.deployment, sender, { state });
}

function runOf(
  stage: Stage,
  given: {
    readonly workflow: string;
    readonly by: string;
    readonly ref: string;
    readonly at: string | undefined;
    readonly run: Particulars<"deploy">["run"];
    readonly on: string | undefined;
  },
) {
  const { workflow, by, ref, at, run = {}, on } = given;
  return stage.repository.runWorkflow(stage.otherApp(actionsSlug).state, {
    path: workflow,
    event: run.event ?? (at === undefined ? "pull_request" : "push"),
    branch: run.branch ?? at ?? stage.pull(on).state.head.ref,
    sha: ref,
    headRepository: run.fork === undefined ? undefined : stage.whose(run.fork).state,
    ...(run.conclusion === undefined ? {} : { conclusion: run.conclusion }),
    actor: stage.account(by),
  });
}

function actor(stage: Stage, by: string | undefined, app: string | undefined): Account | App {
  if (app !== undefined) return stage.otherApp(app).state;
  if (by === undefined) throw new Unplayable("Nobody acts: give one of `by` and `app`.");
  return stage.account(by);
}
