import { commitsBetween, type MergeResult, mergeBase, mergeTrees } from "../git-merge.ts";
import { type Commit, type Signature, VERIFIED_SIGNATURE } from "../git-objects.ts";
import type { Account, Actor, MergeMethod, Protection, PullRequest } from "./model.ts";
import { bindingProtections, protectionsOf, THROUGH_THE_QUEUE, unmetCheck } from "./protection.ts";
import { comeDown, markMerged } from "./pulls.ts";
import { Refused } from "./refused.ts";
import { branchSha, isAncestor, moveRef } from "./repositories.ts";
import { countingApprovals } from "./reviews.ts";
import { effectiveBase, hasOpenBelow, nextAbove, openBelow } from "./stacks.ts";
import type { World } from "./world.ts";

/** What merging the head into the base branch, as both stand now, would give. */
export function mergePreview(pull: PullRequest): MergeResult {
  return mergeOnto(pull, baseTip(pull));
}

/** What merging the head into another commit than the base branch's would give. */
export function mergeOnto(pull: PullRequest, base: string): MergeResult {
  const { objects } = pull.repository;
  const [baseCommit, headCommit] = [objects.commit(base), objects.commit(pull.head.sha)];
  if (baseCommit === undefined || headCommit === undefined) return { clean: false, path: "" };
  const ancestor = mergeBase(objects, base, pull.head.sha);
  return mergeTrees(
    objects,
    ancestor === undefined ? undefined : objects.commit(ancestor)?.tree,
    baseCommit.tree,
    headCommit.tree,
  );
}

/** The test merge commit that GitHub keeps at `refs/pull/N/merge`; null where the pull request conflicts. */
export function testMergeCommit(pull: PullRequest): string | null {
  const preview = mergePreview(pull);
  if (!preview.clean) return null;
  const { objects } = pull.repository;
  const base = baseTip(pull);
  const dates = [base, pull.head.sha].map((sha) => objects.commit(sha)?.committer.dateMs ?? 0);
  const author = signatureOf(pull.author, Math.max(...dates));
  const sha = objects.writeCommit({
    tree: preview.tree,
    parents: [base, pull.head.sha],
    author,
    committer: webFlow(author.dateMs),
    message: `Merge ${pull.head.sha} into ${base}`,
    signature: null,
  });
  pull.repository.refs.set(`refs/pull/${pull.number}/merge`, sha);
  return sha;
}

/** GitHub's one word for whether the merge button would work for somebody without a bypass. */
export function mergeableState(world: World, pull: PullRequest): "clean" | "dirty" | "draft" | "blocked" | "unknown" {
  if (pull.state === "closed") return "unknown";
  if (!mergePreview(pull).clean) return "dirty";
  if (pull.draft) return "draft";
  return refusalOf(world, pull, { account: pull.author, app: null }) === null ? "clean" : "blocked";
}

export interface MergeRequest {
  readonly method: MergeMethod;
  /** The head the caller has seen. */
  readonly sha: string | undefined;
  readonly title: string | undefined;
}

/**
 * Merges a pull request, and before it everything that is open below it in its stack: each of them has to meet the
 * rules, and only a pull request with nothing below it can be merged around them.
 * @returns the SHA that the base branch then has
 * @throws Refused 405 when a rule, a conflict or the state forbids it, 409 when the head has moved.
 */
export function mergePullRequest(world: World, pull: PullRequest, request: MergeRequest, actor: Actor): string {
  if (pull.state === "closed") throw new Refused(405, "Pull Request is not mergeable");
  if (request.sha !== undefined && request.sha !== pull.head.sha)
    throw new Refused(409, "Head branch was modified. Review and try the merge again.");
  const below = openBelow(pull);
  const protections = holdingProtections(world, pull, actor);
  for (const each of [...below, pull]) {
    if (each.draft) throw new Refused(405, "Pull Request is still a draft");
    if (!mergePreview(each).clean) throw new Refused(405, "Pull Request is not mergeable");
    const refusal = unmetRule(world, each, protections);
    if (refusal !== null) throw new Refused(405, refusal);
  }
  if (protections.some(({ mergeQueue }) => mergeQueue !== null)) throw new Refused(405, THROUGH_THE_QUEUE);
  for (const each of below) land(world, each, { ...request, title: undefined }, actor);
  return land(world, pull, request, actor);
}

function land(world: World, pull: PullRequest, request: MergeRequest, actor: Actor): string {
  const result = mergePreview(pull);
  if (!result.clean) throw new Refused(405, "Pull Request is not mergeable");
  const sha = writeMerge(world, pull, request, { onto: baseTip(pull), tree: result.tree }, actor.account);
  const above = nextAbove(pull);
  markMerged(world, pull, sha, actor, baseTip(pull));
  moveRef(world, pull.repository, `refs/heads/${pull.base.ref}`, sha, actor, { kind: "pr_merge" });
  if (above !== undefined) comeDown(world, above, pull.base.ref, actor);
  return sha;
}

/** Why the rules of the base branch, but for a merge queue, forbid this actor's merge, or null. */
export function refusalOf(world: World, pull: PullRequest, actor: Actor): string | null {
  return unmetRule(world, pull, holdingProtections(world, pull, actor));
}

/** What this actor's merge has to meet: all there is, where it would bring along what is below in a stack. */
function holdingProtections(world: World, pull: PullRequest, actor: Actor): Protection[] {
  const base = effectiveBase(pull);
  return hasOpenBelow(pull)
    ? protectionsOf(pull.repository, base)
    : bindingProtections(world, pull.repository, base, actor, "pull request");
}

function unmetRule(world: World, pull: PullRequest, protections: readonly Protection[]): string | null {
  const { repository } = pull;
  for (const protection of protections) {
    for (const required of protection.requiredChecks) {
      const unmet = unmetCheck(repository, pull.head.sha, required);
      if (unmet !== null) return unmet;
    }
    // A queue tests every change on the newest base, so it does not ask for branches that are up to date.
    const strict = protection.strict && protections.every(({ mergeQueue }) => mergeQueue === null);
    if (strict && !isAncestor(repository, baseTip(pull), pull.head.sha))
      return "The head branch is not up to date with the base branch.";
    if (protection.requiredApprovals > 0 && countingApprovals(world, pull) < protection.requiredApprovals)
      return `At least ${protection.requiredApprovals} approving review is required by reviewers with write access.`;
  }
  return null;
}

/** @throws Refused 405 for commits that cannot be replayed */
export function writeMerge(
  world: World,
  pull: PullRequest,
  request: Omit<MergeRequest, "sha">,
  { onto: base, tree }: { readonly onto: string; readonly tree: string },
  account: Account,
): string {
  const { objects } = pull.repository;
  const by = signatureOf(account, world.now());
  const committer = webFlow(world.now());
  switch (request.method) {
    case "merge": {
      const message =
        request.title ??
        `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}\n\n${pull.title}`;
      return objects.writeCommit({
        tree,
        parents: [base, pull.head.sha],
        author: by,
        committer,
        message,
        signature: VERIFIED_SIGNATURE,
      });
    }
    case "squash": {
      const message = request.title ?? `${pull.title} (#${pull.number})`;
      return objects.writeCommit({
        tree,
        parents: [base],
        author: signatureOf(pull.author, world.now()),
        committer,
        message,
        signature: VERIFIED_SIGNATURE,
      });
    }
    case "rebase":
      return rebase(pull, base, committer);
  }
}

/** Merges the base branch into the head, as the button "Update branch" does. @throws Refused 422 on a conflict */
export function updateBranch(world: World, pull: PullRequest, actor: Actor): string {
  const preview = mergePreview(pull);
  const base = baseTip(pull);
  if (!preview.clean) throw new Refused(422, "merge conflict between base and head");
  if (isAncestor(pull.repository, base, pull.head.sha))
    throw new Refused(422, "There are no new commits on the base branch.");
  const sha = pull.repository.objects.writeCommit({
    tree: preview.tree,
    parents: [pull.head.sha, base],
    author: signatureOf(actor.account, world.now()),
    committer: webFlow(world.now()),
    message: `Merge branch '${pull.base.ref}' into ${pull.head.ref}`,
    signature: VERIFIED_SIGNATURE,
  });
  moveRef(world, pull.head.repository, `refs/heads/${pull.head.ref}`, sha, actor);
  return sha;
}

/** Replays the commits one by one. @throws Refused 405 when one of them conflicts */
function rebase(pull: PullRequest, base: string, committer: Signature): string {
  const { objects } = pull.repository;
  const treeOf = (sha: string | undefined): string | undefined =>
    sha === undefined ? undefined : objects.commit(sha)?.tree;
  let onto = base;
  for (const sha of commitsBetween(objects, base, pull.head.sha)) {
    const commit: Commit | undefined = objects.commit(sha);
    const ontoTree = treeOf(onto);
    if (commit === undefined || ontoTree === undefined || commit.parents.length > 1)
      throw new Refused(405, "This branch can't be rebased");
    const replayed = mergeTrees(objects, treeOf(commit.parents[0]), ontoTree, commit.tree);
    if (!replayed.clean) throw new Refused(405, "This branch can't be rebased");
    onto = objects.writeCommit({
      tree: replayed.tree,
      parents: [onto],
      author: commit.author,
      committer,
      message: commit.message,
      signature: VERIFIED_SIGNATURE,
    });
  }
  return onto;
}

function baseTip(pull: PullRequest): string {
  return branchSha(pull.repository, pull.base.ref) ?? pull.base.sha;
}

export function signatureOf(account: Account, dateMs: number): Signature {
  return { name: account.name ?? account.login, email: account.email, dateMs };
}

/** The committer of everything made in the browser. */
function webFlow(dateMs: number): Signature {
  return { name: "GitHub", email: "noreply@github.com", dateMs };
}
