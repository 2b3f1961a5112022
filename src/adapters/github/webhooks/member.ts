import { changed, ofRepository, type Reader } from "./reader.ts";

/** A collaborator came, went or got another role: whose approval counts may be different. */
export const member: Reader = (payload) => {
  const { installation, repository } = ofRepository.parse(payload);
  return [changed({ kind: "sweep_repository", installationId: installation.id, repository })];
};
