import { code } from "../../lib/markdown.ts";
import type { Cause } from "./cause.ts";

/** A pull request that was merged, and may have led to what went wrong. */
export interface LandedChange {
  readonly number: number;
  readonly mergeSha: string;
  /** Two or more where it was merged by a merge commit. */
  readonly parents: number;
  /** The branch that it was merged into. */
  readonly baseRef: string;
}

/** What went wrong, as a clause. Rates are numbers, and the environment is a name of the policy. */
export function causeWords({ kind, environment, reading, deploymentId }: Cause): string {
  const where = code(environment);
  switch (kind) {
    case "deployment_failure":
      return `deployment ${deploymentId ?? ""} to ${where} failed`;
    case "health":
      return `monitoring called ${where} unhealthy`;
    case "error_rate": {
      const [before, after] = reading?.kind === "error_rate" ? [reading.before, reading.after] : ["?", "?"];
      return `the error rate in ${where} rose from ${before} % to ${after} %`;
    }
  }
}

const plainRef = /^[A-Za-z0-9._/-]{1,200}$/u;

/**
 * The commands that take a change back. Names of branches come from whoever made them: one that a shell might read otherwise is left to
 * the reader to fill in.
 */
export function revertCommands(at: string, { number, mergeSha, parents, baseRef }: LandedChange): readonly string[] {
  const base = plainRef.test(baseRef) && !baseRef.startsWith("-") ? baseRef : "BASE";
  const branch = `revert-${number}`;
  return [
    `gh pr revert ${number} --repo ${at}`,
    "",
    "# The same without `gh pr revert`:",
    `git fetch origin && git switch --create ${branch} origin/${base}`,
    `git revert --no-edit ${parents > 1 ? "--mainline 1 " : ""}${mergeSha}`,
    `git push --set-upstream origin ${branch} && gh pr create --repo ${at} --base ${base} --fill`,
  ];
}
