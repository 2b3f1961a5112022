import { z } from "zod";
import {
  change,
  created,
  list,
  numberParam,
  ok,
  parse,
  repositoryRoute,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { commitsBetween } from "../git-merge.ts";
import { issueEventShape } from "../shapes/events.ts";
import { gitCommit } from "../shapes/git.ts";
import { commentShape, issueShape, labelShape, reviewShape } from "../shapes/pulls.ts";
import { addComment, addLabels, assign, removeLabel } from "../state/issues.ts";
import type { PullRequest } from "../state/model.ts";
import { pullOf } from "../state/pulls.ts";

/** Either permission opens the conversation of a pull request. */
const WRITERS = ["issues", "pull_requests"];
const READERS = [{ issues: "read" }, { pull_requests: "read" }] as const;

export const issueRoutes: readonly Route[] = [
  repositoryRoute("GET", "/issues/{issue_number}", READERS, "read", (call) => ok(issueShape(call.world, pullAt(call)))),
  repositoryRoute("GET", "/issues/{issue_number}/events", READERS, "read", (call) => {
    const pull = pullAt(call);
    return list(pull.events, (entry) => issueEventShape(call.world, pull, entry));
  }),
  repositoryRoute("GET", "/issues/{issue_number}/timeline", READERS, "read", (call) => {
    const pull = pullAt(call);
    return list(timeline(call, pull), (entry) => entry.render());
  }),
  repositoryRoute("GET", "/issues/{issue_number}/comments", READERS, "read", (call) => {
    const pull = pullAt(call);
    return list(pull.comments, (comment) => commentShape(call.world, pull, comment));
  }),
  change("POST", "/issues/{issue_number}/comments", WRITERS, "read", (call) => {
    const pull = pullAt(call);
    const { body } = parse(z.object({ body: z.string() }), call.body);
    return created(commentShape(call.world, pull, addComment(call.world, pull, body, call.actor)));
  }),
  repositoryRoute("GET", "/issues/{issue_number}/labels", READERS, "read", (call) =>
    list(pullAt(call).labels, (label) => labelShape(call.repository, label)),
  ),
  change("POST", "/issues/{issue_number}/labels", WRITERS, "triage", (call) => {
    const pull = pullAt(call);
    const { labels } = parse(z.object({ labels: z.array(z.string()) }), call.body);
    addLabels(call.world, pull, labels, call.actor);
    return ok(pull.labels.map((label) => labelShape(call.repository, label)));
  }),
  change("DELETE", "/issues/{issue_number}/labels/{name}", WRITERS, "triage", (call) => {
    const pull = pullAt(call);
    removeLabel(call.world, pull, call.param("name"), call.actor);
    return ok(pull.labels.map((label) => labelShape(call.repository, label)));
  }),
  change("POST", "/issues/{issue_number}/assignees", WRITERS, "triage", (call) => {
    const pull = pullAt(call);
    const { assignees } = parse(z.object({ assignees: z.array(z.string()) }), call.body);
    for (const login of assignees) assign(call.world, pull, call.world.account(login), call.actor);
    return created({ number: pull.number, assignees: pull.assignees.map(({ login }) => ({ login })) });
  }),
];

function pullAt(call: RepositoryCall): PullRequest {
  return pullOf(call.repository, numberParam(call, "issue_number"));
}

interface TimelineEntry {
  readonly atMs: number;
  render(): unknown;
}

/** Commits by their own date, and what happened to the pull request, in one order: commits of one moment come first. */
function timeline(call: RepositoryCall, pull: PullRequest): TimelineEntry[] {
  const { world } = call;
  const { objects } = pull.repository;
  const commits = commitsBetween(objects, pull.base.sha, pull.head.sha).flatMap((sha) => objects.commit(sha) ?? []);
  const happenings = [
    ...pull.events.map((entry) => ({ ...entry, render: () => issueEventShape(world, pull, entry) })),
    ...pull.comments.map((comment) => ({
      id: comment.id,
      atMs: comment.createdMs,
      render: () => ({ event: "commented", ...commentShape(world, pull, comment) }),
    })),
    ...pull.reviews.map((review) => ({
      id: review.id,
      atMs: review.submittedMs,
      render: () => ({ event: "reviewed", ...reviewShape(world, pull, review), state: review.state.toLowerCase() }),
    })),
  ].sort((a, b) => a.id - b.id);
  return [
    ...commits.map((commit) => ({
      atMs: commit.committer.dateMs,
      render: () => ({ event: "committed", ...gitCommit(pull.repository, commit) }),
    })),
    ...happenings,
  ].sort((a, b) => a.atMs - b.atMs);
}
