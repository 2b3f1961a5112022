import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({ number: z.int().positive() });
const landing = z.looseObject({
  action: z.literal("closed"),
  pull_request: z.looseObject({ merged: z.literal(true), base: z.looseObject({ ref: z.string().min(1) }) }),
});

/**
 * Every action is a reason to look: an action that GitHub adds later may matter, and one that does not costs a look that writes nothing.
 * A merge also moved a branch: where the push that tells of it is lost, what went around the gate is found all the same.
 */
export const pullRequest: Reader = (payload) => {
  const { installation, repository, number } = schema.parse(payload);
  const installationId = installation.id;
  const pull = changed({ kind: "pull_request", installationId, repository, number });
  const merged = landing.safeParse(payload);
  if (!merged.success) return [pull];
  const { ref: branch } = merged.data.pull_request.base;
  return [
    pull,
    changed({ kind: "branch", installationId, repository, branch }),
    // It may be the revert of a change that something went wrong after.
    changed({ kind: "aftermath", installationId, repository }),
  ];
};
