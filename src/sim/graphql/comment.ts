import { isVisible } from "../http/access.ts";
import type { Call } from "../http/call.ts";
import { iso, isoOrNull, nodeId } from "../shapes/schema.ts";
import type { Account, Comment, Reaction, Repository } from "../state/model.ts";
import { accountNode } from "./nodes.ts";

/** GraphQL's names, in the order in which it lists the groups: one for each content, used or not. */
const CONTENTS: readonly (readonly [name: string, content: Reaction["content"]])[] = [
  ["THUMBS_UP", "+1"],
  ["THUMBS_DOWN", "-1"],
  ["LAUGH", "laugh"],
  ["HOORAY", "hooray"],
  ["CONFUSED", "confused"],
  ["HEART", "heart"],
  ["ROCKET", "rocket"],
  ["EYES", "eyes"],
];

export function commentNode(call: Call, comment: Comment): object {
  return {
    __typename: "IssueComment",
    id: nodeId("IC", comment.id),
    databaseId: comment.id,
    author: accountNode(comment.author),
    body: comment.body,
    createdAt: iso(comment.createdMs),
    updatedAt: iso(comment.updatedMs),
    lastEditedAt: isoOrNull(comment.editedMs),
    reactionGroups: CONTENTS.map(([name, content]) => ({
      content: name,
      viewerHasReacted: comment.reactions.some((each) => each.content === content && each.author === viewer(call)),
    })),
  };
}

function viewer({ identity }: Call): Account | null {
  switch (identity.kind) {
    case "user":
      return identity.account;
    case "installation":
      return identity.grant.installation.app.bot;
    case "app":
    case "anonymous":
      return null;
  }
}

/** The comment on a pull request with a node id, among those that the sender may see. */
export function findComment(
  call: Call,
  id: string,
): { readonly repository: Repository; readonly comment: Comment } | undefined {
  for (const repository of call.world.repositories.values()) {
    if (!isVisible(call.world, call.identity, repository)) continue;
    for (const { comments } of repository.pulls.values()) {
      const comment = comments.find((each) => nodeId("IC", each.id) === id);
      if (comment !== undefined) return { repository, comment };
    }
  }
  return undefined;
}
