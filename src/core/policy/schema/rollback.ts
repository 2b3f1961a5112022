import { z } from "zod";
import { rollbackCauses, rollbackDeeds, rollbackMeasures } from "../schema.ts";
import { largerNumber, smaller, stricter, union } from "./join.ts";
import { group, key } from "./key.ts";
import { lastingDuration, percentage } from "./values.ts";

/** What follows when something goes wrong after a change of an agent went live. */
export const rollback = group("What follows when something goes wrong after a change of an agent went live.", {
  on: key(z.array(z.enum(rollbackCauses)), {
    join: union(),
    type: `list of ${rollbackCauses.join(", ")}`,
    says: "What counts: a deployment that fails by the word of `deployed_by`, and what monitoring posts to `/signals`.",
  }),
  threshold: key(percentage, {
    join: smaller,
    type: "percentage, such as 5%",
    says: "From which rise of the error rate on a signal counts; `error_rate` needs it.",
  }),
  measured: key(z.enum(rollbackMeasures), {
    // A rate is at most one, so its rise in percent of itself is never less than its rise in points.
    join: stricter(rollbackMeasures),
    type: rollbackMeasures.join(" or "),
    says: "What the threshold is of: with 1 % before and 6 % after, the rise is 5 points, and 500 percent.",
  }),
  within: key(lastingDuration, {
    join: largerNumber,
    type: "duration",
    says: "For how long after it went live a change is asked about.",
  }),
  do: key(z.enum(rollbackDeeds), {
    join: stricter(rollbackDeeds),
    type: rollbackDeeds.join(" or "),
    says: "Whether people are told, with the commands; or the enforcer opens a revert, where one change alone is in question.",
  }),
});
