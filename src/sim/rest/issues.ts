import { z } from "zod";
import {
  change,
  created,
  list,
  numberParam,
  ok,
  parse,
  type Reply,
  repositoryRoute,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { commitsBetween } from "../git-merge.ts";
import { issueEventShape } from "../shapes/events.ts";
import { gitCommit } from "../shapes/git.ts";
import { commentShape, issueShape } from "../shapes/issues.ts";
import { labelShape, reviewShape } from "../shapes/pulls.ts";
import { addLabels, assign, editIssue, openIssue, removeLabel, threadOf } from "../state/issues.ts";
import type { PullRequest, Thread } from "../state/model.ts";
import { notFound } from "../state/refused.ts";

/** Either permission opens the conversation of a pull request. */
const WRITERS = ["issues", "pull_requests"];
const READERS = [{ issues: "read" }, { pull_requests: "read" }] as const;

export const issueRoutes: readonly Route[] = [
  repositoryRoute("GET", "/issues", READERS, "read", listThreads),
  change("POST", "/issues", ["issues"], "read", (call) => {
    const wanted = z.object({
      title: z.string().min(1),
      body: z.string().nullable().default(null),
      labels: z.array(z.string()).default([]),
    });
    return created(
      issueShape(call.world, openIssue(call.world, call.repository, parse(wanted, call.body), call.actor)),
    );
  }),
  repositoryRoute("GET", "/issues/{issue_number}", READERS, "read", (call) =>
    ok(issueShape(call.world, threadAt(call, "read"))),
  ),
  change("PATCH", "/issues/{issue_number}", ["issues"], "triage", (call) => {
    const issue = call.repository.issues.get(numberParam(call, "issue_number"));
    // GitHub edits pull requests here too; the fake leaves that to their own endpoint.
    if (issue === undefined) throw notFound();
    const edit = z.object({
      title: z.string().optional(),
      body: z.string().nullable().optional(),
      state: z.enum(["open", "closed"]).optional(),
    });
    editIssue(call.world, issue, parse(edit, call.body), call.actor);
    return ok(issueShape(call.world, issue));
  }),
  repositoryRoute("GET", "/issues/{issue_number}/events", READERS, "read", (call) => {
    const thread = threadAt(call, "read");
    return list(thread.events, (entry) => issueEventShape(call.world, thread, entry));
  }),
  repositoryRoute("GET", "/issues/{issue_number}/timeline", READERS, "read", (call) =>
    list(timeline(call, threadAt(call, "read")), (entry) => entry.render()),
  ),
  repositoryRoute("GET", "/issues/{issue_number}/labels", READERS, "read", (call) =>
    list(threadAt(call, "read").labels, (label) => labelShape(call.repository, label)),
  ),
  change("POST", "/issues/{issue_number}/labels", WRITERS, "triage", (call) => {
    const thread = threadAt(call, "write");
    const { labels } = parse(z.object({ labels: z.array(z.string()) }), call.body);
    addLabels(call.world, thread, labels, call.actor);
    return ok(thread.labels.map((label) => labelShape(call.repository, label)));
  }),
  change("DELETE", "/issues/{issue_number}/labels/{name}", WRITERS, "triage", (call) => {
    const thread = threadAt(call, "write");
    removeLabel(call.world, thread, call.param("name"), call.actor);
    return ok(thread.labels.map((label) => labelShape(call.repository, label)));
  }),
  change("POST", "/issues/{issue_number}/assignees", WRITERS, "triage", (call) => {
    const thread = threadAt(call, "write");
    const { assignees } = parse(z.object({ assignees: z.array(z.string()) }), call.body);
    for (const login of assignees) assign(call.world, thread, call.world.account(login), call.actor);
    return created({ number: thread.number, assignees: thread.assignees.map(({ login }) => ({ login })) });
  }),
];

/** @throws Refused 403 for an installation that may reach pull requests only, where the number is an issue's */
export function threadAt(call: RepositoryCall, level: "read" | "write"): Thread {
  const thread = threadOf(call.repository, numberParam(call, "issue_number"));
  admitToThread(call, thread, level);
  return thread;
}

export function admitToThread(call: RepositoryCall, thread: Thread, level: "read" | "write"): void {
  if (!("head" in thread)) call.admit(call.repository, [{ issues: level }], "read");
}

/** Issues and pull requests in one list, newest first; pull requests carry a field that says so. */
function listThreads(call: RepositoryCall): Reply {
  const { query, repository } = call;
  const sinceMs = sinceOf(call);
  const [state, labels] = [query.get("state") ?? "open", query.get("labels")?.split(",") ?? []];
  const threads: Thread[] = [...repository.pulls.values(), ...repository.issues.values()].filter(
    (thread) =>
      (state === "all" || thread.state === state) &&
      thread.updatedMs >= sinceMs &&
      labels.every((label) => thread.labels.some(({ name }) => name.toLowerCase() === label.toLowerCase())),
  );
  call.admit(repository, [{ issues: "read" }], "read");
  return list(
    threads.sort((a, b) => b.number - a.number),
    (thread) => issueShape(call.world, thread),
  );
}

/** What was changed at this moment or later is listed. */
export function sinceOf({ query }: RepositoryCall): number {
  const since = query.get("since");
  return since === null ? Number.NEGATIVE_INFINITY : Date.parse(since);
}

interface TimelineEntry {
  readonly atMs: number;
  render(): unknown;
}

/** Commits by their own date, and what happened to the pull request, in one order: commits of one moment come first. */
function timeline({ world }: RepositoryCall, thread: Thread): TimelineEntry[] {
  const pull = "head" in thread ? thread : null;
  const happenings = [
    ...thread.events.map((entry) => ({ ...entry, render: () => issueEventShape(world, thread, entry) })),
    ...thread.comments.map((comment) => ({
      id: comment.id,
      atMs: comment.createdMs,
      render: () => ({ event: "commented", ...commentShape(world, thread, comment) }),
    })),
    ...(pull?.reviews ?? []).map((review) => ({
      id: review.id,
      atMs: review.submittedMs,
      render: () => ({
        event: "reviewed",
        ...(pull === null ? {} : reviewShape(world, pull, review)),
        state: review.state.toLowerCase(),
      }),
    })),
  ].sort((a, b) => a.id - b.id);
  return [...(pull === null ? [] : committed(pull)), ...happenings].sort((a, b) => a.atMs - b.atMs);
}

function committed({ repository, base, head }: PullRequest): TimelineEntry[] {
  const { objects } = repository;
  const commits = commitsBetween(objects, base.sha, head.sha).flatMap((sha) => objects.commit(sha) ?? []);
  return commits.map((commit) => ({
    atMs: commit.committer.dateMs,
    render: () => ({ event: "committed", ...gitCommit(repository, commit) }),
  }));
}
