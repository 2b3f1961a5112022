import { z } from "zod";
import { addressesSallyport, firstLineOf } from "../../../core/commands/parse.ts";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({
  action: z.string(),
  issue: z.looseObject({ number: z.int().positive(), pull_request: z.looseObject({}).nullish() }),
  comment: z.looseObject({ body: z.string().nullish() }),
});

/**
 * Comments on pull requests, as they are created, that seem to address Sallyport: all others are no reason to look, and edits make no
 * commands. What such a comment says, and who says it, is asked of GitHub when it is looked at.
 */
export const issueComment: Reader = (payload) => {
  const { action, installation, repository, issue, comment } = schema.parse(payload);
  if (action !== "created" || issue.pull_request == null) return [];
  if (!addressesSallyport(firstLineOf(comment.body ?? ""))) return [];
  return [changed({ kind: "pull_request", installationId: installation.id, repository, number: issue.number })];
};
