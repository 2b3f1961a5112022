import { z } from "zod";
import { ownRunMark } from "../../../app/own-run.ts";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({
  action: z.string(),
  check_run: z.looseObject({
    external_id: z.string().nullable().optional(),
    app: z.looseObject({ id: z.int() }).nullable(),
  }),
});

/**
 * Our own runs only: runs of others are no evidence here yet. `created` and `completed` echo what was published, and an outdated
 * look may have published it; `rerequested` and `requested_action` are a person's wish for another look, and GitHub sends these to
 * the owning App alone. Which button was pressed is not read: every button of ours, of older versions too, asks for a look. Whoever
 * can read the repository may ask for one: it grants nothing, it publishes what a look without being asked would have, and wishes
 * that come in a burst are one look.
 */
export const checkRun: Reader = (payload, app) => {
  const { action, installation, repository, check_run } = schema.parse(payload);
  if (check_run.app?.id !== app.id) return [];
  const mark = ownRunMark(check_run.external_id ?? null, { installationId: installation.id, repository });
  if (mark === null) return [];
  return action === "rerequested" || action === "requested_action" ? [changed(mark.subject)] : [mark];
};
