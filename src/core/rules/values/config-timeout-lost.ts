import { z } from "zod";
import { compare, type Rational, whole } from "../../../lib/quantity.ts";
import { defineRule, type Observation } from "../../rule.ts";
import {
  atLeast,
  atMostOneIn,
  ratioOf,
  restored,
  type Shift,
  shiftsOf,
  sightingOf,
  times,
  undecidedOf,
  valueOf,
} from "../../settings/shift.ts";

interface Options {
  readonly factor: number;
  readonly lifetime_factor: number;
  readonly asks_above_seconds: number;
  readonly asks_below_ms: number;
}

/** A time that is short even after it grew is waited for without harm; of a number without a unit nobody knows. */
function isShort({ after }: Shift, bound: Rational): boolean {
  const value = valueOf(after);
  return (
    value !== null && after.kind === "amount" && after.amount.dimension === "milliseconds" && compare(value, bound) <= 0
  );
}

function judged(shift: Shift, options: Options): Observation | null {
  const { before, after, naming } = shift;
  if (before.kind === "amount" && after.kind === "unlimited") {
    return sightingOf(shift, "nothing ends it any more", { asks: true, ...restored(shift) });
  }
  const ratio = ratioOf(shift);
  if (ratio === null) return undecidedOf(shift);
  const factor = naming.of.class === "lifetime" ? options.lifetime_factor : options.factor;
  if (atLeast(ratio, factor) && !isShort(shift, whole(options.asks_above_seconds * 1_000))) {
    return sightingOf(shift, `${times(ratio)} as long, from ${factor}× on a person is asked`, {
      asks: true,
      ...restored(shift),
    });
  }
  const value = valueOf(after);
  const inTime = after.kind === "amount" && after.amount.dimension === "milliseconds";
  const short = inTime && value !== null && compare(value, whole(options.asks_below_ms)) < 0;
  if (short && atMostOneIn(ratio, factor)) {
    const clause = `one ${factor}th of what it was, or less: what took longer than that until now fails`;
    return sightingOf(shift, clause, { asks: true, ...restored(shift) });
  }
  return null;
}

export default defineRule({
  id: "config-timeout-lost",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A time limit is taken away, or becomes ten times as long or as short.",
  why: "A limit that never comes lets one slow server fill every thread of its callers; one that comes at once fails what worked.",
  remedy: "Move in smaller steps, and keep a limit; see that the limits of callers stay above those of what they call.",
  needs: "values",
  options: z.strictObject({
    factor: z.number().min(1).default(10).describe("How many times as long, or as short, a time limit asks a person."),
    lifetime_factor: z
      .number()
      .min(1)
      .default(30)
      .describe("The same for lifetimes of sessions, tokens and cached values."),
    asks_above_seconds: z
      .int()
      .min(0)
      .default(30)
      .describe("A limit of up to so many seconds is not asked about for its growth."),
    asks_below_ms: z
      .int()
      .min(0)
      .default(1_000)
      .describe("A limit of so many milliseconds or more is not asked about for its shortness."),
  }),
  yieldsTo: ["config-value-out-of-bounds", "config-unit-slip"],
  *detect(view, options, context) {
    for (const shift of shiftsOf(view, context, ["timeout", "lifetime"])) {
      const found = judged(shift, options);
      if (found !== null) yield found;
    }
  },
  examples: {
    "statements may run for ever": `
      M db/postgresql.conf
      - statement_timeout = 30s
      > statement_timeout = 0`,
    "ten minutes in the place of thirty seconds": `
      M services/gateway/config.yaml
        upstream:
      -   read_timeout: 30s
      >   read_timeout: 10m`,
    "too short to answer": `
      M .env
      - REQUEST_TIMEOUT_MS=5000
      > REQUEST_TIMEOUT_MS=50`,
    "none, in an INI file": `
      M etc/pgbouncer.ini
        [pgbouncer]
      - query_wait_timeout = 120
      > query_wait_timeout = 0`,
    "sessions that never end": `
      M config/app.json
        {
      -   "sessionTtl": "12h"
      >   "sessionTtl": "none"
        }`,
    "twice as long": `
      M services/gateway/config.yaml
        upstream:
      -   read_timeout: 30s
      +   read_timeout: 60s`,
    "shorter, and long enough": `
      M services/gateway/config.yaml
        upstream:
      -   read_timeout: 10m
      +   read_timeout: 20s`,
    "the same time in another unit": `
      M services/gateway/config.yaml
        upstream:
      -   read_timeout: 60s
      +   read_timeout: 1m`,
    "ten times as long, and short still": `
      M services/gateway/config.yaml
        upstream:
      -   connect_timeout: 500ms
      +   connect_timeout: 5s`,
    "what a probe waits for": `
      M services/gateway/config.yaml
        readinessProbe:
      -   timeoutSeconds: 1
      +   timeoutSeconds: 60`,
  },
});
