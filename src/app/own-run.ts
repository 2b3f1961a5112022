import { type MergeGroupSubject, type PullRequestSubject, type Repository, subjectId } from "../core/subject.ts";
import type { Mark } from "./ports.ts";

const pattern = /^pull\/(\d{1,15})\/(\d{1,15})@(\d{1,15})!?$/;
const groupPattern = /^group\/\d{1,15}\/[0-9a-f]{40,64}@\d{1,15}$/;

/** What a check run of ours carries: who published it, and under which lease. */
export function ownRunReference(subject: PullRequestSubject | MergeGroupSubject, lease: number): string {
  return `${subjectId(subject)}@${lease}`;
}

/** The reference of a run that was green until a halt turned it red. */
export function takenBack(reference: string): string {
  return `${reference}!`;
}

export function wasTakenBack(reference: string | null): boolean {
  return reference?.endsWith("!") === true;
}

/**
 * What an event about a check run of ours is a reason for: a look at its subject if that has been claimed since the run was
 * published. A reference that cannot be read, or that names another repository, is a reason to look at all pull requests of this
 * one: some outdated program may have written it. Null for a merge group's, which is looked at every minute while it lives. The caller has made sure that the run is this app's.
 */
export function ownRunMark(
  reference: string | null,
  at: { readonly installationId: number; readonly repository: Repository },
): Mark | null {
  if (groupPattern.test(reference ?? "")) return null;
  const { installationId, repository } = at;
  const [, repositoryId, number, lease] = pattern.exec(reference ?? "") ?? [];
  if (Number(repositoryId) !== repository.id) {
    return { kind: "changed", subject: { kind: "sweep_repository", installationId, repository } };
  }
  const subject = { kind: "pull_request", installationId, repository, number: Number(number) } as const;
  return { kind: "own_run", subject, lease: Number(lease) };
}
