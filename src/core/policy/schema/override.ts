import { z } from "zod";
import { everyList, largerNumber } from "./join.ts";
import { group, key, later } from "./key.ts";
import { duration, overriders, owner, positiveNumber, text, wholeNumber } from "./values.ts";

export const override = group("Who decides about the gate itself.", {
  by: key(
    overriders.transform((list) => [list]),
    {
      join: everyList(),
      type: 'list of administrators, "@org/team" or "@person"',
      says: "Who must approve a change of the policy; where several files name lists, an approver must be in each of them.",
    },
  ),
  count: key(positiveNumber, {
    join: largerNumber,
    type: "count",
    says: "How many of them; of administrators only as many as there are beside who opened it, where those are fewer, and never none.",
  }),
  break_glass: later(
    z.strictObject({ by: z.array(owner).min(1), count: wholeNumber, for: duration, report_to: text.optional() }),
    {
      joinName: "intersection of people, the larger count",
      type: "{ by, count, for, report_to }",
      says: "Who may open the gate in an emergency, and for how long.",
    },
  ),
});
