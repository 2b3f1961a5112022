import { formatDuration, parseDuration } from "./duration.ts";
import {
  formatDecimal,
  formatPercentage,
  formatQuantity,
  multiply,
  parsePercentage,
  parseQuantity,
  type Rational,
  rational,
  whole,
} from "./quantity.ts";

export type Dimension = "number" | "bytes" | "milliseconds" | "ratio";

/** A number with what it measures: two amounts can be compared only within one dimension. */
export interface Amount {
  readonly value: Rational;
  readonly dimension: Dimension;
}

const binary = /^-?[\d.]+(?:Ki|Mi|Gi|Ti|Pi|Ei)$/u;
/** `512MB` and its like mean powers of 1000 to some programs and of 1024 to others; the larger one is taken. */
const spelled = /^(?<count>-?[\d.]+) ?(?<unit>[KMGT])i?B$/iu;
const powers: Readonly<Record<string, bigint>> = { K: 10n, M: 20n, G: 30n, T: 40n };
const plain = /^[+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/u;

/** Reads `200`, `1_000`, `512Mi`, `512MB`, `30s` or `50%`. Null when the text is no amount. */
export function parseAmount(text: string): Amount | null {
  const trimmed = text.trim();
  if (plain.test(trimmed)) {
    const value = parseQuantity(trimmed.replaceAll("_", ""));
    return value === null ? null : { value, dimension: "number" };
  }
  const milliseconds = parseDuration(trimmed);
  if (milliseconds !== null) return { value: whole(milliseconds), dimension: "milliseconds" };
  const ratio = parsePercentage(trimmed);
  if (ratio !== null) return { value: ratio, dimension: "ratio" };
  const bytes = binary.test(trimmed) ? parseQuantity(trimmed) : spelledBytes(trimmed);
  return bytes === null ? null : { value: bytes, dimension: "bytes" };
}

function spelledBytes(text: string): Rational | null {
  const { count, unit } = spelled.exec(text)?.groups ?? {};
  const power = powers[unit?.toUpperCase() ?? ""];
  const value = count === undefined ? null : parseQuantity(count);
  return value === null || power === undefined ? null : multiply(value, rational(1n << power, 1n));
}

/** Prints an amount as a person would write it. Durations are cut to whole milliseconds. */
export function formatAmount({ value, dimension }: Amount): string {
  switch (dimension) {
    case "number":
      return formatDecimal(value);
    case "bytes":
      return formatQuantity(value);
    case "ratio":
      return formatPercentage(value);
    case "milliseconds": {
      const milliseconds = Number(value.numerator / value.denominator);
      return milliseconds >= 0 ? formatDuration(milliseconds) : `${milliseconds}ms`;
    }
  }
}
