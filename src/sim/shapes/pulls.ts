import { commitsBetween } from "../git-merge.ts";
import { associationWith } from "../state/accounts.ts";
import { pullFiles } from "../state/differences.ts";
import { mergeableState, mergePreview, testMergeCommit } from "../state/merging.ts";
import type { Label, PullRequest, Repository, Review, Stack } from "../state/model.ts";
import { branchSha } from "../state/repositories.ts";
import { fullName, type World } from "../state/world.ts";
import { simpleUser, team } from "./accounts.ts";
import { repositoryShape } from "./repositories.ts";
import { API, iso, isoOrNull, nodeId, type Schema, WEB } from "./schema.ts";

export function pullSimple(world: World, pull: PullRequest): Schema<"pull-request-simple"> {
  const { repository, author } = pull;
  const api = `${API}/repos/${fullName(repository)}`;
  const url = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const html = `${WEB}/${fullName(repository)}/pull/${pull.number}`;
  const statuses = `${api}/statuses/${pull.head.sha}`;
  const assignees = pull.assignees.map(simpleUser);
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: pull.locked,
    title: pull.title,
    user: simpleUser(author),
    body: pull.body,
    labels: pull.labels.map((label) => labelShape(repository, label)),
    milestone: null,
    created_at: iso(pull.createdMs),
    updated_at: iso(pull.updatedMs),
    closed_at: isoOrNull(pull.closedMs),
    merged_at: isoOrNull(pull.merged?.atMs ?? null),
    merge_commit_sha: pull.merged?.sha ?? testMergeCommit(pull),
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requestedReviewers.map(simpleUser),
    requested_teams: pull.requestedTeams.map(team),
    head: side(pull.head.repository, pull.head.ref, pull.head.sha),
    base: side(repository, pull.base.ref, pull.base.sha),
    _links: {
      comments: { href: `${issue}/comments` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
      html: { href: html },
      issue: { href: issue },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      self: { href: url },
    },
    author_association: associationWith(world, repository, author),
    auto_merge: autoMerge(pull),
    stack: stackShape(pull),
    draft: pull.draft,
  };
}

export function pullShape(world: World, pull: PullRequest): Schema<"pull-request"> {
  const { repository, merged } = pull;
  const simple = pullSimple(world, pull);
  const files = pullFiles(pull, world.ceilings);
  return {
    ...simple,
    state: pull.state,
    user: simpleUser(pull.author),
    labels: pull.labels.map((label) => labelShape(repository, label)),
    requested_teams: pull.requestedTeams.map(team),
    head: side(pull.head.repository, pull.head.ref, pull.head.sha),
    base: side(repository, pull.base.ref, pull.base.sha),
    merged: merged !== null,
    mergeable: merged === null && pull.state === "open" ? mergePreview(pull).clean : null,
    mergeable_state: mergeableState(world, pull),
    merged_by: merged === null ? null : simpleUser(merged.by),
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commitsBetween(repository.objects, pull.base.sha, pull.head.sha).length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

function side(repository: Repository, ref: string, sha: string): Schema<"pull-request">["head"] {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(repository.owner),
    repo: repositoryShape(repository),
  };
}

function autoMerge({ autoMerge: armed, title, number }: PullRequest): Schema<"auto-merge"> {
  if (armed === null) return null;
  return {
    enabled_by: simpleUser(armed.by),
    merge_method: armed.method,
    commit_title: `${title} (#${number})`,
    commit_message: "",
  };
}

/** Where a pull request stands in its stack; null outside of one. */
export function stackShape({ stack, repository, number, base }: PullRequest): Schema<"pull-request-stack"> {
  if (stack === null) return null;
  return {
    base: { ref: stack.base, sha: branchSha(repository, stack.base) ?? base.sha },
    size: stack.pulls.length,
    position: stack.pulls.findIndex((each) => each.number === number) + 1,
    id: stack.id,
    number: stack.number,
  };
}

/** A stack by itself, as the endpoints of stacks answer. */
export function wholeStackShape(repository: Repository, stack: Stack): Schema<"pull-request-stack-minimal"> {
  return {
    id: stack.id,
    number: stack.number,
    node_id: nodeId("PRS", stack.id),
    url: `${API}/repos/${fullName(repository)}/stacks/${stack.number}`,
    base: { ref: stack.base },
    open: stack.pulls.some(({ state }) => state === "open"),
    created_at: iso(stack.createdMs),
    pull_requests: stack.pulls.map((pull) => ({
      number: pull.number,
      state: pull.state,
      draft: pull.draft,
      merged_at: isoOrNull(pull.merged?.atMs ?? null),
      head: { ref: pull.head.ref, sha: pull.head.sha },
    })),
  };
}

export function labelShape(repository: Repository, label: Label): Schema<"label"> & { description: string } {
  return {
    id: label.id,
    node_id: nodeId("L", label.id),
    url: `${API}/repos/${fullName(repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    description: "",
    color: label.color,
    default: false,
  };
}

export function reviewShape(world: World, pull: PullRequest, review: Review): Schema<"pull-request-review"> {
  const html = `${WEB}/${fullName(pull.repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const url = `${API}/repos/${fullName(pull.repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId("PRR", review.id),
    user: simpleUser(review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: iso(review.submittedMs),
    commit_id: review.commitSha,
    author_association: associationWith(world, pull.repository, review.author),
  };
}
