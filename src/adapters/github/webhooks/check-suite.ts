import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const pullRequest = z.looseObject({
  number: z.int().positive(),
  base: z.looseObject({ repo: z.looseObject({ id: z.int() }) }),
});
const schema = ofRepository.extend({
  action: z.string(),
  check_suite: z.looseObject({ app: z.looseObject({ id: z.int() }), pull_requests: z.array(pullRequest) }),
});

/**
 * `rerequested` alone: a commit message can suppress `requested`, so nothing rests on it. A suite also lists pull requests to other
 * repositories, and for a head in a fork it lists none: then all of this repository are swept.
 */
export const checkSuite: Reader = (payload, app) => {
  const { action, installation, repository, check_suite } = schema.parse(payload);
  if (action !== "rerequested" || check_suite.app.id !== app.id) return [];
  const installationId = installation.id;
  const here = check_suite.pull_requests.filter(({ base }) => base.repo.id === repository.id);
  if (here.length === 0) return [changed({ kind: "sweep_repository", installationId, repository })];
  return here.map(({ number }) => changed({ kind: "pull_request", installationId, repository, number }));
};
