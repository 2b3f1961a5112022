import { z } from "zod";
import { addressesSallyport, firstLineOf } from "../../../core/commands/parse.ts";
import type { CommandComment } from "../../../core/decisions/command-comment.ts";
import { askGraphql, type Session } from "../api.ts";
import { accountOrNull, moment } from "../shapes.ts";

/** A comment as the timeline has it, which is read at every look for other reasons: comments cost no request. */
export const commentShape = z.looseObject({
  event: z.literal("commented"),
  id: z.int(),
  node_id: z.string(),
  user: accountOrNull,
  body: z.string().nullish(),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.string().optional(),
  performed_via_github_app: z.looseObject({ id: z.int(), slug: z.string().optional() }).nullish(),
});
export type TimelineComment = z.infer<typeof commentShape>;

/** Begins the comment that answers another one, and shows nothing. It cannot address Sallyport: the command would be its first word. */
export function answerMark(commentId: number): string {
  return `<!-- sallyport answers ${commentId} -->`;
}

/** GitHub's most for `nodes`. */
const idsPerQuery = 100;

const standsShape = z.looseObject({
  nodes: z.array(
    z.looseObject({
      databaseId: z.int(),
      lastEditedAt: z.string().nullable(),
      reactionGroups: z.array(z.looseObject({ content: z.string(), viewerHasReacted: z.boolean() })),
    }),
  ),
});

const query = `query Comments($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on IssueComment { databaseId lastEditedAt reactionGroups { content viewerHasReacted } }
  }
}`;

/**
 * The comments that address Sallyport, the oldest first; its own never do. What the timeline does not tell is asked of those alone: an
 * edit in the second of creation leaves `updated_at` as it was, and its counts of reactions name nobody. It is asked after the texts
 * were read, so that an edit between the two counts as one.
 */
export async function readCommands(
  session: Session,
  comments: readonly TimelineComment[],
  appId: number,
): Promise<readonly CommandComment[]> {
  const own = comments.filter((comment) => comment.performed_via_github_app?.id === appId);
  const answers = new Set(own.map(({ body }) => firstLineOf(body ?? "")));
  const addressed = comments
    .filter((comment) => !own.includes(comment))
    .map((comment) => ({ comment, firstLine: firstLineOf(comment.body ?? "") }))
    .filter(({ firstLine }) => addressesSallyport(firstLine))
    .toSorted((a, b) => a.comment.id - b.comment.id);
  const stand = await readStanding(
    session,
    addressed.map(({ comment }) => comment.node_id),
  );
  return addressed.map(({ comment, firstLine }) => {
    const { id, user, created_at, performed_via_github_app: app } = comment;
    const stands = stand.get(id);
    return {
      id,
      account: user,
      // Where GitHub does not tell, it may have been any app.
      viaApp: app === null ? null : (app?.slug ?? "unknown"),
      unedited: stands?.lastEditedAt === null,
      createdAtMs: moment.parse(created_at),
      firstLine,
      reacted: stands?.reactionGroups.some(isAnswer) === true,
      replied: answers.has(answerMark(id)),
    };
  });
}

function isAnswer({ content, viewerHasReacted }: { readonly content: string; readonly viewerHasReacted: boolean }) {
  return viewerHasReacted && (content === "THUMBS_UP" || content === "THUMBS_DOWN");
}

type Standing = z.infer<typeof standsShape>["nodes"][number];

async function readStanding(session: Session, ids: readonly string[]): Promise<ReadonlyMap<number, Standing>> {
  const stand = new Map<number, Standing>();
  for (let from = 0; from < ids.length; from += idsPerQuery) {
    const { nodes } = await askGraphql(session, query, { ids: ids.slice(from, from + idsPerQuery) }, standsShape);
    for (const node of nodes) stand.set(node.databaseId, node);
  }
  return stand;
}
