import { changed, ofRepository, type Reader } from "./reader.ts";

/**
 * Something was deployed, failed or is on its way: clocks of bakes start, go on or stop. Which pull requests wait for that is not known
 * here, so all of the repository are marked. None comes for a deployment that becomes inactive; the one that took its place has its own.
 */
export const deploymentStatus: Reader = (payload) => {
  const { installation, repository } = ofRepository.parse(payload);
  const at = { installationId: installation.id, repository };
  return [changed({ kind: "sweep_repository", ...at }), changed({ kind: "aftermath", ...at })];
};
