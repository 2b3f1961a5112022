import { changed, ofInstallation, type Reader } from "./reader.ts";

/** Repositories came or went. The lists of the payload have no owner's login, and a sweep lists what there is now. */
export const installationRepositories: Reader = (payload) => {
  const { installation } = ofInstallation.parse(payload);
  return [changed({ kind: "sweep_installation", installationId: installation.id })];
};
