import type { Environment } from "../policy/schema.ts";
import { actionsId } from "../provenance/catalogue.ts";
import type { Repository } from "../subject.ts";
import type { BranchRecord, DeploymentFacts, EnvironmentRecord } from "./deployments.ts";
import { isBy, whyNot } from "./evidence.ts";

/** A deployment that failed by the word of somebody whom the policy names. */
export interface DeploymentFailure {
  readonly id: number;
  readonly sha: string;
  /** By GitHub's clock. */
  readonly atMs: number;
}

type Known = Extract<EnvironmentRecord, { readonly kind: "known" }>;

/** How a job ends that has failed. One that was cancelled says nothing of the change. */
const failedEnds: ReadonlySet<string> = new Set(["failure", "timed_out", "startup_failure"]);

/**
 * Deployments to an environment that failed, the earliest first, each at its first failure. Whoever may write deployments can call any of
 * them failed, and something is done about these: so only what `deployed_by` names says that one has. A bake asks for less.
 */
export function failuresOf(
  { deployments }: Pick<Known, "deployments">,
  environment: Pick<Environment, "deployments" | "deployedBy">,
  branches: readonly BranchRecord[],
  repository: Repository,
): readonly DeploymentFailure[] {
  const { deployments: names } = environment;
  return deployments
    .filter((one) => one.environment !== null && names.includes(one.environment))
    .flatMap((one): readonly DeploymentFailure[] => {
      const [firstMs] = failedMs(one, environment, branches, repository).toSorted((a, b) => a - b);
      return firstMs === undefined ? [] : [{ id: one.id, sha: one.sha, atMs: firstMs }];
    })
    .toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
}

function failedMs(
  { statuses, carriedBy, sha }: DeploymentFacts,
  { deployedBy }: Pick<Environment, "deployedBy">,
  branches: readonly BranchRecord[],
  repository: Repository,
): readonly number[] {
  const failed = statuses.filter(({ state }) => state === "failure" || state === "error");
  const byApp = deployedBy.flatMap((witness) =>
    witness.kind === "app" ? failed.filter((status) => isBy(witness.slug, status)) : [],
  );
  const ofJob =
    carriedBy !== null &&
    carriedBy.sha === sha &&
    failedEnds.has(carriedBy.conclusion ?? "") &&
    whyNot(carriedBy, deployedBy, branches, repository) === null
      ? failed.filter(({ creator }) => creator?.id === actionsId)
      : [];
  return [...byApp, ...ofJob].map(({ createdAtMs }) => createdAtMs);
}
