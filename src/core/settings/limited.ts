import { type Amount, type Dimension, formatAmount, parseAmount } from "../../lib/amount.ts";
import { type Bound, crossing, floor, least } from "../../lib/bound.ts";
import { formatDuration } from "../../lib/duration.ts";
import { compare, divide, formatDecimal, multiply, type Rational, rational, zero } from "../../lib/quantity.ts";
import type { Context, Observation, Shown, Sighting } from "../rule.ts";
import type { ConfigValue, Written } from "../views/values.ts";
import { isArrival } from "../views/workloads.ts";

type Named = Pick<ConfigValue, "key">;

/** One entry of `limits.values` of the policy. */
export type Limit = ReturnType<Context["limitsAt"]>["values"][number];

/** What the bounds of one limit are for values of this dimension; null where the limit is in other units. */
function boundOf({ reviewAbove, max }: Limit, dimension: Dimension): Bound | null {
  if ([reviewAbove, max].some((amount) => amount !== null && amount.dimension !== dimension)) return null;
  return { reviewAbove: reviewAbove?.value ?? null, max: max?.value ?? null };
}

function amountOf(written: Written | undefined): Amount | null {
  const { scalar } = written ?? {};
  return typeof scalar === "number" || typeof scalar === "string" ? parseAmount(String(scalar)) : null;
}

export function isUnset(written: Written | undefined): boolean {
  return written === undefined || written.scalar === null || written.scalar === "";
}

function shown({ value, dimension }: Amount): Shown {
  const number = Number(value.numerator);
  return dimension === "number" && value.denominator === 1n && Number.isSafeInteger(number)
    ? number
    : formatAmount({ value, dimension });
}

/** `10×`, or with one decimal where it is no whole multiple. */
function times(ratio: Rational): string {
  const tenths = floor(multiply(ratio, rational(10n, 1n)));
  return tenths % 10n === 0n ? `${tenths / 10n}×` : `${tenths / 10n}.${tenths % 10n}×`;
}

/** Rounded down to a whole unit where the value that was written is whole. */
function rounded(bound: Rational, { value, dimension }: Amount): Rational {
  const whole = dimension !== "ratio" && (dimension !== "number" || value.denominator === 1n);
  return whole ? rational(floor(bound), 1n) : bound;
}

/** What growth is measured against. */
interface Measure {
  readonly factor: Rational;
  readonly from: Amount;
  /** Where it is not what stands now: how long ago the base may have held it. */
  readonly withinMs: number | null;
}

/** What growth has to be measured against, and what is not known of that, as a noun clause. */
interface Measured {
  readonly measure: Measure | null;
  readonly unknown: string | null;
}

function mostOf({ from, factor }: Measure): Rational {
  return multiply(from.value, factor);
}

/** The smallest value that stands, or stood in the window. Of a value without a limit nothing grows. */
function measureOf(
  { key }: Named,
  after: Written,
  before: Written | undefined,
  dimension: Dimension,
  { growthFactor: factor, growthWithinMs: withinMs }: Limit,
  { formerly, reach }: Pick<Context, "formerly" | "reach">,
): Measured {
  if (factor === null) return { measure: null, unknown: null };
  const then = withinMs === null ? null : formerly(withinMs);
  const former = (then?.of(after) ?? []).filter((stood) => !isArrival({ before: stood, after }, reach));
  const stood = [before, ...former].filter((written) => written !== undefined && !isUnset(written));
  const read = stood.map(amountOf);
  const comparable = read.filter((amount) => amount !== null).filter(({ value }) => compare(value, zero) > 0);
  const alike = comparable.filter((amount) => amount.dimension === dimension);
  const [smallest] = alike.toSorted((a, b) => compare(a.value, b.value));
  const measure = smallest === undefined ? null : { factor, from: smallest, withinMs };
  const unlike = read.includes(null) || alike.length < comparable.length;
  const missing = then?.unknown(after) ?? null;
  const grows = `how much \`${key}\` grows`;
  const unknown = unlike
    ? `${grows}: what stood before is no amount to compare with`
    : missing === null || withinMs === null
      ? null
      : `${grows} against what the base held within ${formatDuration(withinMs)}: ${missing}`;
  return { measure, unknown };
}

/** What the limit says of a value that a key now has; nothing where it did not grow. `before` is undefined where the key is new. */
export function* boundedBy(
  limit: Limit,
  value: Named,
  after: Written,
  before: Written | undefined,
  context: Pick<Context, "formerly" | "reach">,
): Generator<Observation> {
  const about = `${after.path} ${value.key}`;
  const undecided = (what: string): Observation => ({ at: after.place, about, undecided: what });
  const amount = amountOf(after);
  if (amount === null) return yield undecided(`what \`${value.key}\` is`);
  if (compare(amount.value, zero) <= 0) {
    return yield undecided(`whether ${formatAmount(amount)} lets \`${value.key}\` grow without a limit`);
  }
  const read = isUnset(before) ? null : amountOf(before);
  const was = read !== null && read.dimension === amount.dimension && compare(read.value, zero) > 0 ? read : null;
  if (was !== null && compare(amount.value, was.value) <= 0) return;
  const bound = boundOf(limit, amount.dimension);
  if (bound === null) return yield undecided(`what unit \`${value.key}\` is in: its bound has another one`);
  const crossed = crossing(bound, amount.value);
  const { measure, unknown } = measureOf(value, after, before, amount.dimension, limit, context);
  const grew = measure !== null && compare(amount.value, mostOf(measure)) > 0;
  if (!grew && unknown !== null && (crossed === null || limit.growthWithinMs !== null)) yield undecided(unknown);
  if (crossed !== null || grew) yield sighting({ value, after, amount, was, bound, measure, about });
}

interface Judged {
  readonly value: Named;
  readonly after: Written;
  readonly amount: Amount;
  readonly was: Amount | null;
  readonly bound: Bound;
  /** Null where nothing stood before, or no growth is bounded. */
  readonly measure: Measure | null;
  readonly about: string;
}

function sighting({ value, after, amount, was, bound, measure, about }: Judged): Sighting {
  const format = (of: Rational): string => formatAmount({ value: of, dimension: amount.dimension });
  const [text, stood] = [formatAmount(amount), was === null ? "none" : formatAmount(was)];
  const upTo = measure === null ? null : mostOf(measure);
  const grew = upTo !== null && compare(amount.value, upTo) > 0;
  const crossed = crossing(bound, amount.value);
  const factor = measure === null ? "" : `${formatDecimal(measure.factor)}×`;
  const grown = measure === null ? "" : times(divide(amount.value, measure.from.value));
  const earlier = measure !== null && (was === null || compare(measure.from.value, was.value) < 0);
  const window = earlier && measure.withinMs !== null ? `within ${formatDuration(measure.withinMs)}` : "";
  const rows = [
    bound.reviewAbove === null
      ? null
      : {
          name: "review_above",
          cells: [
            "Asks a person above",
            stood,
            text,
            format(bound.reviewAbove),
            crossed === null ? "" : "asks a person",
          ],
        },
    bound.max === null
      ? null
      : { name: "max", cells: ["Largest value", stood, text, format(bound.max), crossed === "max" ? "blocks" : ""] },
    upTo === null
      ? null
      : {
          name: "growth",
          cells: [
            "Growth",
            measure !== null && earlier ? `${format(measure.from.value)} ${window}` : stood,
            `${text} (${grown})`,
            `${factor} = ${format(upTo)}`,
            grew ? "blocks" : "",
          ],
        },
  ].filter((row) => row !== null);
  const clauses = [
    crossed === "max" && bound.max !== null ? `the limit is ${format(bound.max)}` : "",
    crossed === "reviewAbove" && bound.reviewAbove !== null
      ? `above ${format(bound.reviewAbove)} a person is asked`
      : "",
    grew && !earlier ? `${grown} is more than ${factor}` : "",
    grew && earlier ? `more than ${factor} the ${format(measure.from.value)} that the base held ${window}` : "",
  ].filter((clause) => clause !== "");
  const most = least([bound.max, upTo].filter((room) => room !== null));
  const clean = least([bound.reviewAbove, bound.max, upTo].filter((room) => room !== null));
  const passing = (room: Rational | null): Amount => {
    const down = room === null ? amount.value : rounded(room, amount);
    return { value: was !== null && compare(down, was.value) < 0 ? was.value : down, dimension: amount.dimension };
  };
  const edit = after.replaced(formatAmount(passing(clean)));
  return {
    at: after.place,
    about,
    message: `\`${value.key}\` ${was === null ? "" : `${stood} → `}${text}: ${clauses.join("; ")}`,
    ...(crossed === "max" || grew ? {} : { asks: true as const }),
    before: was === null ? null : shown(was),
    after: shown(amount),
    bounds: {
      title: "Bounds on the value",
      columns: ["Bound", "Before", "After", "Allowed", ""],
      rows: rows.map(({ cells }) => cells),
    },
    boundsFrom: rows
      .filter(({ cells }) => cells.at(-1) !== "")
      .map(({ name, cells }) => ({ key: `limits.values.${name}`, value: cells[3] ?? "" })),
    passes: {
      clean: shown(passing(clean)),
      withApprovals: shown(passing(most)),
      because: "the tightest of the bounds in the table",
    },
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}
