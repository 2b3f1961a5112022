import type { BranchRecord, EnvironmentRecord } from "../deployments/deployments.ts";
import { evidenceOf, type Happening } from "../deployments/evidence.ts";
import { failuresOf } from "../deployments/failures.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Policy, rollbackCauses } from "../policy/schema.ts";
import type { Repository } from "../subject.ts";
import { counts, type Reading, type Signal } from "./signal.ts";

export type CauseKind = (typeof rollbackCauses)[number];

/** Something that went wrong in an environment. */
export interface Cause {
  /** Names it for good: `failure/<deployment id>` or `signal/<id>`. */
  readonly id: string;
  readonly kind: CauseKind;
  readonly environment: string;
  readonly atMs: number;
  /** Of a deployment that failed, or that a signal names. */
  readonly sha: string | null;
  readonly deploymentId: number | null;
  /** What monitoring has read; null: a deployment failed. */
  readonly reading: Reading | null;
  /** In how many repositories it may have come from a change. */
  readonly repositories: number;
}

/** What came to an environment at once: what `toSha` has and `fromSha` has not. Null: nothing is known of what was there before. */
export interface Arrival {
  readonly deploymentId: number;
  readonly atMs: number;
  readonly fromSha: string | null;
  readonly toSha: string;
}

/** What is known of one repository's deployments. */
export interface Deployed {
  readonly environments: readonly EnvironmentRecord[];
  readonly branches: readonly BranchRecord[];
}

/** What counts by the policy since that moment, the earliest first. */
export function causesOf(
  { environments, branches }: Deployed,
  signals: readonly Signal[],
  policy: Pick<Policy, "rollback" | "environments">,
  repository: Repository,
  sinceMs: number,
): readonly Cause[] {
  const { rollback } = policy;
  const failures = environments.flatMap((record): readonly Cause[] => {
    const where = policy.environments[record.environment];
    if (record.kind === "unknown" || where === undefined || !rollback.on.includes("deployment_failure")) return [];
    return failuresOf(record, where, branches, repository).map(({ id, sha, atMs }) => ({
      id: `failure/${id}`,
      kind: "deployment_failure",
      environment: record.environment,
      atMs,
      sha,
      deploymentId: id,
      reading: null,
      repositories: 1,
    }));
  });
  const told = signals
    .filter(({ reading }) => counts(reading, rollback))
    .map(({ id, reading, environment, atMs, sha, deploymentId, repositories }): Cause => {
      return { id: `signal/${id}`, kind: reading.kind, environment, atMs, sha, deploymentId, reading, repositories };
    });
  return [...failures, ...told]
    .filter(({ atMs }) => atMs >= sinceMs)
    .toSorted((a, b) => a.atMs - b.atMs || byCodeUnits(a.id, b.id));
}

/**
 * What came to the environment within the window before a cause, and may have led to it. Only what is proved to have gone live counts,
 * and the deployment that failed, which may have gone half way.
 */
export function arrivalsBefore(
  cause: Cause,
  { environments, branches }: Deployed,
  policy: Pick<Policy, "rollback" | "environments">,
  repository: Repository,
): readonly Arrival[] {
  const record = environments.find(({ environment }) => environment === cause.environment);
  const where = policy.environments[cause.environment];
  if (record?.kind !== "known" || where === undefined) return [];
  const lives = livesIn(record, where, branches, repository);
  const isMeant = ({ id, sha }: Happening): boolean =>
    cause.reading === null ||
    ((cause.sha === null || cause.sha === sha) && (cause.deploymentId === null || cause.deploymentId === id));
  const arrived = lives.flatMap((live, index): readonly Arrival[] =>
    isMeant(live) && live.atMs <= cause.atMs && live.atMs > cause.atMs - policy.rollback.withinMs
      ? [{ deploymentId: live.id, atMs: live.atMs, fromSha: lives[index - 1]?.sha ?? null, toSha: live.sha }]
      : [],
  );
  const { sha, deploymentId } = cause;
  if (cause.reading !== null || sha === null || deploymentId === null) return arrived;
  const before = lives.findLast(({ id, atMs }) => id !== deploymentId && atMs <= cause.atMs)?.sha ?? null;
  return [
    ...arrived.filter((one) => one.deploymentId !== deploymentId),
    { deploymentId, atMs: cause.atMs, fromSha: before, toSha: sha },
  ];
}

/** What went live in an environment and is proved to have, the earliest first. */
export function livesIn(
  record: Extract<EnvironmentRecord, { readonly kind: "known" }>,
  environment: Policy["environments"][string],
  branches: readonly BranchRecord[],
  repository: Repository,
): readonly Happening[] {
  const { happenings } = evidenceOf(record, environment, branches, repository);
  return happenings.filter(({ kind, proved }) => kind === "went_live" && proved);
}
