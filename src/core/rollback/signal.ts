import { compare, divide, parseQuantity, type Rational, subtract, whole, zero } from "../../lib/quantity.ts";
import type { Rollback } from "../policy/schema.ts";

/** What monitoring says of an environment. Rates are decimal numbers, in percent of what was asked, from 0 to 100. */
export type Reading =
  | { readonly kind: "error_rate"; readonly before: string; readonly after: string }
  | { readonly kind: "health" };

/** A reading that whoever holds the secret of signals has sent, for one repository. */
export interface Signal {
  /** Names what happened for good: told again it is the same one. */
  readonly id: string;
  readonly installationId: number;
  readonly repositoryId: number;
  /** In the policy's name. */
  readonly environment: string;
  /** As the sender has it, for people to read. */
  readonly service: string | null;
  /** What the sender says was live; null: whatever was. */
  readonly sha: string | null;
  readonly deploymentId: number | null;
  readonly reading: Reading;
  /** Since when, by the sender's clock. */
  readonly atMs: number;
  /** In how many repositories it was looked for: one that names none may be about any of them. */
  readonly repositories: number;
}

const decimalForm = /^\d{1,3}(?:\.\d{1,9})?$/u;
const hundred = whole(100);

/** An error rate in percent as a ratio from 0 to 1; null: it is none. */
export function parseRate(written: string): Rational | null {
  const read = decimalForm.test(written) ? parseQuantity(written) : null;
  return read === null || compare(read, hundred) > 0 ? null : divide(read, hundred);
}

/**
 * Whether a reading counts by a policy: bad health always, a rise of the error rate from the threshold on. A rate that rises from
 * nothing has risen by more than any percentage. One that cannot be read counts: nobody can say that it is below.
 */
export function isOver(reading: Reading, { threshold, measured }: Pick<Rollback, "threshold" | "measured">): boolean {
  if (reading.kind === "health") return true;
  if (threshold === null || measured === null) return false;
  const [before, after] = [parseRate(reading.before), parseRate(reading.after)];
  if (before === null || after === null) return true;
  const rise = subtract(after, before);
  if (compare(rise, zero) <= 0) return false;
  switch (measured) {
    case "points":
      return compare(rise, threshold) >= 0;
    case "percent":
      return compare(before, zero) === 0 || compare(divide(rise, before), threshold) >= 0;
  }
}

/** Whether the policy asks for such readings, and this one counts. */
export function counts(reading: Reading, rollback: Rollback): boolean {
  return rollback.on.includes(reading.kind) && isOver(reading, rollback);
}
