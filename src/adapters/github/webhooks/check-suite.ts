import { z } from "zod";
import { changed, ofRepository, type Reader, sender } from "./reader.ts";

const pullRequest = z.looseObject({
  number: z.int().positive(),
  base: z.looseObject({ repo: z.looseObject({ id: z.int() }) }),
});
const schema = ofRepository.extend({
  action: z.string(),
  check_suite: z.looseObject({ app: z.looseObject({ id: z.int() }), pull_requests: z.array(pullRequest) }),
});
const pressed = z.looseObject({ sender });

/**
 * `rerequested` alone: a commit message can suppress `requested`, so nothing rests on it. A suite also lists pull requests to other
 * repositories, and for a head in a fork it lists none: then the wish is for all of this repository. Whether its sender may have one is
 * read when it is looked at.
 */
export const checkSuite: Reader = (payload, app) => {
  const { action, installation, repository, check_suite } = schema.parse(payload);
  if (action !== "rerequested" || check_suite.app.id !== app.id) return [];
  const { id, login } = pressed.parse(payload).sender;
  const wish = { kind: "wish", installationId: installation.id, repository, what: "look", by: { id, login } } as const;
  const here = check_suite.pull_requests.filter(({ base }) => base.repo.id === repository.id);
  if (here.length === 0) return [changed({ ...wish, number: null })];
  return here.map(({ number }) => changed({ ...wish, number }));
};
