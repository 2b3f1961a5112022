import type { Value } from "../views/value.ts";
import type { Access, Grant } from "./grant.ts";
import type { Job, Workflow } from "./model.ts";

const high = [
  "actions",
  "attestations",
  "contents",
  "deployments",
  "id-token",
  "issues",
  "packages",
  "pages",
  "pull-requests",
] as const;
const others = [
  "artifact-metadata",
  "checks",
  "discussions",
  "models",
  "repository-projects",
  "security-events",
  "statuses",
] as const;

export const scopes: readonly string[] = [...high, ...others];

/** Writing here changes code, releases, deployments or who may: of a scope that is not known the same is assumed. */
export function isGrave(scope: string): boolean {
  return !others.some((one) => one === scope) || scope === "checks" || scope === "statuses";
}

export function grantOf(value: Value): Grant {
  if (typeof value.scalar === "string") {
    if (value.scalar === "read-all") return { kind: "all", access: "read" };
    if (value.scalar === "write-all") return { kind: "all", access: "write" };
    return { kind: "all", access: "unknown" };
  }
  // An empty `permissions:` is no block at all.
  if (value.scalar === null) return { kind: "default" };
  if (value.scalar !== undefined || value.items().length > 0) return { kind: "all", access: "unknown" };
  return {
    kind: "scopes",
    scopes: new Map(value.entries().map(({ key, value: own }) => [key, { access: accessOf(own), value: own }])),
  };
}

function accessOf({ scalar }: Value): Access {
  return scalar === "none" || scalar === "read" || scalar === "write" ? scalar : "unknown";
}

/** What the grant allows of a scope. The default is `write`, which is the most that it may be. */
export function accessIn(grant: Grant, scope: string): Access {
  switch (grant.kind) {
    case "default":
      return scope === "id-token" ? "none" : "write";
    case "all":
      return grant.access === "read" && scope === "id-token" ? "none" : grant.access;
    case "scopes":
      return grant.scopes.get(scope)?.access ?? "none";
  }
}

const ranks: Readonly<Record<Exclude<Access, "unknown">, number>> = { none: 0, read: 1, write: 2 };

/** Whether the second allows what the first does not; null where either is unknown and might. */
export function widens(before: Access, after: Access): boolean | null {
  if (after === "none" || before === "write" || before === after) return false;
  return before === "unknown" || after === "unknown" ? null : ranks[after] > ranks[before];
}

/** Scopes that either of two grants names, and all that are known. */
export function scopesOf(...grants: readonly Grant[]): readonly string[] {
  const named = grants.flatMap((grant) => (grant.kind === "scopes" ? [...grant.scopes.keys()] : []));
  return [...new Set([...scopes, ...named])];
}

/**
 * What the token of a job may do at most with a scope. In a workflow that is only called it is bounded by the jobs of this repository
 * that call it; callers elsewhere bring a token of their own.
 * Source: docs.github.com "Reusing workflow configurations", "Access and permissions".
 */
export function effectiveAccess(workflow: Workflow, job: Job, scope: string): Access {
  const own = accessIn(job.permissions, scope);
  const isOnlyCalled =
    workflow.triggers.length > 0 && workflow.triggers.every(({ event }) => event === "workflow_call");
  if (!isOnlyCalled || workflow.callers.length === 0) return own;
  const bounds = workflow.callers.map((caller) => accessIn(caller.job.permissions, scope));
  return lesser(own, bounds.reduce(greater));
}

/** The most that either allows. */
function greater(a: Access, b: Access): Access {
  if (a === "unknown" || b === "unknown") return a === "write" || b === "write" ? "write" : "unknown";
  return ranks[a] >= ranks[b] ? a : b;
}

/** What both allow. */
function lesser(a: Access, b: Access): Access {
  if (a === "unknown" || b === "unknown") return a === "none" || b === "none" ? "none" : "unknown";
  return ranks[a] <= ranks[b] ? a : b;
}
