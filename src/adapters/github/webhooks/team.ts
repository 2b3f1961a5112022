import { changed, ofInstallation, type Reader } from "./reader.ts";

/** A team was created, deleted, moved below another, or given another permission. */
export const team: Reader = (payload) => {
  const { installation } = ofInstallation.parse(payload);
  return [changed({ kind: "sweep_installation", installationId: installation.id })];
};
