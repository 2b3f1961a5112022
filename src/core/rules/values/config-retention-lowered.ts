import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { atMostOneIn, ratioOf, restored, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

export default defineRule({
  id: "config-retention-lowered",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "Data, backups or logs are kept for half as long as before, or shorter.",
  why: "What is older is deleted soon after the change goes live, and no later change brings it back.",
  remedy: "See that nobody needs what is deleted, or keep a copy of it elsewhere first.",
  needs: "values",
  options: z.strictObject({
    factor: z.number().min(1).default(2).describe("How many times as short a retention asks a person."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, { factor }, context) {
    for (const shift of shiftsOf(view, context, ["retention"])) {
      const ratio = ratioOf(shift);
      const bounded =
        shift.before.kind === "unlimited" &&
        /^-1|forever|unlimited|inf/iu.test(shift.before.text) &&
        shift.after.kind === "amount";
      const at =
        shift.before.kind === "unlimited" && shift.after.kind === "hidden" ? shift.value.after?.place : undefined;
      if (at !== undefined) yield { at, about: shift.about, undecided: `how long \`${shift.value.key}\` keeps` };
      const undecided = ratio === null ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
      if (!bounded && (ratio === null || !atMostOneIn(ratio, factor))) continue;
      const clause = bounded
        ? "it was kept for ever"
        : `one ${factor === 2 ? "half" : `${factor}th`} of what it was, or less`;
      yield sightingOf(shift, clause, { asks: true, ...restored(shift) });
    }
  },
  examples: {
    "a week in the place of a month": `
      M prometheus/values.yaml
        server:
      -   retention: 30d
      >   retention: 7d`,
    "a topic that was kept for ever": `
      M kafka/topic.properties
      - retention.ms=-1
      > retention.ms=86400000`,
    "fewer backups": `
      M backup/config.toml
        [schedule]
      - keep_daily = 14
      > keep_daily = 3`,
    longer: `
      M prometheus/values.yaml
        server:
      -   retention: 7d
      +   retention: 30d`,
    "a little shorter": `
      M prometheus/values.yaml
        server:
      -   retention: 30d
      +   retention: 28d`,
  },
});
