import { z } from "zod";
import type { Amount } from "../../../lib/amount.ts";
import { compare, divide, type Rational, whole, zero } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import { exact, restored, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

const all = whole(1);

/** Shares are written as `25%`, as 25 of 100 or as 0.25; `1` is all only beside fractions. */
function shareOf({ value, dimension }: Amount, beside: Amount): Rational | null {
  if (dimension === "ratio") return value;
  if (dimension !== "number") return null;
  const isFraction = (of: Amount): boolean => of.value.denominator !== 1n;
  const fractions = [{ value, dimension }, beside].some((of) => isFraction(of) && compare(of.value, all) < 0);
  return fractions ? value : divide(value, whole(100));
}

export default defineRule({
  id: "config-flag-fully-on",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A feature that nobody, or a few, had goes to everybody in one step.",
  why: "Flags and rollouts are there to show what is wrong while it is wrong for a few; this step asks all users at once.",
  remedy: "Go up in steps, and look at errors between them.",
  needs: "values",
  options: z.strictObject({
    from_percent: z.number().min(0).max(100).default(10).describe("A share up to so many percent counts as few."),
    to_percent: z
      .number()
      .min(0)
      .max(100)
      .default(100)
      .describe("A share from so many percent on counts as everybody."),
  }),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, { from_percent: from, to_percent: to }, context) {
    for (const shift of shiftsOf(view, context, ["rollout"])) {
      const { before, after } = shift;
      if (after.kind !== "amount") {
        const undecided = undecidedOf(shift);
        if (undecided !== null) yield undecided;
        continue;
      }
      const none = { value: zero, dimension: "number" } as const;
      const stood = before.kind === "amount" ? before.amount : before.kind === "unlimited" ? none : null;
      const [was, is] = stood === null ? [null, null] : [shareOf(stood, after.amount), shareOf(after.amount, stood)];
      if (was === null || is === null) continue;
      const few = compare(was, divide(exact(from), whole(100))) <= 0;
      if (!few || compare(is, divide(exact(to), whole(100))) < 0) continue;
      yield sightingOf(shift, `from at most ${from} % to ${to} % in one step`, { asks: true, ...restored(shift) });
    }
  },
  examples: {
    "from nobody to everybody": `
      M flags/checkout.yaml
        new_checkout:
      -   rollout_percentage: 0
      >   rollout_percentage: 100`,
    "as fractions": `
      M flags/flags.json
        {
      -   "checkout": { "rollout": 0.05 }
      >   "checkout": { "rollout": 1.0 }
        }`,
    "the next step": `
      M flags/checkout.yaml
        new_checkout:
      -   rollout_percentage: 10
      +   rollout_percentage: 25`,
    "the last step": `
      M flags/checkout.yaml
        new_checkout:
      -   rollout_percentage: 50
      +   rollout_percentage: 100`,
  },
});
