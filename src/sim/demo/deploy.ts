import type { Stage } from "./stage.ts";

/** The workflow that `deployed_by` of acme's policy names brings what stands on the default branch to staging, at once and with success. */
export function deployToStaging({ repository, actions, invoker }: Stage): void {
  const sha = repository.tip();
  const workflowRun = repository.runWorkflow(actions.state, {
    path: ".github/workflows/deploy.yml",
    event: "push",
    branch: "main",
    sha,
    actor: invoker,
  });
  const deployment = repository.deploy(actions.state, { ref: sha, environment: "staging", workflowRun });
  repository.deploymentStatus(deployment, actions.state, { state: "success" });
}
