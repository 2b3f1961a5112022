import type { DeploymentRecord } from "../deployments/deployments.ts";
import type { Baked } from "./clock.ts";
import type { Sought } from "./versions.ts";

/** The pull request with which the change came to stand there: before it was deployed, where that counts, and else the last one. */
export function broughtBy(baked: Baked, change: Sought, record: DeploymentRecord): number | null {
  const live = baked.kind === "complete" || baked.kind === "running" ? baked.since.sha : null;
  const arrival = record.arrivals.find(
    ({ before, after }) =>
      change.at(after.sha)?.same === true &&
      change.at(before.sha)?.same === false &&
      (live === null || after.sha === live || stoodBefore(after.sha, live, record)),
  );
  return arrival?.pullRequest ?? null;
}

/** Whether one commit stood at the tip of a branch before another one did; where that is not known it did not. */
export function stoodBefore(sha: string, than: string, { branches }: DeploymentRecord): boolean {
  return branches.some(({ stood }) => stood.includes(than) && stood.indexOf(sha) > stood.indexOf(than));
}
