import { z } from "zod";
import { byCodeUnits } from "../../../lib/order.ts";
import { type Demand, type RestoreSkip, restoreSkips } from "../schema.ts";
import { everyDemand } from "./approvals.ts";
import { intersection, smallerNumber } from "./join.ts";
import { group, key } from "./key.ts";
import { approvers, positiveNumber, span } from "./values.ts";

const demand = z
  .strictObject({ count: positiveNumber, from: approvers.optional() })
  .transform(({ count, from = ["people"] }): readonly Demand[] => [{ count, from: from.toSorted(byCodeUnits) }]);

export const restore = group(
  "What a return to content that production ran may skip. Without `within` in the first file there is no such thing; see [restore.md](restore.md).",
  {
    within: key(span, {
      join: smallerNumber,
      type: "duration, such as 14d",
      otherwise: "never",
      says: "How long ago the base branch may have held that content, and production have run it.",
    }),
    skips: key(z.array(z.enum(restoreSkips)), {
      join: intersection<RestoreSkip>(),
      type: `list of ${restoreSkips.join(", ")}`,
      says: "What does not hold it up. Of freezes those alone that say `except: [restore]` as well.",
    }),
    approvals: key(demand, {
      join: everyDemand,
      type: "{ count, from }",
      otherwise: "`{ count: 1, from: [people] }`",
      says: "Who must approve before anything is skipped, in addition to all other approvals.",
    }),
  },
);
