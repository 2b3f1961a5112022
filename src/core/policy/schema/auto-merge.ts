import { z } from "zod";
import { stricter, union } from "./join.ts";
import { group, key } from "./key.ts";
import { pattern } from "./values.ts";

const armers = ["people"] as const;

export const autoMerge = group("Where an agent's change may merge by itself as soon as this gate allows it.", {
  forbid: key(z.array(pattern), {
    join: union(),
    type: "list of patterns",
    says: "Paths with which an agent's change must not have auto-merge armed, by anybody.",
  }),
  armed_by: key(z.enum(armers), {
    join: stricter(armers),
    type: armers.join(" or "),
    says: "Who may arm auto-merge elsewhere; who started the agent is not one of them. Agents may as well where `agents.autonomy` lets their change merge by itself.",
  }),
});
