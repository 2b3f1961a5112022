/** An exact number: reduced, the denominator positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Reduces a fraction. Throws on a denominator of zero. */
export function rational(numerator: bigint, denominator: bigint): Rational {
  if (denominator === 0n) throw new Error(`Cannot divide ${numerator} by zero`);
  const sign = denominator < 0n ? -1n : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator * sign);
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

export const zero: Rational = { numerator: 0n, denominator: 1n };

export function add(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function subtract(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);
}

export function multiply(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

/** The whole number as an exact one. Throws on a fraction or on a number that lost precision. */
export function whole(value: number): Rational {
  if (!Number.isSafeInteger(value)) throw new Error(`Cannot take ${value} as an exact whole number`);
  return { numerator: BigInt(value), denominator: 1n };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Rational, b: Rational): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const binarySuffixes = [
  ["Ei", 60n],
  ["Pi", 50n],
  ["Ti", 40n],
  ["Gi", 30n],
  ["Mi", 20n],
  ["Ki", 10n],
] as const;
const decimalSuffixes = [
  ["E", 18],
  ["P", 15],
  ["T", 12],
  ["G", 9],
  ["M", 6],
  ["k", 3],
  ["", 0],
  ["m", -3],
  ["u", -6],
  ["n", -9],
] as const;

/** More digits or a larger exponent mean nothing here and cost time: such a text is no quantity. */
const digitsLimit = 40;
const exponentLimit = 60;
const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?$/;

function decimal(text: string): Rational | null {
  const match = text.length <= digitsLimit ? decimalForm.exec(text) : null;
  if (match === null) return null;
  const [, sign = "", before = "", after = ""] = match;
  if (before === "" && after === "") return null;
  const magnitude = BigInt(before + after);
  return rational(sign === "-" ? -magnitude : magnitude, 10n ** BigInt(after.length));
}

function scaled(value: Rational, exponent: number): Rational {
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? divide(value, rational(power, 1n)) : multiply(value, rational(power, 1n));
}

/**
 * Reads a Kubernetes quantity exactly: `512Mi`, `1.5`, `100m`, `2e3`. Null when the text is none.
 * Source of the grammar: Kubernetes API reference, resource.Quantity.
 */
export function parseQuantity(text: string): Rational | null {
  for (const [suffix, shift] of binarySuffixes) {
    if (!text.endsWith(suffix)) continue;
    const value = decimal(text.slice(0, -suffix.length));
    return value === null ? null : multiply(value, rational(1n << shift, 1n));
  }
  const scientific = /^(.+)[eE]([+-]?\d{1,3})$/.exec(text);
  if (scientific !== null) {
    const value = decimal(scientific[1] ?? "");
    const exponent = Number(scientific[2]);
    return value === null || Math.abs(exponent) > exponentLimit ? null : scaled(value, exponent);
  }
  for (const [suffix, exponent] of decimalSuffixes) {
    if (suffix === "" || !text.endsWith(suffix)) continue;
    const value = decimal(text.slice(0, -1));
    return value === null ? null : scaled(value, exponent);
  }
  return decimal(text);
}

/** Reads `50%` as the ratio 1/2. Null when the text is no percentage. */
export function parsePercentage(text: string): Rational | null {
  if (!text.endsWith("%")) return null;
  const value = decimal(text.slice(0, -1));
  return value === null ? null : divide(value, rational(100n, 1n));
}

function isWhole(value: Rational): boolean {
  return value.denominator === 1n;
}

/** Prints digits without a suffix; a fraction that decimals cannot end is printed as `n/d`. */
export function formatDecimal(value: Rational): string {
  for (let places = 0; places <= 18; places++) {
    const shifted = scaled(value, places);
    if (!isWhole(shifted)) continue;
    const sign = shifted.numerator < 0n ? "-" : "";
    const digits = String(shifted.numerator < 0n ? -shifted.numerator : shifted.numerator).padStart(places + 1, "0");
    return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
  }
  return `${value.numerator}/${value.denominator}`;
}

/**
 * Prints the shortest exact Kubernetes form. Among forms of one length a binary suffix comes first (`1Ki`, not `1024`),
 * then the largest decimal one; a value that no suffix expresses as a whole number is printed in decimals.
 */
export function formatQuantity(value: Rational): string {
  if (value.numerator === 0n) return "0";
  const candidates: string[] = [];
  for (const [suffix, shift] of binarySuffixes) {
    const count = divide(value, rational(1n << shift, 1n));
    if (isWhole(count)) candidates.push(`${count.numerator}${suffix}`);
  }
  for (const [suffix, exponent] of decimalSuffixes) {
    const count = scaled(value, -exponent);
    if (isWhole(count)) candidates.push(`${count.numerator}${suffix}`);
  }
  const [first, ...others] = candidates;
  if (first === undefined) return formatDecimal(value);
  return others.reduce((shortest, next) => (next.length < shortest.length ? next : shortest), first);
}

/** Prints a ratio as a percentage: 1/2 as `50%`. */
export function formatPercentage(value: Rational): string {
  return `${formatDecimal(scaled(value, 2))}%`;
}
