import { iso, nodeId } from "../shapes/schema.ts";
import type { Deployment, DeploymentStatus, Repository } from "../state/model.ts";
import { connection, type PageArguments } from "./connection.ts";
import { accountNode } from "./nodes.ts";

export interface DeploymentArguments extends PageArguments {
  readonly environments?: readonly string[] | null;
  readonly orderBy?: { readonly direction: "ASC" | "DESC" } | null;
}

/** The deployments of a repository that are listed by now, oldest first unless they are asked for the other way round. */
export function deploymentConnection(repository: Repository, args: DeploymentArguments, nowMs: number): object {
  const wanted = repository.deployments.filter(
    ({ environment, listedMs }) => listedMs <= nowMs && (args.environments?.includes(environment) ?? true),
  );
  const ordered = args.orderBy?.direction === "DESC" ? wanted.toReversed() : wanted;
  return connection(ordered, args, deploymentNode);
}

function deploymentNode(deployment: Deployment): object {
  return {
    __typename: "Deployment",
    id: nodeId("DE", deployment.id),
    databaseId: deployment.id,
    commitOid: deployment.sha,
    createdAt: iso(deployment.createdMs),
    updatedAt: iso(deployment.updatedMs),
    creator: accountNode(deployment.creator),
    description: deployment.description,
    environment: deployment.environment,
    latestEnvironment: deployment.environment,
    originalEnvironment: deployment.originalEnvironment,
    task: deployment.task,
    statuses: (args: PageArguments) => connection(deployment.statuses.toReversed(), args, statusNode),
  };
}

function statusNode(status: DeploymentStatus): object {
  return {
    __typename: "DeploymentStatus",
    id: nodeId("DES", status.id),
    createdAt: iso(status.createdMs),
    updatedAt: iso(status.createdMs),
    creator: accountNode(status.creator),
    description: status.description,
    environment: status.environment,
    state: status.state.toUpperCase(),
  };
}
