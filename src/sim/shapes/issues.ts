import { associationWith } from "../state/accounts.ts";
import type { Comment, Reaction, Thread } from "../state/model.ts";
import { fullName, type World } from "../state/world.ts";
import { simpleUser } from "./accounts.ts";
import { integration } from "./apps.ts";
import { labelShape } from "./pulls.ts";
import { API, iso, isoOrNull, nodeId, type Schema, WEB } from "./schema.ts";

/** An issue, or a pull request as one: the only place that names the app through which it was opened. */
export function issueShape(world: World, thread: Thread): Schema<"issue"> {
  const { repository, number } = thread;
  const api = `${API}/repos/${fullName(repository)}`;
  const url = `${api}/issues/${number}`;
  const isPull = "head" in thread;
  const html = `${WEB}/${fullName(repository)}/${isPull ? "pull" : "issues"}/${number}`;
  const assignees = thread.assignees.map(simpleUser);
  return {
    id: thread.id,
    node_id: nodeId(isPull ? "PR" : "I", thread.id),
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number,
    state: thread.state,
    title: thread.title,
    body: thread.body,
    user: simpleUser(thread.author),
    labels: thread.labels.map((label) => labelShape(repository, label)),
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    locked: thread.locked,
    comments: thread.comments.length,
    ...(isPull
      ? {
          draft: thread.draft,
          pull_request: {
            url: `${api}/pulls/${number}`,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
          },
        }
      : {}),
    closed_at: isoOrNull(thread.closedMs),
    created_at: iso(thread.createdMs),
    updated_at: iso(thread.updatedMs),
    author_association: associationWith(world, repository, thread.author),
    performed_via_github_app: thread.app === null ? null : integration(thread.app),
  };
}

export function commentShape(world: World, thread: Thread, comment: Comment): Schema<"issue-comment"> {
  const { repository, number } = thread;
  const api = `${API}/repos/${fullName(repository)}/issues`;
  const page = `${WEB}/${fullName(repository)}/${"head" in thread ? "pull" : "issues"}/${number}`;
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: `${api}/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    body: comment.body,
    user: simpleUser(comment.author),
    created_at: iso(comment.createdMs),
    updated_at: iso(comment.updatedMs),
    issue_url: `${api}/${number}`,
    author_association: associationWith(world, repository, comment.author),
    performed_via_github_app: comment.app === null ? null : integration(comment.app),
  };
}

export function reactionShape(reaction: Reaction): Schema<"reaction"> {
  return {
    id: reaction.id,
    node_id: nodeId("REA", reaction.id),
    user: simpleUser(reaction.author),
    content: reaction.content,
    created_at: iso(reaction.createdMs),
  };
}
