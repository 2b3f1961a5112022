import { commitsBetween } from "../git-merge.ts";
import type { Call } from "../http/call.ts";
import { iso, isoOrNull, nodeId, WEB } from "../shapes/schema.ts";
import { associationWith, atLeast, roleOn } from "../state/accounts.ts";
import { pullFiles } from "../state/differences.ts";
import { entryOf } from "../state/merge-queue.ts";
import { mergePreview } from "../state/merging.ts";
import type { IssueEvent, PullRequest, Review } from "../state/model.ts";
import { fullName } from "../state/world.ts";
import { commentNode } from "./comment.ts";
import { connection, type PageArguments } from "./connection.ts";
import { accountNode, commitNode, repositorySummary } from "./nodes.ts";

interface ReviewArguments extends PageArguments {
  readonly states?: readonly string[] | null;
}
interface TimelineArguments extends PageArguments {
  readonly itemTypes?: readonly string[] | null;
}

export function pullRequestNode(call: Call, pull: PullRequest): object {
  const { repository } = pull;
  const url = `${WEB}/${fullName(repository)}/pull/${pull.number}`;
  const files = (): ReturnType<typeof pullFiles> => pullFiles(pull, call.world.ceilings);
  return {
    __typename: "PullRequest",
    id: nodeId("PR", pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    url,
    state: pull.merged !== null ? "MERGED" : pull.state === "open" ? "OPEN" : "CLOSED",
    closed: pull.state === "closed",
    merged: pull.merged !== null,
    isDraft: pull.draft,
    locked: pull.locked,
    headRefOid: pull.head.sha,
    headRefName: pull.head.ref,
    baseRefOid: pull.base.sha,
    baseRefName: pull.base.ref,
    isCrossRepository: pull.head.repository !== repository,
    isInMergeQueue: entryOf(pull) !== undefined,
    author: accountNode(pull.author),
    authorAssociation: associationWith(call.world, repository, pull.author),
    repository: () => repositorySummary(repository),
    headRepository: () => repositorySummary(pull.head.repository),
    baseRepository: () => repositorySummary(repository),
    createdAt: iso(pull.createdMs),
    updatedAt: iso(pull.updatedMs),
    closedAt: isoOrNull(pull.closedMs),
    mergedAt: isoOrNull(pull.merged?.atMs ?? null),
    mergedBy: pull.merged === null ? null : accountNode(pull.merged.by),
    mergeable: () => (mergePreview(pull).clean ? "MERGEABLE" : "CONFLICTING"),
    autoMergeRequest: () => autoMergeNode(pull),
    changedFiles: () => files().length,
    additions: () => files().reduce((sum, { additions }) => sum + additions, 0),
    deletions: () => files().reduce((sum, { deletions }) => sum + deletions, 0),
    labels: (args: PageArguments) =>
      connection(pull.labels, args, ({ id, name, color }) => ({ id: nodeId("L", id), name, color })),
    assignees: (args: PageArguments) => connection(pull.assignees, args, accountNode),
    comments: (args: PageArguments) => connection(pull.comments, args, (comment) => commentNode(call, comment)),
    reviews: (args: ReviewArguments) =>
      connection(
        pull.reviews.filter(({ state }) => args.states?.includes(state) ?? true),
        args,
        (review) => reviewNode(call, pull, review),
      ),
    commits: (args: PageArguments) => {
      const shas = commitsBetween(repository.objects, pull.base.sha, pull.head.sha);
      const commits = shas.flatMap((sha) => repository.objects.commit(sha) ?? []);
      return connection(commits, args, (commit) => ({
        id: nodeId("PRC", `${pull.id}_${commit.sha}`),
        commit: commitNode(call, repository, commit),
      }));
    },
    timelineItems: (args: TimelineArguments) =>
      connection(timeline(call, pull, args.itemTypes ?? null), args, ({ node }) => node),
  };
}

function autoMergeNode({ autoMerge }: PullRequest): object | null {
  if (autoMerge === null) return null;
  return {
    enabledAt: iso(autoMerge.atMs),
    enabledBy: accountNode(autoMerge.by),
    mergeMethod: autoMerge.method.toUpperCase(),
    authorEmail: null,
    commitBody: null,
    commitHeadline: null,
  };
}

function reviewNode(call: Call, pull: PullRequest, review: Review): object {
  const commit = pull.repository.objects.commit(review.commitSha);
  return {
    __typename: "PullRequestReview",
    id: nodeId("PRR", review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    author: accountNode(review.author),
    authorAssociation: associationWith(call.world, pull.repository, review.author),
    authorCanPushToRepository: atLeast(roleOn(call.world, pull.repository, review.author), "write"),
    state: review.state,
    body: review.body,
    submittedAt: iso(review.submittedMs),
    createdAt: iso(review.submittedMs),
    commit: commit === undefined ? null : commitNode(call, pull.repository, commit),
  };
}

/** GraphQL's names of the events that the REST timeline calls otherwise. `copilot_work_started` has none: only REST has it. */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  labeled: "LabeledEvent",
  unlabeled: "UnlabeledEvent",
  assigned: "AssignedEvent",
  renamed: "RenamedTitleEvent",
  closed: "ClosedEvent",
  reopened: "ReopenedEvent",
  merged: "MergedEvent",
  base_ref_changed: "BaseRefChangedEvent",
  head_ref_force_pushed: "HeadRefForcePushedEvent",
  convert_to_draft: "ConvertToDraftEvent",
  ready_for_review: "ReadyForReviewEvent",
  review_requested: "ReviewRequestedEvent",
  review_dismissed: "ReviewDismissedEvent",
  auto_merge_enabled: "AutoMergeEnabledEvent",
  auto_merge_disabled: "AutoMergeDisabledEvent",
  added_to_merge_queue: "AddedToMergeQueueEvent",
  removed_from_merge_queue: "RemovedFromMergeQueueEvent",
};

interface TimelineItem {
  readonly id: number;
  readonly type: string;
  readonly node: object;
}

function timeline(call: Call, pull: PullRequest, wanted: readonly string[] | null): TimelineItem[] {
  const items: TimelineItem[] = [
    ...pull.events.flatMap((entry) => {
      const type = EVENT_TYPES[entry.event];
      return type === undefined ? [] : [{ id: entry.id, type, node: eventNode(type, entry) }];
    }),
    ...pull.comments.map((comment) => ({ id: comment.id, type: "IssueComment", node: commentNode(call, comment) })),
    ...pull.reviews.map((review) => ({
      id: review.id,
      type: "PullRequestReview",
      node: reviewNode(call, pull, review),
    })),
  ];
  return items.filter(({ type }) => wanted === null || wanted.includes(enumName(type))).sort((a, b) => a.id - b.id);
}

function eventNode(type: string, entry: IssueEvent): object {
  return {
    __typename: type,
    id: nodeId("EV", entry.id),
    actor: accountNode(entry.actor),
    createdAt: iso(entry.atMs),
    ...entry.detail,
  };
}

/** `LabeledEvent` is asked for as `LABELED_EVENT`. */
function enumName(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
