import { z } from "zod";
import { changed, ofInstallation, type Reader } from "./reader.ts";

const schema = ofInstallation.extend({ action: z.string() });
/** After these nothing of the installation can be read or written. */
const over = new Set(["deleted", "suspend"]);

/** Created, unsuspended, permissions accepted: every open pull request gets a run, those opened before the App came included. */
export const installation: Reader = (payload) => {
  const { action, installation } = schema.parse(payload);
  return over.has(action) ? [] : [changed({ kind: "sweep_installation", installationId: installation.id })];
};
