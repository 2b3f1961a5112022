import { eitherCase, globSignatures } from "../../../lib/glob-signatures.ts";
import { type Line, pointShown, type Range, rangeOf, type Relation, step } from "./lines.ts";
import type { Constraint } from "./policy.ts";

/** What may stand at one condition key of a request, as far as the constraints tell it apart: whether each of them holds. */
interface Standing {
  readonly holds: readonly boolean[];
  /** In words: `absent`, or a value that has these answers. */
  readonly example: string;
}

/** One way in which the conditions of statements can be met or not: `holds` by statement. */
export interface Circumstance {
  readonly holds: readonly boolean[];
  readonly example: readonly string[];
}

/** More of them than this are not looked at one by one. */
const circumstanceLimit = 4_096;
const stateLimit = 20_000;

/**
 * All circumstances that the conditions of several statements tell apart; a statement's condition holds if all of its constraints do.
 * A text is the reason why that cannot be told: an operator that is not known, or too many of them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function circumstances(conditions: readonly (readonly Constraint[])[]): readonly Circumstance[] | string {
  const constraints = conditions.flat();
  let all: readonly { readonly held: ReadonlyMap<Constraint, boolean>; readonly example: readonly string[] }[] = [
    { held: new Map(), example: [] },
  ];
  for (const [key, own] of Map.groupBy(constraints, (one) => one.key)) {
    const standings = standingsOf(own);
    if (typeof standings === "string") return standings;
    if (all.length * standings.length > circumstanceLimit) return "its conditions tell too many cases apart";
    all = all.flatMap(({ held, example }) =>
      standings.map((standing) => ({
        held: new Map([
          ...held,
          ...own.map((one, index): [Constraint, boolean] => [one, standing.holds[index] === true]),
        ]),
        example: [...example, `${own[0]?.written ?? key} ${standing.example}`],
      })),
    );
  }
  const distinct = new Map<string, Circumstance>();
  for (const { held, example } of all) {
    const holds = conditions.map((own) => own.every((one) => held.get(one) === true));
    if (!distinct.has(holds.join())) distinct.set(holds.join(), { holds, example });
  }
  return [...distinct.values()];
}

/** What one value may be: whether it meets the test of each constraint, which is not negated here. */
interface Meeting {
  readonly meets: readonly boolean[];
  readonly example: string;
}

/** What stands at one key: nothing, one value, or several. */
function standingsOf(constraints: readonly Constraint[]): readonly Standing[] | string {
  const tests = constraints.filter(({ operator }) => operator !== "Null");
  const strange = tests.find(({ operator }) => !Object.hasOwn(families, operator));
  if (strange !== undefined) return `the operator \`${strange.operator}\` of a condition is not known`;
  const meetings = meetingsOf(tests);
  if (meetings === null) return "its conditions tell too many cases apart";
  const many = tests.some(({ set }) => set !== null);
  if (many && meetings.length > 8) return "its conditions on lists of values tell too many cases apart";
  const standing = (values: readonly Meeting[], example: string): Standing => {
    const held = new Map(
      tests.map((test, index) => [
        test,
        holdsFor(
          test,
          values.map(({ meets }) => meets[index] === true),
        ),
      ]),
    );
    const holds = constraints.map((one) =>
      one.operator === "Null" ? one.values.includes(values.length === 0 ? "true" : "false") : held.get(one) === true,
    );
    return { holds, example };
  };
  const single = meetings.map((meeting) => standing([meeting], `= ${meeting.example}`));
  const sets = many
    ? subsets(meetings)
        .filter(({ length }) => length > 1)
        .map((values) => standing(values, `= ${values.map(({ example }) => example).join(", ")}`))
    : [];
  return [standing([], "is absent"), ...single, ...sets];
}

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>((all, item) => [...all, ...all.map((set) => [...set, item])], [[]]);
}

/** Operators that ask for the opposite hold where the key is absent. */
function holdsFor({ operator, ifExists, set }: Constraint, meets: readonly boolean[]): boolean {
  const negated = families[operator]?.negated === true;
  if (meets.length === 0) return ifExists || negated ? set !== "any" || ifExists : set === "all";
  const answers = meets.map((met) => met !== negated);
  return set === "any" ? answers.some(Boolean) : answers.every(Boolean);
}

interface Family {
  readonly kind: "glob" | "text" | "address" | "number" | "moment" | "truth";
  readonly negated: boolean;
  /** For numbers and moments. */
  readonly relation?: Relation;
}

const families: Readonly<Record<string, Family>> = {
  StringEquals: { kind: "text", negated: false },
  StringNotEquals: { kind: "text", negated: true },
  StringEqualsIgnoreCase: { kind: "text", negated: false },
  StringNotEqualsIgnoreCase: { kind: "text", negated: true },
  StringLike: { kind: "glob", negated: false },
  StringNotLike: { kind: "glob", negated: true },
  ArnEquals: { kind: "glob", negated: false },
  ArnLike: { kind: "glob", negated: false },
  ArnNotEquals: { kind: "glob", negated: true },
  ArnNotLike: { kind: "glob", negated: true },
  BinaryEquals: { kind: "text", negated: false },
  Bool: { kind: "truth", negated: false },
  IpAddress: { kind: "address", negated: false },
  NotIpAddress: { kind: "address", negated: true },
  NumericEquals: { kind: "number", negated: false, relation: "=" },
  NumericNotEquals: { kind: "number", negated: true, relation: "=" },
  NumericLessThan: { kind: "number", negated: false, relation: "<" },
  NumericLessThanEquals: { kind: "number", negated: false, relation: "<=" },
  NumericGreaterThan: { kind: "number", negated: false, relation: ">" },
  NumericGreaterThanEquals: { kind: "number", negated: false, relation: ">=" },
  DateEquals: { kind: "moment", negated: false, relation: "=" },
  DateNotEquals: { kind: "moment", negated: true, relation: "=" },
  DateLessThan: { kind: "moment", negated: false, relation: "<" },
  DateLessThanEquals: { kind: "moment", negated: false, relation: "<=" },
  DateGreaterThan: { kind: "moment", negated: false, relation: ">" },
  DateGreaterThanEquals: { kind: "moment", negated: false, relation: ">=" },
};

/** Every combination of tests that one value can meet. Null: too many. */
function meetingsOf(tests: readonly Constraint[]): readonly Meeting[] | null {
  const kinds = new Set(tests.map(({ operator }) => families[operator]?.kind ?? "text"));
  // A key is of one type; where tests of several meet, only what texts are can be told, one by one.
  const [only] = kinds.size === 1 ? kinds : [];
  if (only === "address" || only === "number" || only === "moment") return measured(tests, only);
  if (kinds.has("truth"))
    return ["true", "false"].map((value) => ({
      meets: tests.map(({ values }) => values.some((one) => one.toLowerCase() === value)),
      example: value,
    }));
  const patterns = tests.flatMap(({ operator, values }) =>
    values.map((value) => {
      if (operator.endsWith("IgnoreCase")) return eitherCase(literal(value));
      return families[operator]?.kind === "glob" ? value : literal(value);
    }),
  );
  const signatures = globSignatures(patterns, stateLimit);
  if (signatures === null) return null;
  let from = 0;
  const ranges = tests.map(({ values }) => ({ from, to: (from += values.length) }));
  return signatures.map(({ matches, example }) => ({
    meets: ranges.map((range) => matches.slice(range.from, range.to).some(Boolean)),
    example,
  }));
}

/** A text that is no pattern: what would be wildcards in it stand for themselves. */
function literal(text: string): string {
  return text.replaceAll("*", "\u{E002}").replaceAll("?", "\u{E003}");
}

/** Addresses, numbers and moments lie on a line: what the tests tell apart are its pieces between their ends. */
function measured(tests: readonly Constraint[], kind: Line): readonly Meeting[] | null {
  const ranges = tests.map(({ operator, values }) =>
    values.map((value) => rangeOf(kind, families[operator]?.relation ?? "=", value)),
  );
  if (ranges.flat().includes(null)) return null;
  const ends = ranges.flat().flatMap((range) => (range === null ? [] : [range.from, range.to]));
  const points = new Set(ends.flatMap((end) => [end - step, end, end + step]));
  const found = new Map<string, Meeting>();
  for (const point of [...points].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const meets = ranges.map((own) => own.some((range) => range !== null && range.from <= point && point <= range.to));
    if (!found.has(meets.join())) found.set(meets.join(), { meets, example: pointShown(point, kind) });
  }
  return [...found.values()];
}
