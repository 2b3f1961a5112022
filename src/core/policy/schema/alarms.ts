import { z } from "zod";
import { alarmKinds } from "../schema.ts";
import { union } from "./join.ts";
import { group, key } from "./key.ts";
import { oneOrMore } from "./values.ts";

/** Compared without case, as GitHub does. */
const repository = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9-]{0,99}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
    "is no repository, such as acme/incidents",
  )
  .transform((value) => value.toLowerCase());

export const alarms = group("What is told to people beside the ledger and the log, and where.", {
  issues: key(oneOrMore(repository), {
    join: union(),
    type: "repository, such as acme/incidents, or a list of them",
    says: "Where an alarm becomes an issue: repositories of the same owner that the App is installed on; with none, what concerns a pull request becomes a comment there.",
  }),
  on: key(z.array(z.enum(alarmKinds)), {
    join: union(),
    type: `list of ${alarmKinds.join(", ")}`,
    says: "What raises an alarm: a merge on a head that the check had not let pass, a push past the gate, a check that is not required or not pinned to this App.",
  }),
});
