import { mergeTrees } from "../git-merge.ts";
import { VERIFIED_SIGNATURE } from "../git-objects.ts";
import { signatureOf } from "./merging.ts";
import type { Actor, PullRequest } from "./model.ts";
import { openPullRequest } from "./pulls.ts";
import { Refused } from "./refused.ts";
import { branchSha, moveRef } from "./repositories.ts";
import { fullName, type World } from "./world.ts";

export interface RevertRequest {
  readonly title: string | null;
  readonly body: string | null;
  readonly draft: boolean;
}

/**
 * Opens a pull request that takes back what another has merged, as the button "Revert" does.
 * @throws Refused 422 where it is not merged, was merged by a push, or later changes stand in the way
 */
export function revertPullRequest(world: World, pull: PullRequest, request: RevertRequest, actor: Actor): PullRequest {
  const { repository, merged } = pull;
  const { objects } = repository;
  const base = branchSha(repository, pull.base.ref);
  const [tip, landed, before] = [base, merged?.sha, merged?.onto].map((sha) => objects.commit(sha ?? ""));
  if (tip === undefined || landed === undefined || before === undefined)
    throw new Refused(422, "Pull request cannot be reverted");
  const result = mergeTrees(objects, landed.tree, tip.tree, before.tree);
  if (!result.clean) throw new Refused(422, "This pull request could not be reverted automatically");
  const branch = `revert-${pull.number}-${pull.head.ref}`;
  const title = request.title ?? `Revert "${pull.title}"`;
  const by = signatureOf(actor.account, world.now());
  const sha = objects.writeCommit({
    tree: result.tree,
    parents: [tip.sha],
    author: by,
    committer: { ...by, name: "GitHub", email: "noreply@github.com" },
    message: title,
    signature: VERIFIED_SIGNATURE,
  });
  moveRef(world, repository, `refs/heads/${branch}`, sha, actor);
  const body = request.body ?? `Reverts ${fullName(repository)}#${pull.number}`;
  const head = { repository, ref: branch };
  return openPullRequest(world, repository, { head, base: pull.base.ref, title, body, draft: request.draft }, actor);
}
