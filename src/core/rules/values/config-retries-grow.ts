import { z } from "zod";
import { compare } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import {
  atLeast,
  exact,
  largestBelow,
  ratioOf,
  shiftsOf,
  sightingOf,
  restored,
  times,
  undecidedOf,
  valueOf,
} from "../../settings/shift.ts";

export default defineRule({
  id: "config-retries-grow",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A call is tried many times more often, or without end.",
  why: "A server that fails gets its load multiplied by every caller that tries again, and by every caller of those.",
  remedy: "Keep few tries at one level of the chain, with growing pauses and a budget.",
  needs: "values",
  options: z.strictObject({
    asks_from: z.number().min(1).default(3).describe("The multiple of what stood from which on a person is asked."),
    asks_above: z.int().min(0).default(5).describe("So many tries ask nobody."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, options, context) {
    for (const shift of shiftsOf(view, context, ["retries"])) {
      const { before, after } = shift;
      if (
        after.kind === "unlimited" &&
        before.kind === "amount" &&
        !/^(?:off|false|disabled?|no)$/iu.test(after.text)
      ) {
        yield sightingOf(shift, "it is tried without end", { asks: true, ...restored(shift) });
        continue;
      }
      const [ratio, value] = [ratioOf(shift), valueOf(after)];
      if (ratio === null || value === null) {
        const undecided = after.kind === "unlimited" ? null : undecidedOf(shift);
        if (undecided !== null) yield undecided;
        continue;
      }
      if (!atLeast(ratio, options.asks_from) || compare(value, exact(options.asks_above)) <= 0) continue;
      const clean = largestBelow(shift, options.asks_from);
      const edit = clean === null ? undefined : shift.value.after?.replaced(String(clean));
      yield sightingOf(shift, `${times(ratio)}, from ${options.asks_from}× on a person is asked`, {
        asks: true,
        ...(edit === undefined ? {} : { fix: [edit] }),
      });
    }
  },
  examples: {
    "three tries become thirty": `
      M services/pay/config.yaml
        client:
      -   max_retries: 3
      >   max_retries: 30`,
    "without end": `
      M services/pay/.env
      - MAX_ATTEMPTS=5
      > MAX_ATTEMPTS=-1`,
    "one more": `
      M services/pay/config.yaml
        client:
      -   max_retries: 3
      +   max_retries: 4`,
    "none at all": `
      M services/pay/config.yaml
        client:
      -   max_retries: 3
      +   max_retries: 0`,
  },
});
