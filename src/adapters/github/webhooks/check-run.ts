import { z } from "zod";
import { ownRunMark } from "../../../app/own-run.ts";
import { changed, ofRepository, type Reader, sender } from "./reader.ts";

const schema = ofRepository.extend({
  action: z.string(),
  check_run: z.looseObject({
    external_id: z.string().nullable().optional(),
    app: z.looseObject({ id: z.int() }).nullable(),
  }),
});
const pressed = z.looseObject({
  sender,
  requested_action: z.looseObject({ identifier: z.string() }).nullish(),
});

/**
 * Our own runs only: runs of others are no evidence here yet. `created` and `completed` echo what was published, and an outdated
 * look may have published it; `rerequested` and `requested_action` are somebody's wish, and GitHub sends these to the owning App alone.
 * Who may press is not documented, so the wish itself is marked: what its sender may do is read when it is looked at. A button of
 * which the name is not known, of an older version, asks for another look.
 */
export const checkRun: Reader = (payload, app) => {
  const { action, installation, repository, check_run } = schema.parse(payload);
  if (check_run.app?.id !== app.id) return [];
  const mark = ownRunMark(check_run.external_id ?? null, { installationId: installation.id, repository });
  if (mark === null) return [];
  if (action !== "rerequested" && action !== "requested_action") return [mark];
  const { sender: by, requested_action: button } = pressed.parse(payload);
  const number = mark.subject.kind === "pull_request" ? mark.subject.number : null;
  const what = button?.identifier === "explain" ? "explanation" : "look";
  return [
    changed({
      kind: "wish",
      installationId: installation.id,
      repository,
      number,
      what,
      by: { id: by.id, login: by.login },
    }),
  ];
};
