import { z } from "zod";
import { groupOn } from "../queue-branch.ts";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = z.looseObject({
  ref: z.string().min(1),
  after: z.string().optional(),
  deleted: z.boolean().optional(),
  repository: z.looseObject({ default_branch: z.string().min(1) }),
});
const branchPrefix = "refs/heads/";
/** The repository that holds the organisation's policy. */
const organisationRepository = ".github";

/**
 * A base that moved, and with it perhaps the policy. The default branch's policy binds every pull request of the repository, the
 * organisation's those of every repository. The payload's list of changed files is capped, so it is not asked whether the policy
 * was among them. A push to the head of a pull request comes as `pull_request` too; it also is a base if others are stacked on it.
 * The branch itself is looked through for what went around the gate: merges come as pushes too. On a branch of a merge queue a group
 * waits, which its own event tells of as well: either may be lost.
 */
export const push: Reader = (payload) => {
  const { installation, repository } = ofRepository.parse(payload);
  const { ref, after = "", deleted = false, repository: pushed } = schema.parse(payload);
  const installationId = installation.id;
  if (!ref.startsWith(branchPrefix)) return [];
  const at = { installationId, repository, ref, headSha: after, defaultBranch: pushed.default_branch };
  const group = /^[0-9a-f]{40,64}$/u.test(after) ? groupOn(at) : null;
  if (group !== null) return deleted ? [] : [changed(group)];
  const baseRef = ref.slice(branchPrefix.length);
  const branch = changed({ kind: "branch", installationId, repository, branch: baseRef });
  if (baseRef !== pushed.default_branch) {
    return [changed({ kind: "sweep_base", installationId, repository, baseRef }), branch];
  }
  if (repository.name.toLowerCase() === organisationRepository) {
    return [changed({ kind: "sweep_installation", installationId }), branch];
  }
  return [changed({ kind: "sweep_repository", installationId, repository }), branch];
};
