import { z } from "zod";
import { union } from "./join.ts";
import { group, key, later } from "./key.ts";
import { halters, text, wholeNumber } from "./values.ts";

export const halt = group("Who may stop what agents do, and what stops them by itself.", {
  by: key(halters, {
    // Who loses the right to stop something makes the gate milder: a file below can add people, and take nobody away.
    join: union(),
    type: 'list of people, administrators, "@org/team" or "@person"',
    says: "Who may halt; `people` are all with write permission. Administrators lift a halt.",
  }),
  trip_on: later(z.array(z.union([text, z.strictObject({ blocks_per_hour: wholeNumber })])), {
    joinName: "union",
    type: "list of words, or { blocks_per_hour }",
    says: "What halts an agent by itself.",
  }),
});
