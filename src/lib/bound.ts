import { compare, type Rational } from "./quantity.ts";

/** A value above `reviewAbove` asks people, one above `max` is refused; null sets no such bound. */
export interface Bound {
  readonly reviewAbove: Rational | null;
  readonly max: Rational | null;
}

export type Crossing = "max" | "reviewAbove";

/** The worse of the bounds that the value lies above. */
export function crossing(bound: Bound, value: Rational): Crossing | null {
  if (bound.max !== null && compare(value, bound.max) > 0) return "max";
  return bound.reviewAbove !== null && compare(value, bound.reviewAbove) > 0 ? "reviewAbove" : null;
}

/** The bound above which somebody is asked or the value is refused; null where there is none. */
export function tightest({ reviewAbove, max }: Bound): Rational | null {
  if (reviewAbove === null || max === null) return reviewAbove ?? max;
  return compare(reviewAbove, max) < 0 ? reviewAbove : max;
}

export function least(values: readonly Rational[]): Rational | null {
  return values.toSorted(compare)[0] ?? null;
}

/** The largest whole number that is not above the value. */
export function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
