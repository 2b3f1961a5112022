import { z } from "zod";
import { addressesSallyport, firstLineOf } from "../../../core/commands/parse.ts";
import { changed, ofRepository, type Reader, urgent } from "./reader.ts";

const schema = ofRepository.extend({
  action: z.string(),
  issue: z.looseObject({ number: z.int().positive(), pull_request: z.looseObject({}).nullish() }),
  comment: z.looseObject({ body: z.string().nullish(), author_association: z.string().nullish() }),
});

/** GitHub's words for who belongs to the repository or its organisation. */
const ofTheHouse: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/**
 * Comments on pull requests, as they are created, that seem to address Sallyport: all others are no reason to look, and edits make no
 * commands. What such a comment says, and who says it, is asked of GitHub when it is looked at; the payload decides no more than what is
 * looked at first, which strangers must not, or they could keep everything else waiting.
 */
export const issueComment: Reader = (payload) => {
  const { action, installation, repository, issue, comment } = schema.parse(payload);
  if (action !== "created" || issue.pull_request == null) return [];
  if (!addressesSallyport(firstLineOf(comment.body ?? ""))) return [];
  const subject = { kind: "pull_request", installationId: installation.id, repository, number: issue.number } as const;
  return [ofTheHouse.has(comment.author_association ?? "") ? urgent(subject) : changed(subject)];
};
