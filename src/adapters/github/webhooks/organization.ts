import { z } from "zod";
import { changed, ofInstallation, type Reader } from "./reader.ts";

const schema = ofInstallation.extend({ action: z.string() });
/** Who is only invited or added has no team and no permission yet; those come as events of their own. */
const withoutEffect = new Set(["member_invited", "member_added"]);

/** A person left the organisation and with it every team, or the organisation goes by another name. */
export const organization: Reader = (payload) => {
  const { action, installation } = schema.parse(payload);
  return withoutEffect.has(action) ? [] : [changed({ kind: "sweep_installation", installationId: installation.id })];
};
