import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({ number: z.int().positive() });

/** Every action is a reason to look: an action that GitHub adds later may matter, and one that does not costs a look that writes nothing. */
export const pullRequest: Reader = (payload) => {
  const { installation, repository, number } = schema.parse(payload);
  return [changed({ kind: "pull_request", installationId: installation.id, repository, number })];
};
