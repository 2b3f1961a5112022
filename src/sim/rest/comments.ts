import { z } from "zod";
import {
  change,
  created,
  list,
  noContent,
  numberParam,
  ok,
  parse,
  repositoryRoute,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { commentShape, reactionShape } from "../shapes/issues.ts";
import { addComment, commentOf, deleteComment, editComment, react, refuseForeignComment } from "../state/issues.ts";
import type { Comment, Thread } from "../state/model.ts";
import { admitToThread, sinceOf, threadAt } from "./issues.ts";

const WRITERS = ["issues", "pull_requests"];
const READERS = [{ issues: "read" }, { pull_requests: "read" }] as const;
const words = z.object({ body: z.string() });
const reaction = z.object({
  content: z.enum(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]),
});

/** Comments of issues and pull requests, and reactions to them. */
export const commentRoutes: readonly Route[] = [
  repositoryRoute("GET", "/issues/{issue_number}/comments", READERS, "read", (call) => {
    const thread = threadAt(call, "read");
    const sinceMs = sinceOf(call);
    const listed = thread.comments.filter(({ updatedMs }) => updatedMs >= sinceMs);
    return list(listed, (comment) => commentShape(call.world, thread, comment));
  }),
  change("POST", "/issues/{issue_number}/comments", WRITERS, "read", (call) => {
    const thread = threadAt(call, "write");
    const { body } = parse(words, call.body);
    return created(commentShape(call.world, thread, addComment(call.world, thread, body, call.actor)));
  }),
  repositoryRoute("GET", "/issues/comments/{comment_id}", READERS, "read", (call) => {
    const { thread, comment } = commentAt(call, "read");
    return ok(commentShape(call.world, thread, comment));
  }),
  change("PATCH", "/issues/comments/{comment_id}", WRITERS, "read", (call) => {
    const { thread, comment } = commentAt(call, "write");
    refuseForeignComment(call.world, thread, comment, call.actor);
    editComment(call.world, thread, comment, parse(words, call.body).body, call.actor);
    return ok(commentShape(call.world, thread, comment));
  }),
  change("DELETE", "/issues/comments/{comment_id}", WRITERS, "read", (call) => {
    const { thread, comment } = commentAt(call, "write");
    refuseForeignComment(call.world, thread, comment, call.actor);
    deleteComment(call.world, thread, comment, call.actor);
    return noContent();
  }),
  repositoryRoute("GET", "/issues/comments/{comment_id}/reactions", READERS, "read", (call) =>
    list(commentAt(call, "read").comment.reactions, reactionShape),
  ),
  change("POST", "/issues/comments/{comment_id}/reactions", WRITERS, "read", (call) => {
    const { comment } = commentAt(call, "write");
    const before = comment.reactions.length;
    const made = reactionShape(react(call.world, comment, parse(reaction, call.body).content, call.actor));
    return comment.reactions.length === before ? ok(made) : created(made);
  }),
];

function commentAt(
  call: RepositoryCall,
  level: "read" | "write",
): { readonly thread: Thread; readonly comment: Comment } {
  const found = commentOf(call.repository, numberParam(call, "comment_id"));
  admitToThread(call, found.thread, level);
  return found;
}
