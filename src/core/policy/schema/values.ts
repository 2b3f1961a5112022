import { z } from "zod";
import { formatDuration, parseDuration } from "../../../lib/duration.ts";
import { compare, parsePercentage, parseQuantity, type Rational, whole, zero } from "../../../lib/quantity.ts";
import { type RiskTier, riskTiers } from "../../evaluate/risk.ts";
import { keyPatternMistake, layoutMistake, type PatternMistake, patternMistake } from "../patterns.ts";
import type { Amount, Approver, Halter, Overrider, Team, Treatment } from "../schema.ts";
import { levels, longestSpanMs, longestWindowMs } from "../schema.ts";
import { combined, everyList, type Join, smaller, stricter } from "./join.ts";
import { forward } from "./key.ts";

/** A statement's side of a bound, as `Bound` of the effective policy without its defaults. */
export interface StatedBound<T> {
  readonly review_above?: T | undefined;
  readonly max?: T | undefined;
}

/** A scalar that `read` understands; null means that it does not. `expected` completes "expected ...". */
function scalar<T>(expected: string, read: (value: unknown) => T | null, remedy?: string): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const result = read(value);
    if (result !== null) return result;
    context.addIssue({ code: "custom", message: "", params: { expected, remedy } });
    return z.NEVER;
  });
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One of two shapes, told apart by whether the author wrote a mapping; so a mistake is told about the shape that was meant. */
export function scalarOr<A, B>(plain: z.ZodType<A>, mapping: z.ZodType<B>): z.ZodType<A | B> {
  return z.unknown().transform((value, context): A | B => {
    const read = isRecord(value) ? mapping.safeParse(value) : plain.safeParse(value);
    if (read.success) return read.data;
    forward(context, read.error.issues);
    return z.NEVER;
  });
}

export const text = z.string().min(1);
export const flag = z.boolean();

const count = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
export const wholeNumber = scalar("a whole number from 0", count);
const fromOne = (value: unknown): number | null => {
  const number = count(value);
  return number === 0 ? null : number;
};
export const positiveNumber = scalar("a whole number from 1", fromOne);
const noneAtAll = "remove the key where nothing is to be bounded; a budget of nothing would stop every agent for good";
/** What agents may have of something. */
export const budgetCount = scalar("a whole number from 1", fromOne, noneAtAll);
/** A share of a whole, in hundredths. */
export const percent = scalar("a whole number from 1 to 100", (value) => {
  const number = fromOne(value);
  return number === null || number > 100 ? null : number;
});
export const twoOrMore = scalar("a whole number from 2", (value) => {
  const number = count(value);
  return number === null || number < 2 ? null : number;
});
export const exactCount = scalar("a whole number from 0", (value) => {
  const number = count(value);
  return number === null ? null : whole(number);
});

const positive = (value: Rational | null): Rational | null =>
  value !== null && compare(value, zero) >= 0 ? value : null;
/** A scalar as it was written; a number that lost digits on the way is nothing. */
const asText = (value: unknown): string =>
  typeof value === "string" || (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
    ? String(value)
    : "";

/** Bytes or cores, as Kubernetes writes them. */
export const quantity = scalar("a quantity, such as 512Mi", (value) => positive(parseQuantity(asText(value))));
const mebibyte = whole(1_048_576);
/** Less than a mebibyte is a figure without its unit: `8` are eight bytes. */
export const budgetMemory = scalar(
  "an amount of memory from 1Mi, such as 8Gi",
  (value) => {
    const bytes = parseQuantity(asText(value));
    return bytes !== null && compare(bytes, mebibyte) >= 0 ? bytes : null;
  },
  `write it with its unit, such as 512Mi or 8Gi; ${noneAtAll}`,
);
export const budgetWindow = scalar(
  `a duration from 1m to ${formatDuration(longestWindowMs)}, such as 24h`,
  (value) => {
    const milliseconds = parseDuration(asText(value));
    return milliseconds !== null && milliseconds >= 60_000 && milliseconds <= longestWindowMs ? milliseconds : null;
  },
  `merges are kept in the books for ${formatDuration(longestWindowMs)}: what is older cannot be added up`,
);
export const percentage = scalar("a percentage, such as 50%", (value) => positive(parsePercentage(asText(value))));
export const factor = scalar("a number, such as 2 or 1.5", (value) =>
  typeof value === "number" ? positive(parseQuantity(asText(value))) : null,
);
export const duration = scalar("a duration, such as 30s, 24h or 14d", (value) => parseDuration(asText(value)));
/** How far back is looked. */
export const span = scalar("a duration from 1s to 366d, such as 30d", (value) => {
  const milliseconds = parseDuration(asText(value));
  return milliseconds === null || milliseconds < 1_000 || milliseconds > longestSpanMs ? null : milliseconds;
});

/** A time in which something holds: none would be a line that does nothing. */
export const lastingDuration = scalar("a duration that lasts, such as 14d", (value) => {
  const read = parseDuration(asText(value));
  return read === null || read <= 0 ? null : read;
});

const binary = /^[\d.]+(?:Ki|Mi|Gi|Ti|Pi|Ei)$/;
function readAmount(value: unknown): Amount | null {
  if (typeof value === "number") {
    const read = positive(parseQuantity(asText(value)));
    return read === null ? null : { value: read, dimension: "number" };
  }
  const written = asText(value);
  const milliseconds = parseDuration(written);
  if (milliseconds !== null) return { value: whole(milliseconds), dimension: "milliseconds" };
  const ratio = positive(parsePercentage(written));
  if (ratio !== null) return { value: ratio, dimension: "ratio" };
  const bytes = binary.test(written) ? parseQuantity(written) : null;
  return bytes === null ? null : { value: bytes, dimension: "bytes" };
}
export const amount = scalar("a number, or one with a unit: 200, 512Mi, 30s, 50%", readAmount);

function patternOf(mistakeIn: (pattern: string) => PatternMistake | null): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    const mistake = mistakeIn(value);
    if (mistake !== null) context.addIssue({ code: "custom", message: mistake.message, params: { ...mistake.params } });
  });
}
export const pattern = patternOf(patternMistake);
export const keyPattern = patternOf(keyPatternMistake);
export const layoutPattern = patternOf(layoutMistake);

const nameForm = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";
const noName = "is no name: letters, digits, `.`, `_`, `-`";
/** The name of an environment, service, area or pool. */
export const name = z.string().regex(new RegExp(`^${nameForm}$`), noName);
/** A name, or `*` for every other one. */
export const nameOrRest = z.string().regex(new RegExp(`^(?:[*]|${nameForm})$`), noName);

/** A type of Terraform resources, or a kind of Kubernetes objects with its group, as `kubectl` names it. No type begins with a capital. */
export const resourceType = z
  .string()
  .regex(
    /^(?:[a-z][a-z0-9_]*|[A-Z][A-Za-z0-9]*(?:\.[a-z0-9][a-z0-9.-]*)?)$/u,
    "is no resource type, such as acme_ledger, and no kind with its group, such as Ledger.acme.example",
  );

/** A list, or its single element without the brackets; a mistake is told about the form that was written. */
export function oneOrMore<T>(element: z.ZodType<T>): z.ZodType<readonly T[]> {
  const single = element.transform((one): readonly T[] => [one]);
  const list = z.array(element).min(1, "needs at least one entry");
  return z.unknown().transform((value, context): readonly T[] => {
    const read = Array.isArray(value) ? list.safeParse(value) : single.safeParse(value);
    if (read.success) return read.data;
    forward(context, read.error.issues);
    return z.NEVER;
  });
}

/** Logins are compared without case, as GitHub does. An app's login ends in `[bot]`. */
export const login = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}(\[bot\])?$/, "is no login, such as person-a or renovate[bot]")
  .transform((value) => value.toLowerCase());

const teamForm = /^@[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9._-]*$/i;
const personForm = /^@[a-z0-9][a-z0-9-]*$/i;
const isTeam = (value: string): value is Team => teamForm.test(value);
const isPerson = (value: string): value is `@${string}` => personForm.test(value);

/** A team, or a person by login. */
export const owner = scalar('a team or a person, such as "@acme/search"', (value) => {
  const written = asText(value);
  return teamForm.test(written) || personForm.test(written) ? written.toLowerCase() : null;
});

/** Who may decide about the gate itself: administrators of the repository, members of a team, a person by login. */
export const overriders = z
  .array(
    scalar('administrators, a team or a person, such as "@acme/sre"', (value): Overrider | null => {
      const written = asText(value).toLowerCase();
      if (written === "administrators") return written;
      return isTeam(written) || isPerson(written) ? written : null;
    }),
  )
  .min(1, "needs at least one entry");

/** Who may halt. */
export const halters = z
  .array(
    scalar('people, administrators, a team or a person, such as "@acme/oncall"', (value): Halter | null => {
      const written = asText(value).toLowerCase();
      if (written === "people" || written === "administrators") return written;
      return isTeam(written) || isPerson(written) ? written : null;
    }),
  )
  .min(1, "needs at least one entry");

/** What halts an agent by itself. `blocks_per_hour` is the number at which it does. */
export type Tripper = "bypass_merge" | "rollback" | "guardrail_edit" | { readonly blocks_per_hour: number };
const trippingWords = ["bypass_merge", "rollback", "guardrail_edit"] as const;
const tripperWord = z.unknown().transform((value, context): Tripper => {
  const written = asText(value);
  const word = trippingWords.find((one) => one === written);
  if (word !== undefined) return word;
  context.addIssue({
    code: "custom",
    message: "",
    params: { expected: `${trippingWords.join(", ")} or { blocks_per_hour: 10 }` },
  });
  return z.NEVER;
});
export const trippers: z.ZodType<readonly Tripper[]> = z.array(
  scalarOr(tripperWord, z.strictObject({ blocks_per_hour: positiveNumber })),
);

/** Who may approve. */
export const approver = z.unknown().transform((value, context): Approver => {
  const written = asText(value).toLowerCase();
  if (written === "people" || written === "owners") return written;
  if (isTeam(written)) return written;
  context.addIssue({
    code: "custom",
    message: "",
    params: { expected: 'people, owners or a team, such as "@acme/team"' },
  });
  return z.NEVER;
});
export const approvers = z.array(approver).min(1, "needs at least one entry");

/** `10`, or `{ review_above: 5, max: 10 }`. */
export function bound<T extends Rational>(unit: z.ZodType<T>): z.ZodType<StatedBound<T>> {
  const bare = unit.transform((max): StatedBound<T> => ({ max }));
  const mapping = z
    .strictObject({ review_above: unit.optional(), max: unit.optional() })
    .superRefine(({ review_above: asks, max }, context) => {
      if (asks === undefined && max === undefined) {
        context.addIssue({ code: "custom", message: "sets no bound: state review_above, max or both" });
      } else if (asks !== undefined && max !== undefined && compare(asks, max) > 0) {
        const message = "review_above is more than max, so nothing would ever ask for review";
        context.addIssue({ code: "custom", message, path: ["review_above"] });
      }
    });
  return scalarOr(bare, mapping);
}
export const tighterBound: Join<StatedBound<Rational>> = combined("the smaller of each bound", (a, b) => ({
  review_above: least(a.review_above, b.review_above),
  max: least(a.max, b.max),
}));
function least(a: Rational | undefined, b: Rational | undefined): Rational | undefined {
  return a === undefined ? b : b === undefined ? a : smaller.combine(a, b);
}

/** Approvals by risk as one file states them; a risk that it leaves out is decided elsewhere. */
export type StatedByRisk = Readonly<Partial<Record<RiskTier, number | undefined>>>;
export const byRisk: z.ZodType<StatedByRisk> = scalarOr(
  wholeNumber.transform((all): StatedByRisk => Object.fromEntries(riskTiers.map((risk) => [risk, all]))),
  z.strictObject({
    low: wholeNumber.optional(),
    elevated: wholeNumber.optional(),
    high: wholeNumber.optional(),
    critical: wholeNumber.optional(),
  }),
);
export const largerByRisk: Join<StatedByRisk> = {
  name: "the larger count at each risk",
  combine: (a, b) =>
    Object.fromEntries(
      riskTiers.flatMap((risk) => {
        const [x, y] = [a[risk], b[risk]];
        return x === undefined && y === undefined ? [] : [[risk, Math.max(x ?? 0, y ?? 0)]];
      }),
    ),
  override: (earlier, later) => ({ ...earlier, ...stated(later) }),
  pick: (value, path) => (path.length === 0 ? value : undefined),
};
function stated(value: StatedByRisk): StatedByRisk {
  return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined));
}

/** `block`, or `{ review: ["@acme/identity"] }`. */
export const treatment: z.ZodType<Treatment> = scalarOr(
  z.enum(levels).transform((level): Treatment => ({ level, from: [] })),
  z.strictObject({ review: approvers }).transform(({ review }): Treatment => ({ level: "review", from: [review] })),
);
export const treatmentJoin: Join<Treatment> = combined("the stricter level; people named by each file", (a, b) => {
  const level = stricter(levels).combine(a.level, b.level);
  const [first, second] = [a, b].filter((side) => side.level === level).map((side) => side.from);
  return { level, from: everyList<Approver>().combine(first ?? [], second ?? []) };
});
