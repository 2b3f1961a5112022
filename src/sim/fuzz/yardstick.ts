import { diffLines } from "diff";
import { atLeast, roleOn } from "../state/accounts.ts";
import { commitsBetween, mergeBase } from "../git-merge.ts";
import { mergePreview } from "../state/merging.ts";
import type { Account, PullRequest, Repository } from "../state/model.ts";
import { branchSha, treeOf } from "../state/repositories.ts";
import type { World } from "../state/world.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { agents, deploymentPath, machine, replicasLimit } from "./shop.ts";

/** The trees between which something lands. */
export interface Landing {
  readonly before: string;
  readonly after: string;
}

/**
 * What must be true of every agent's change that may land, said a second time, straight from the fake's own state: a mistake of the
 * evaluator or of what reads the facts is not shared. Each condition is necessary and none is sufficient, under every policy of the
 * fuzzer that enforces.
 */
export function amiss(world: World, pull: PullRequest, landing = landingOf(pull)): readonly string[] {
  const { repository } = pull;
  const tip = branchSha(repository, pull.base.ref);
  if (!isAgents(pull) || landing === null || tip === undefined) return [];
  const { before, after } = landing;
  const approvers = countingApprovers(world, pull, tip);
  const needed = textAt(repository, before, deploymentPath) === textAt(repository, after, deploymentPath) ? 1 : 2;
  return [
    ...objectors(world, pull).map((login) => `${login} asks for changes`),
    ...(approvers.length >= needed
      ? []
      : [`${approvers.length} of ${needed} approvals count: ${approvers.join(", ")}`]),
    ...(pull.autoMerge !== null && isAgent(pull.autoMerge.by) ? ["auto-merge is armed by an agent"] : []),
    ...(outOfBounds(repository, after) && !outOfBounds(repository, before) && !isOverridden(pull)
      ? ["replicas are out of bounds"]
      : []),
  ];
}

/** On its base as that stands now; null where it conflicts. */
function landingOf(pull: PullRequest): Landing | null {
  const preview = mergePreview(pull);
  const tip = branchSha(pull.repository, pull.base.ref);
  return preview.clean && tip !== undefined ? { before: treeOf(pull.repository, tip), after: preview.tree } : null;
}

/** Whether a person has ordered that anything be lifted on this very head: what that comes to is left to the evaluator. */
function isOverridden({ comments, head }: PullRequest): boolean {
  const order = /^\/sallyport (?:override|break-glass) (?<sha>\S+)/u;
  return comments.some(({ body, author }) => isPerson(author) && order.exec(body)?.groups?.["sha"] === head.sha);
}

function isAgent({ login }: Account): boolean {
  return agents.some((agent) => agent === login);
}

/** By who opened it alone: of all marks the plainest. */
function isAgents({ author }: PullRequest): boolean {
  return isAgent(author);
}

function isPerson(account: Account): boolean {
  return account.type === "User" && account.login !== machine;
}

function mayWrite(world: World, { repository }: PullRequest, account: Account): boolean {
  return atLeast(roleOn(world, repository, account), "write");
}

/** The latest review of everybody that is no comment. */
function latestWords(pull: PullRequest): readonly PullRequest["reviews"][number][] {
  const words = pull.reviews.filter(({ state }) => state !== "COMMENTED" && state !== "PENDING");
  return words.filter((word, index) => words.findLastIndex(({ author }) => author === word.author) === index);
}

function objectors(world: World, pull: PullRequest): readonly string[] {
  return latestWords(pull)
    .filter(({ state, author }) => state === "CHANGES_REQUESTED" && isPerson(author) && mayWrite(world, pull, author))
    .map(({ author }) => author.login);
}

function countingApprovers(world: World, pull: PullRequest, tip: string): readonly string[] {
  const { repository } = pull;
  const patch = patchOf(repository, tip, pull.head.sha);
  const involved = new Set([pull.author.login, ...invokers(pull), ...contributors(pull, tip), ...lastPusher(pull)]);
  return latestWords(pull)
    .filter(({ state, commitSha }) => state === "APPROVED" && patchOf(repository, tip, commitSha) === patch)
    .map(({ author }) => author)
    .filter((author) => isPerson(author) && mayWrite(world, pull, author) && !involved.has(author.login))
    .map(({ login }) => login);
}

function invokers({ events }: PullRequest): readonly string[] {
  return events.filter(({ event }) => event === "copilot_work_started").map(({ actor }) => actor.login);
}

/** Logins in the mailboxes of the commits; what the button "Update branch" made is nobody's. */
function contributors({ repository, head }: PullRequest, tip: string): readonly string[] {
  return commitsBetween(repository.objects, tip, head.sha).flatMap((sha) => {
    const commit = repository.objects.commit(sha);
    if (commit === undefined || commit.parents.length > 1) return [];
    const trailers = [...commit.message.matchAll(/^Co-authored-by:.*<(.*)>$/gmu)].map(([, email = ""]) => email);
    return [commit.author.email, commit.committer.email, ...trailers].map(loginOf);
  });
}

function loginOf(email: string): string {
  return email.replace(/@.*$/u, "").replace(/^\d+\+/u, "");
}

function lastPusher({ repository, head }: PullRequest): readonly string[] {
  const merges = (repository.objects.commit(head.sha)?.parents.length ?? 0) > 1;
  const pushed = head.repository.activity.findLast(
    ({ ref, after }) => ref === `refs/heads/${head.ref}` && after === head.sha,
  );
  return pushed === undefined || merges ? [] : [pushed.actor.login];
}

/** Which lines of which files a commit takes away and adds, seen from where it left the base. */
function patchOf(repository: Repository, tip: string, sha: string): string {
  const { objects } = repository;
  const from = mergeBase(objects, tip, sha);
  if (from === undefined || objects.commit(sha) === undefined) return `nothing in common with ${sha}`;
  const [before, after] = [filesOf(repository, from), filesOf(repository, sha)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(byCodeUnits);
  return JSON.stringify(
    paths
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => [
        path,
        diffLines(before.get(path) ?? "", after.get(path) ?? "")
          .filter(({ added, removed }) => added || removed)
          .map(({ added, value }) => [added, value]),
      ]),
  );
}

function filesOf(repository: Repository, commit: string): ReadonlyMap<string, string> {
  const { objects } = repository;
  return new Map(
    [...objects.files(treeOf(repository, commit))].map(({ path, sha }) => [
      path,
      Buffer.from(objects.blob(sha) ?? []).toString("utf8"),
    ]),
  );
}

function textAt({ objects }: Repository, tree: string, path: string): string | null {
  for (const file of objects.files(tree)) {
    if (file.path === path) return Buffer.from(objects.blob(file.sha) ?? []).toString("utf8");
  }
  return null;
}

function outOfBounds(repository: Repository, tree: string): boolean {
  const replicas = /^ {2}replicas: (\d+)$/mu.exec(textAt(repository, tree, deploymentPath) ?? "")?.[1];
  return replicas !== undefined && Number(replicas) > replicasLimit;
}
