import type { DeploymentRecord } from "../deployments/deployments.ts";
import { evidenceOf, type Happening } from "../deployments/evidence.ts";
import type { Environment } from "../policy/schema.ts";
import type { Repository } from "../subject.ts";
import type { Live } from "./facts.ts";

/** Where nothing counts as live, `because` says why: a clause. */
export type FoundLive = { readonly live: Live } | { readonly live: null; readonly because: string };

/**
 * The last deployment that is proved to have succeeded and did not fail afterwards. One that somebody only says has succeeded counts for
 * nothing, so an older one is compared with, and more is asked.
 */
export function liveIn(
  environments: readonly Environment[],
  record: DeploymentRecord,
  repository: Repository,
): FoundLive {
  const reasons: string[] = [];
  const proved: Happening[] = [];
  for (const environment of environments) {
    const found = record.environments.find((one) => one.environment === environment.name);
    if (found === undefined) continue;
    if (found.kind === "unknown") {
      reasons.push(found.because);
      continue;
    }
    const { happenings, unproved } = evidenceOf(found, environment, record.branches, repository);
    const lasting = happenings.filter(({ kind, proved: isProved, id }, index) => {
      const failed = happenings.slice(index).some((later) => later.kind === "failed" && later.id === id);
      return kind === "went_live" && isProved && !failed;
    });
    proved.push(...lasting);
    const last = unproved.at(-1);
    if (last !== undefined) reasons.push(`deployment ${last.id} proves nothing: ${last.because}`);
  }
  const newest = proved.toSorted((a, b) => b.atMs - a.atMs || b.id - a.id)[0];
  if (newest !== undefined) return { live: { sha: newest.sha, deploymentId: newest.id } };
  return { live: null, because: reasons[0] ?? "no deployment there is known to have succeeded" };
}
