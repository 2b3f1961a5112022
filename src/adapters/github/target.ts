import type { Target } from "../../app/ports.ts";
import { checkNameOn } from "../../core/check-name.ts";
import type { Repository } from "../../core/subject.ts";
import { effectiveBase, type Pull } from "./shapes.ts";

/** Where the verdict on a pull request stands. */
export function targetOf(pull: Pull, repository: Repository): Target {
  const base = effectiveBase(pull);
  const checkName = checkNameOn(base, base === pull.base.repo.default_branch);
  return { repository, headSha: pull.head.sha, checkName };
}

/** The repository under the name that it has now; its id stays when it is renamed. */
export function repositoryOf({ base: { repo } }: Pull): Repository {
  return { id: repo.id, owner: repo.owner.login, name: repo.name };
}
