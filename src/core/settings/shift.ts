import { floor } from "../../lib/bound.ts";
import { compare, divide, multiply, type Rational, rational, zero } from "../../lib/quantity.ts";
import type { Context, Observation, Shown, Sighting } from "../rule.ts";
import type { ConfigValue, ValuesView } from "../views/values.ts";
import { isArrival } from "../views/workloads.ts";
import { type Reading, readingOf } from "./amounts.ts";
import type { Class, KeyNames } from "./classes.ts";
import { type Naming, namer } from "./naming.ts";
import { mayBeDeployed, mayBeSet } from "./scope.ts";
import { wordsOf } from "./words.ts";

/** A key of the dictionary whose value differs, with what stood and what stands. */
export interface Shift {
  readonly value: ConfigValue;
  readonly naming: Naming;
  readonly before: Reading;
  readonly after: Reading;
  readonly path: string;
  readonly about: string;
}

type Vocabulary = Pick<Context, "limitsAt" | "reach">;

/** What changed of the keys of some classes, in files that something may be deployed from. */
export function shiftsOf(
  { values }: Pick<ValuesView, "values">,
  { limitsAt, reach }: Vocabulary,
  wanted: readonly Class[],
): readonly Shift[] {
  const namers = new Map<readonly KeyNames[], ReturnType<typeof namer>>();
  return values.flatMap((value) => {
    const path = (value.after ?? value.before)?.path ?? "";
    if (!mayBeDeployed(path) || !mayBeSet(value.segments)) return [];
    const { names } = limitsAt(path);
    const name = namers.get(names) ?? namer(names);
    namers.set(names, name);
    const stood = isArrival(value, reach) ? undefined : value.before;
    return name(value.segments)
      .filter((naming) => wanted.includes(naming.of.class))
      .map((naming) => ({
        value,
        naming,
        before: readingOf(stood, naming),
        after: readingOf(value.after, naming),
        path,
        about: `${path} ${value.key}`,
      }));
  });
}

/**
 * Keys of these classes whose value a template itself states where it cannot be rendered. What it takes from values is compared
 * there.
 */
export function* templates(
  { unread }: Pick<ValuesView, "unread">,
  { limitsAt }: Pick<Context, "limitsAt">,
  wanted: readonly Class[],
): Generator<Observation> {
  for (const { place, reason, keys } of unread) {
    if (keys === null || !mayBeDeployed(place.path)) continue;
    const name = namer(limitsAt(place.path).names);
    const found = keys.find(
      ({ readings, isLiteral }) => isLiteral && name(readings[0] ?? []).some(({ of }) => wanted.includes(of.class)),
    );
    if (found === undefined) continue;
    yield {
      at: place,
      about: `${place.path} ${wordsOf(found.readings[0] ?? []).join(" ")}`,
      undecided: `what \`${(found.readings[0] ?? []).join(".")}\` in \`${place.path}\` is: ${reason}`,
    };
  }
}

/** After over before, where both are amounts of one dimension above zero; null where they cannot be compared. */
export function ratioOf({ before, after }: Pick<Shift, "before" | "after">): Rational | null {
  if (before.kind !== "amount" || after.kind !== "amount") return null;
  if (before.amount.dimension !== after.amount.dimension || compare(before.amount.value, zero) <= 0) return null;
  return divide(after.amount.value, before.amount.value);
}

/** One side is a value that could have been judged and the other hides its own, or measures something else. */
export function undecidedOf({ value, before, after, about }: Shift): Observation | null {
  const at = value.after?.place;
  if (at === undefined || before.kind === "absent") return null;
  if (before.kind === "amount" && (after.kind === "hidden" || after.kind === "word")) {
    return { at, about, undecided: `what \`${value.key}\` is` };
  }
  if (before.kind === "hidden" && after.kind === "amount") {
    return { at, about, undecided: `how \`${value.key}\` changes: what stood before is an expression` };
  }
  const unlike =
    before.kind === "amount" && after.kind === "amount" && before.amount.dimension !== after.amount.dimension;
  return unlike ? { at, about, undecided: `what unit \`${value.key}\` is in: it stood in another one` } : null;
}

/** Other text may be a secret that stands where a switch is looked for. */
const plainWord = /^[a-z_-]{1,16}$/iu;

/** How a reading is called in a message. */
export function told(reading: Reading): string {
  switch (reading.kind) {
    case "absent":
      return "none";
    case "hidden":
      return "an expression";
    case "word":
      return plainWord.test(reading.text) ? `\`${reading.text}\`` : "another text";
    case "amount":
    case "unlimited":
      return `\`${reading.text}\``;
  }
}

function shown(reading: Reading): Shown {
  if (reading.kind === "absent" || reading.kind === "hidden") return null;
  if (reading.kind === "word" && !plainWord.test(reading.text)) return null;
  return /^\d{1,15}$/u.test(reading.text) ? Number(reading.text) : reading.text;
}

/** What a rule says of a shift: `key` 50 → 500, the clause, and why it matters. */
export function sightingOf(shift: Shift, clause: string, more: Partial<Sighting> = {}): Observation {
  const { value, before, after, about, naming } = shift;
  const at = value.after?.place ?? value.before?.place;
  if (at === undefined) throw new Error(`Cannot place ${value.key}: it stands on no side`);
  const { source, reason } = naming.of;
  return {
    at,
    about,
    message: `\`${value.key}\` ${told(before)} → ${told(after)}: ${clause}; ${reason}${source === null ? "" : ` (${source})`}`,
    before: shown(before),
    after: shown(after),
    ...more,
  };
}

/** Puts back what stood before. */
export function restored({ value, before }: Shift): Pick<Sighting, "fix"> {
  if (before.kind === "absent" || before.kind === "hidden") return {};
  const edit = value.after?.replaced(before.text);
  return edit === undefined ? {} : { fix: [edit] };
}

/** The largest bare number that is less than `factor` times what stood; null where the value is written in another way. */
export function largestBelow({ before, after }: Shift, factor: number): number | null {
  if (before.kind !== "amount" || after.kind !== "amount") return null;
  if (!/^\d{1,12}$/u.test(before.text) || !/^\d{1,12}$/u.test(after.text)) return null;
  return Math.max(Number(before.text), Math.ceil(Number(before.text) * factor) - 1);
}

/** `10×`, or `2.5×`. */
export function times(ratio: Rational): string {
  const tenths = floor(multiply(ratio, rational(10n, 1n)));
  return tenths % 10n === 0n ? `${tenths / 10n}×` : `${tenths / 10n}.${tenths % 10n}×`;
}

export function atLeast(ratio: Rational, factor: number): boolean {
  return compare(ratio, exact(factor)) >= 0;
}

/** One over the factor, or less. */
export function atMostOneIn(ratio: Rational, factor: number): boolean {
  return compare(multiply(ratio, exact(factor)), rational(1n, 1n)) <= 0;
}

/** A factor of an option, to the thousandth. */
export function exact(factor: number): Rational {
  return rational(BigInt(Math.round(factor * 1_000)), 1_000n);
}

/** Whether another key of the class came where this one went: it was renamed, or written in another way. */
export function isReplaced(gone: Shift, all: readonly Shift[]): boolean {
  const folder = ({ value }: Shift): string => value.segments.slice(0, -1).join(".");
  return all.some(
    (other) =>
      other !== gone &&
      other.value.before === undefined &&
      other.path === gone.path &&
      other.naming.of.class === gone.naming.of.class &&
      (folder(other) === folder(gone) || folder(other).startsWith(gone.value.segments.join("."))),
  );
}

/** The number that stands, for a floor below which nothing is worth asking. */
export function valueOf(reading: Reading): Rational | null {
  return reading.kind === "amount" ? reading.amount.value : null;
}
