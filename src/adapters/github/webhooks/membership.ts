import { changed, ofInstallation, type Reader } from "./reader.ts";

/** A person joined or left a team. Which policies name the team is not known here. */
export const membership: Reader = (payload) => {
  const { installation } = ofInstallation.parse(payload);
  return [changed({ kind: "sweep_installation", installationId: installation.id })];
};
