import { z } from "zod";
import { type Amount, parseAmount } from "../../../lib/amount.ts";
import { compare, divide, rational, type Rational, whole } from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import type { Reading } from "../../settings/amounts.ts";
import { ratioOf, restored, type Shift, shiftsOf, sightingOf, undecidedOf } from "../../settings/shift.ts";

const one = rational(1n, 1n);

/** The same digits, or the same amount in another unit, would be this many times apart. */
function slip(ratio: Rational, { naming }: Shift): bigint | null {
  const up = compare(ratio, one) < 0 ? divide(one, ratio) : ratio;
  if (up.denominator !== 1n) return null;
  const factors =
    naming.of.class === "timeout" || naming.of.class === "backoff" ? [1_000n, 60n, 60_000n] : [1_000n, 1_024n];
  return factors.find((factor) => up.numerator === factor) ?? null;
}

/** The side that nobody would mean: a call that may take an hour, or an instant. The way back from there is a repair. */
function isImplausible({ naming, after }: Shift, ratio: Rational): boolean {
  if (after.kind !== "amount") return false;
  const { value, dimension } = after.amount;
  const isLonger = compare(ratio, one) > 0;
  const isCall = naming.of.class === "timeout" || naming.of.class === "backoff";
  if (dimension !== "milliseconds") return isLonger;
  return isLonger ? !isCall || compare(value, whole(3_600_000)) > 0 : compare(value, whole(1_000)) < 0;
}

function bare(reading: Reading): Amount | null {
  const amount = reading.kind === "amount" ? parseAmount(reading.text) : null;
  return amount?.dimension === "number" ? amount : null;
}

export default defineRule({
  id: "config-unit-slip",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A number becomes exactly 1000, 1024 or 60 times what it was, as if it were in another unit.",
  why: "Who writes milliseconds where seconds are read waits for hours; the program takes the number without a word.",
  remedy: "Write the number in the unit of the key; where the new length is meant, say so in the pull request.",
  needs: "values",
  options: z.strictObject({}),
  yieldsTo: "config-value-out-of-bounds",
  *detect(view, _, context) {
    for (const shift of shiftsOf(view, context, ["timeout", "lifetime", "backoff", "retention", "cache"])) {
      const ratio = ratioOf(shift);
      const undecided = ratio === null && bare(shift.before) !== null ? undecidedOf(shift) : null;
      if (undecided !== null) yield undecided;
      const factor = ratio === null ? null : slip(ratio, shift);
      if (ratio === null || factor === null || bare(shift.before) === null || bare(shift.after) === null) continue;
      if (!isImplausible(shift, ratio)) continue;
      const unit = shift.naming.unit ?? shift.naming.of.unit;
      const known = unit === null ? "its unit is stated nowhere" : `the key is in ${unit}`;
      const certain = shift.naming.of.class === "timeout" && unit !== null && factor !== 60n;
      yield sightingOf(shift, `exactly ${factor}× apart, as two units are, and ${known}`, {
        ...(certain ? {} : { asks: true as const }),
        ...restored(shift),
      });
    }
  },
  examples: {
    "milliseconds where seconds are read": `
      M services/api/config.yaml
        http:
      -   timeout_seconds: 30
      >   timeout_seconds: 30000`,
    "seconds where milliseconds are read": `
      M services/api/application.properties
      - spring.datasource.hikari.connection-timeout=30000
      > spring.datasource.hikari.connection-timeout=30`,
    "nobody states the unit": `
      M services/api/.env
      - CACHE_TTL=300
      > CACHE_TTL=300000`,
    "the key changes its unit with its name": `
      M services/api/.env
      - TIMEOUT_SECONDS=30
      + TIMEOUT_MS=30000`,
    "an hour in the place of a minute, where that is ordinary": `
      M services/api/.env
      - CACHE_TTL=60
      + CACHE_TTL=3600`,
    "the repair": `
      M services/api/config.yaml
        http:
      -   timeout_seconds: 30000
      +   timeout_seconds: 30`,
    "ten times as much": `
      M services/api/.env
      - TIMEOUT=3
      + TIMEOUT=30`,
  },
});
