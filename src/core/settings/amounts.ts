import { type Amount, parseAmount } from "../../lib/amount.ts";
import { multiply, parseQuantity, type Rational, rational, zero, add } from "../../lib/quantity.ts";
import { type KeyNames, type Measure, measures, type Unit } from "./classes.ts";
import type { Naming } from "./naming.ts";
import type { Written } from "../views/values.ts";

/** What stands at a key, as far as its class can tell. */
export type Reading =
  | { readonly kind: "absent" }
  | { readonly kind: "amount"; readonly amount: Amount; readonly text: string }
  | { readonly kind: "unlimited"; readonly text: string }
  /** A word that is no amount and no expression: `auto`. Its program knows. */
  | { readonly kind: "word"; readonly text: string }
  /** An expression, a reference, or text over lines: what it stands for is not in the file. */
  | { readonly kind: "hidden" };

const time: Readonly<Record<string, bigint>> = {
  ms: 1n,
  s: 1_000n,
  sec: 1_000n,
  second: 1_000n,
  m: 60_000n,
  min: 60_000n,
  minute: 60_000n,
  h: 3_600_000n,
  hour: 3_600_000n,
  d: 86_400_000n,
  day: 86_400_000n,
  w: 604_800_000n,
  week: 604_800_000n,
  y: 31_536_000_000n,
};
const size: Readonly<Record<string, bigint>> = { "": 0n, k: 10n, m: 20n, g: 30n, t: 40n };
const ofUnit: Readonly<Record<Unit, { readonly dimension: Amount["dimension"]; readonly factor: bigint }>> = {
  milliseconds: { dimension: "milliseconds", factor: 1n },
  seconds: { dimension: "milliseconds", factor: 1_000n },
  minutes: { dimension: "milliseconds", factor: 60_000n },
  hours: { dimension: "milliseconds", factor: 3_600_000n },
  days: { dimension: "milliseconds", factor: 86_400_000n },
  bytes: { dimension: "bytes", factor: 1n },
  kibibytes: { dimension: "bytes", factor: 1n << 10n },
  mebibytes: { dimension: "bytes", factor: 1n << 20n },
};

const expression = /\$|\{\{|<%|%\(|^!|\bENV\b|\benviron\b|\bgetenv\b|^[A-Za-z_][\w.]*\(|^%[^%\s]+%$/u;
/** Longer text is prose, or a secret: it is neither an amount nor shown. */
const textLimit = 40;

/** Whether text stands for something else that only another place knows. */
export function isExpression(text: string): boolean {
  return expression.test(text.trim());
}

/** Reads what is written at a key of the dictionary. */
export function readingOf(written: Written | undefined, { of, unit }: Naming): Reading {
  if (written === undefined || written.scalar === null || written.scalar === "") return { kind: "absent" };
  const { scalar } = written;
  if (scalar === undefined) return { kind: "hidden" };
  const text = String(scalar).trim();
  if (isUnlimited(text, of)) return { kind: "unlimited", text };
  const amount = amountOf(text, measures[of.class], unit ?? of.unit);
  if (amount !== null) return { kind: "amount", amount, text };
  return isExpression(text) ? { kind: "hidden" } : { kind: "word", text: text.slice(0, textLimit) };
}

const noLimit = /^(?:-1|none|null|nil|never|infinit[ey]|inf|unlimited|nolimit|no_limit|forever|off|disabled?|false)$/iu;

function isUnlimited(text: string, of: KeyNames): boolean {
  const bare = text.replace(/(?<=^0)(?:\.0+)?(?:ms|s|m|h|d|r\/s|r\/m)?$/u, "");
  return noLimit.test(text) || of.unlimited.includes(bare);
}

/** The amount in the dimension of its class: times in milliseconds, sizes in bytes, rates per second. Null where it is none. */
export function amountOf(text: string, measure: Measure, unit: Unit | null): Amount | null {
  if (text.length > textLimit) return null;
  const plain = parseAmount(text);
  if (plain !== null && plain.dimension === "number") return unit === null ? plain : inUnit(plain.value, unit);
  switch (measure) {
    case "time":
      return timeOf(text);
    case "kept":
      return timeOf(text) ?? sizeOf(text);
    case "size":
      return sizeOf(text);
    case "rate":
      return rateOf(text);
    case "count":
    case "share":
    case "switch":
      return plain;
  }
}

function inUnit(value: Rational, unit: Unit): Amount {
  const { dimension, factor } = ofUnit[unit];
  return { value: multiply(value, rational(factor, 1n)), dimension };
}

/** `1h30m`, `500 ms`, `2 weeks`, `PT30S`. */
function timeOf(text: string): Amount | null {
  const written = text.toLowerCase().replace(/^pt(?=\d)|^p(?=\d)/u, "");
  if (!/^(?:\d+(?:\.\d+)? ?[a-z]+ ?)+$/u.test(written)) return null;
  let sum = zero;
  for (const [, count = "", word = ""] of written.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+)/gu)) {
    const name = Object.hasOwn(time, word) ? word : word.replace(/s$/u, "");
    const factor = Object.hasOwn(time, name) ? time[name] : undefined;
    const value = parseQuantity(count);
    if (factor === undefined || value === null) return null;
    sum = add(sum, multiply(value, rational(factor, 1n)));
  }
  return { value: sum, dimension: "milliseconds" };
}

/** `512m`, `4g`, `8GB`, `1Gi`: powers of 1024, as Java, PostgreSQL and Redis count; Redis' `1gb` too. */
export function sizeOf(text: string): Amount | null {
  const { count = "", unit = "" } = /^(?<count>\d+(?:\.\d+)?) ?(?<unit>[kmgt]?)i?b?$/iu.exec(text)?.groups ?? {};
  const [value, power] = [parseQuantity(count), size[unit.toLowerCase()]];
  return value === null || power === undefined
    ? null
    : { value: multiply(value, rational(1n << power, 1n)), dimension: "bytes" };
}

/** `10r/s`, `100/min`, `1000 per hour`: per second. */
function rateOf(text: string): Amount | null {
  const form =
    /^(?<count>\d+(?:\.\d+)?) ?(?:r|req|requests)? ?(?:\/|per) ?(?<every>s|m|h|d|sec|min|second|minute|hour|day)$/iu;
  const { count = "", every = "" } = form.exec(text)?.groups ?? {};
  const [value, span] = [parseQuantity(count), time[every.toLowerCase()]];
  if (value === null || span === undefined) return null;
  return { value: multiply(value, rational(1_000n, span)), dimension: "number" };
}
