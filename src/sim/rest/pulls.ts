import { z } from "zod";
import {
  change,
  created,
  list,
  numberParam,
  ok,
  parse,
  read,
  type Reply,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { commitsBetween } from "../git-merge.ts";
import { simpleUser, team } from "../shapes/accounts.ts";
import { commitShape, diffEntry } from "../shapes/git.ts";
import { pullShape, pullSimple, reviewShape } from "../shapes/pulls.ts";
import type { Schema } from "../shapes/schema.ts";
import { pullFiles } from "../state/differences.ts";
import { atLeast, roleOn } from "../state/accounts.ts";
import { requestReviews, unrequestReviews } from "../state/issues.ts";
import { mergePullRequest, updateBranch } from "../state/merging.ts";
import type { Account, PullRequest, Repository, Team } from "../state/model.ts";
import { editPullRequest, openPullRequest, pullOf } from "../state/pulls.ts";
import { Refused } from "../state/refused.ts";
import { isAncestor } from "../state/repositories.ts";
import { dismissReview, reviewOf, submitReview } from "../state/reviews.ts";

export const pullRoutes: readonly Route[] = [
  read("/pulls", "pull_requests", listPulls),
  change("POST", "/pulls", ["pull_requests"], "read", open),
  read("/pulls/{pull_number}", "pull_requests", (call) => ok(pullShape(call.world, pullAt(call)))),
  change("PATCH", "/pulls/{pull_number}", ["pull_requests"], "read", (call) => {
    const edit = z.object({
      title: z.string().optional(),
      body: z.string().nullable().optional(),
      base: z.string().optional(),
      state: z.enum(["open", "closed"]).optional(),
    });
    const { account, app } = call.actor;
    if (
      app === null &&
      account !== pullAt(call).author &&
      !atLeast(roleOn(call.world, call.repository, account), "write")
    )
      throw new Refused(403, "Must have push access to the repository, or be the author of the pull request.");
    editPullRequest(call.world, pullAt(call), parse(edit, call.body), call.actor);
    return ok(pullShape(call.world, pullAt(call)));
  }),
  read("/pulls/{pull_number}/files", "pull_requests", (call) => {
    const pull = pullAt(call);
    const files = pullFiles(pull, call.world.ceilings).slice(0, call.world.ceilings.pullFiles);
    return list(files, (file) => diffEntry(call.repository, pull.head.sha, file));
  }),
  read("/pulls/{pull_number}/commits", "pull_requests", (call) => {
    const pull = pullAt(call);
    const shas = commitsBetween(call.repository.objects, pull.base.sha, pull.head.sha).slice(
      0,
      call.world.ceilings.pullCommits,
    );
    const commits = shas.flatMap((sha) => call.repository.objects.commit(sha) ?? []);
    return list(commits, (commit) => commitShape(call.world, call.repository, commit));
  }),
  read("/pulls/{pull_number}/reviews", "pull_requests", (call) => {
    const pull = pullAt(call);
    return list(pull.reviews, (review) => reviewShape(call.world, pull, review));
  }),
  change("POST", "/pulls/{pull_number}/reviews", ["pull_requests"], "read", review),
  change("PUT", "/pulls/{pull_number}/reviews/{review_id}/dismissals", ["pull_requests"], "write", (call) => {
    const pull = pullAt(call);
    const { message } = parse(z.object({ message: z.string() }), call.body);
    const found = reviewOf(pull, numberParam(call, "review_id"));
    dismissReview(call.world, pull, found, message, call.actor);
    return ok(reviewShape(call.world, pull, found));
  }),
  read("/pulls/{pull_number}/requested_reviewers", "pull_requests", (call) => {
    const pull = pullAt(call);
    const requested = { users: pull.requestedReviewers.map(simpleUser), teams: pull.requestedTeams.map(team) };
    return ok(requested satisfies Schema<"pull-request-review-request">);
  }),
  change("POST", "/pulls/{pull_number}/requested_reviewers", ["pull_requests"], "write", (call) => {
    const pull = pullAt(call);
    const { people, teams } = reviewersOf(call);
    requestReviews(call.world, pull, people, teams, call.actor);
    return created(pullSimple(call.world, pull));
  }),
  change("DELETE", "/pulls/{pull_number}/requested_reviewers", ["pull_requests"], "write", (call) => {
    const pull = pullAt(call);
    const { people, teams } = reviewersOf(call);
    unrequestReviews(call.world, pull, people, teams, call.actor);
    return ok(pullSimple(call.world, pull));
  }),
  change("PUT", "/pulls/{pull_number}/merge", ["contents"], "write", merge),
  change("PUT", "/pulls/{pull_number}/update-branch", ["contents"], "write", (call) => {
    updateBranch(call.world, pullAt(call), call.actor);
    return { kind: "json", status: 202, body: { message: "Updating pull request branch." } };
  }),
  read("/commits/{sha}/pulls", "pull_requests", pullsOfCommit),
];

export function pullAt(call: RepositoryCall): PullRequest {
  return pullOf(call.repository, numberParam(call, "pull_number"));
}

function reviewersOf(call: RepositoryCall): { readonly people: readonly Account[]; readonly teams: readonly Team[] } {
  const names = z.object({
    reviewers: z.array(z.string()).default([]),
    team_reviewers: z.array(z.string()).default([]),
  });
  const { reviewers, team_reviewers } = parse(names, call.body);
  const teams = team_reviewers.map((wanted) =>
    call.world.teams.find(({ organization, slug }) => organization === call.repository.owner && slug === wanted),
  );
  if (teams.includes(undefined))
    throw new Refused(422, "Reviews may only be requested from collaborators. One of the teams does not exist.");
  return {
    people: reviewers.map((login) => call.world.account(login)),
    teams: teams.filter((team) => team !== undefined),
  };
}

function listPulls(call: RepositoryCall): Reply {
  const { query } = call;
  const [state, base, head] = [query.get("state") ?? "open", query.get("base"), query.get("head")];
  const up = (query.get("direction") ?? (query.has("sort") ? "asc" : "desc")) === "asc";
  const when = (pull: PullRequest): number => (query.get("sort") === "updated" ? pull.updatedMs : pull.createdMs);
  const pulls = [...call.repository.pulls.values()]
    .filter(
      (pull) =>
        (state === "all" || pull.state === state) &&
        (base === null || pull.base.ref === base) &&
        (head === null || `${pull.head.repository.owner.login}:${pull.head.ref}` === head),
    )
    .sort((a, b) => (when(a) - when(b) || a.number - b.number) * (up ? 1 : -1));
  return list(pulls, (pull) => pullSimple(call.world, pull));
}

function open(call: RepositoryCall): Reply {
  const wanted = z.object({
    title: z.string(),
    head: z.string(),
    base: z.string(),
    body: z.string().nullable().default(null),
    draft: z.boolean().default(false),
  });
  const { title, head, base, body, draft } = parse(wanted, call.body);
  const [owner, ref] = head.includes(":")
    ? (head.split(":", 2) as [string, string])
    : [call.repository.owner.login, head];
  const from = headRepository(call, owner);
  const pull = openPullRequest(
    call.world,
    call.repository,
    { head: { repository: from, ref }, base, title, body, draft },
    call.actor,
  );
  return created(pullShape(call.world, pull));
}

/** The repository itself, or the fork of it that `owner` has. */
function headRepository(call: RepositoryCall, owner: string): Repository {
  if (owner.toLowerCase() === call.repository.owner.login.toLowerCase()) return call.repository;
  const fork = [...call.world.repositories.values()].find(
    (each) => each.parent === call.repository && each.owner.login === owner,
  );
  if (fork === undefined)
    throw new Refused(422, "Validation Failed", [{ resource: "PullRequest", field: "head", code: "invalid" }]);
  return fork;
}

function review(call: RepositoryCall): Reply {
  const pull = pullAt(call);
  const wanted = z.object({
    event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
    body: z.string().default(""),
    commit_id: z.string().optional(),
  });
  const { event, body, commit_id } = parse(wanted, call.body);
  const state = ({ APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const)[event];
  return ok(
    reviewShape(call.world, pull, submitReview(call.world, pull, { state, body, commitSha: commit_id }, call.actor)),
  );
}

function merge(call: RepositoryCall): Reply {
  const wanted = z.object({
    merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
    sha: z.string().optional(),
    commit_title: z.string().optional(),
  });
  const { merge_method, sha, commit_title } = parse(wanted, call.body);
  const merged = mergePullRequest(
    call.world,
    pullAt(call),
    { method: merge_method, sha, title: commit_title },
    call.actor,
  );
  const answer = { sha: merged, merged: true, message: "Pull Request successfully merged" };
  return ok(answer satisfies Schema<"pull-request-merge-result">);
}

/** On the default branch the merged pull request that brought the commit, otherwise every one that contains it. */
function pullsOfCommit(call: RepositoryCall): Reply {
  const { repository } = call;
  const sha = call.param("sha");
  if (repository.objects.commit(sha) === undefined) throw new Refused(422, `No commit found for SHA: ${sha}`);
  const contains = (pull: PullRequest): boolean =>
    pull.merged?.sha === sha ||
    (isAncestor(repository, sha, pull.head.sha) && !isAncestor(repository, sha, pull.base.sha));
  const tip = repository.refs.get(`refs/heads/${repository.defaultBranch}`);
  const landed = tip !== undefined && isAncestor(repository, sha, tip);
  const pulls = [...repository.pulls.values()].filter(
    (pull) => contains(pull) && (pull.state === "open" || pull.merged !== null) && (!landed || pull.merged !== null),
  );
  return list(pulls, (pull) => pullSimple(call.world, pull));
}
