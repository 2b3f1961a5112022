import type { Environment, Repository, WaitingDeployment } from "../state/model.ts";
import { fullName } from "../state/world.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

/** GitHub's description lacks the last member, which GitHub gives. */
export function environmentShape(
  repository: Repository,
  environment: Environment,
): Schema<"environment"> & { readonly can_admins_bypass: boolean } {
  const { id, name, createdMs, adminsMayBypass } = environment;
  return {
    id,
    node_id: nodeId("EN", id),
    name,
    url: environmentUrl(repository, environment),
    html_url: `${WEB}/${fullName(repository)}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: iso(createdMs),
    updated_at: iso(createdMs),
    protection_rules: [],
    deployment_branch_policy: null,
    can_admins_bypass: adminsMayBypass,
  };
}

/** The rules of apps that are enabled there. */
export function protectionRuleListShape({ rules }: Environment): {
  readonly total_count: number;
  readonly custom_deployment_protection_rules: readonly Schema<"deployment-protection-rule">[];
} {
  return {
    total_count: rules.length,
    custom_deployment_protection_rules: rules.map(({ id, app }) => ({
      id,
      node_id: nodeId("DPR", id),
      enabled: true,
      app: {
        id: app.id,
        slug: app.slug,
        integration_url: `${API}/apps/${app.slug}`,
        node_id: nodeId("A", app.id),
      },
    })),
  };
}

/** One environment that a run waits for. */
export function pendingShape(
  repository: Repository,
  { environment, requestedMs }: WaitingDeployment,
): Schema<"pending-deployment"> {
  return {
    environment: {
      id: environment.id,
      node_id: nodeId("EN", environment.id),
      name: environment.name,
      url: environmentUrl(repository, environment),
      html_url: `${WEB}/${fullName(repository)}/deployments`,
    },
    wait_timer: 0,
    wait_timer_started_at: iso(requestedMs),
    current_user_can_approve: false,
    reviewers: [],
  };
}

function environmentUrl(repository: Repository, { name }: Environment): string {
  return `${API}/repos/${fullName(repository)}/environments/${encodeURIComponent(name)}`;
}
