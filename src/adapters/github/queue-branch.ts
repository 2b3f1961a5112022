import type { MergeGroupSubject, Repository } from "../../core/subject.ts";

/** A merge queue keeps each of its groups on a branch under this; nobody else may push there. */
export const queuePrefix = "refs/heads/gh-readonly-queue/";
const form = /^refs\/heads\/(gh-readonly-queue\/(.+)\/pr-\d+-([0-9a-f]{40,64}))$/u;

/** Where a queue's branch stands. */
export interface QueueBranch {
  readonly installationId: number;
  readonly repository: Repository;
  /** In full, with `refs/heads/`. */
  readonly ref: string;
  readonly headSha: string;
  readonly defaultBranch: string;
}

/**
 * The merge group that waits on a branch of a queue; null for any other branch. The branch is named after the base, the last pull
 * request and the commit that it is built on; whether that is so is seen when the group is looked at.
 */
export function groupOn({
  installationId,
  repository,
  ref,
  headSha,
  defaultBranch,
}: QueueBranch): MergeGroupSubject | null {
  const [, headRef, baseRef, baseSha] = form.exec(ref) ?? [];
  if (headRef === undefined || baseRef === undefined || baseSha === undefined) return null;
  const baseIsDefault = baseRef === defaultBranch;
  return { kind: "merge_group", installationId, repository, headRef, headSha, baseRef, baseSha, baseIsDefault };
}
