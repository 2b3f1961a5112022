import type { Target } from "../../app/ports.ts";
import type { Repository } from "../../core/subject.ts";
import { effectiveBase, type Pull } from "./shapes.ts";

/** Green for one base says nothing for another: the name of the check carries the branch, except the default branch. */
export function targetOf(pull: Pull, repository: Repository): Target {
  const base = effectiveBase(pull);
  const checkName = checkNameOn(base, base === pull.base.repo.default_branch);
  return { repository, headSha: pull.head.sha, checkName };
}

/** The name that a rule of this branch must require. */
export function checkNameOn(branch: string, isDefault: boolean): string {
  return isDefault ? "sallyport" : `sallyport: ${branch}`;
}

/** The repository under the name that it has now; its id stays when it is renamed. */
export function repositoryOf({ base: { repo } }: Pull): Repository {
  return { id: repo.id, owner: repo.owner.login, name: repo.name };
}
