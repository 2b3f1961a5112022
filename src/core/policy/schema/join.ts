import { canonicalJson } from "../../../lib/canonical-json.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { compare, type Rational } from "../../../lib/quantity.ts";

/** How two files that both state a key are made one. */
export interface Join<T> {
  /** As the documentation names it: "the smaller value". */
  readonly name: string;
  /** The statement that asks at least as much as each of the two. */
  combine(a: T, b: T): T;
  /** What holds where `later` may loosen: a file over the default, or a key that the organisation made overridable. */
  override(earlier: T, later: T): T;
  /** The part of a statement at a path below the key; undefined where the path leads nowhere. */
  pick(value: T, path: readonly string[]): T | undefined;
}

function whole<T>(name: string, combine: (a: T, b: T) => T): Join<T> {
  return {
    name,
    combine,
    override: (_, later) => later,
    pick: (value, path) => (path.length === 0 ? value : undefined),
  };
}

/** Of an ordered list of words, mildest first, the later one. */
export function stricter<const W extends string>(words: readonly W[]): Join<W> {
  return whole("the stricter value", (a, b) => (words.indexOf(a) >= words.indexOf(b) ? a : b));
}

export const either: Join<boolean> = whole("true if any file says so", (a, b) => a || b);
export const largerNumber: Join<number> = whole("the larger value", (a, b) => Math.max(a, b));
export const smallerNumber: Join<number> = whole("the smaller value", (a, b) => Math.min(a, b));
export const larger: Join<Rational> = whole("the larger value", (a, b) => (compare(a, b) >= 0 ? a : b));
export const smaller: Join<Rational> = whole("the smaller value", (a, b) => (compare(a, b) <= 0 ? a : b));

/** For what is no matter of strictness: the first file that states it decides. Not commutative. */
export function first<T>(name = "the organisation's, else the default branch's"): Join<T> {
  return whole(name, (a) => a);
}

function distinct<T>(values: readonly T[]): readonly T[] {
  const byForm = new Map(values.map((value) => [canonicalJson(value), value]));
  return [...byForm].toSorted(([a], [b]) => byCodeUnits(a, b)).map(([, value]) => value);
}

export function union<T>(): Join<readonly T[]> {
  return whole("union", (a, b) => distinct([...a, ...b]));
}

export function intersection<T>(): Join<readonly T[]> {
  return whole("intersection", (a, b) => {
    const forms = new Set(b.map(canonicalJson));
    return distinct(a.filter((value) => forms.has(canonicalJson(value))));
  });
}

/** Lists of alternatives that must all be met: kept side by side, since two lists of patterns or teams have no other meet. */
export function everyList<T>(): Join<readonly (readonly T[])[]> {
  return whole("every list holds", (a, b) => distinct([...a, ...b].map((list) => distinct(list))));
}

/** A join for values that are made of parts, with its own way to combine them. */
export function combined<T>(name: string, combine: (a: T, b: T) => T): Join<T> {
  return whole(name, combine);
}

type Joins<T> = { readonly [P in keyof T]-?: Join<Exclude<T[P], undefined>> };
type Fields = Readonly<Record<string, unknown>>;

/** Takes what one side states alone, and joins what both state. Keys are visited in code-unit order. */
function zip(a: Fields, b: Fields, both: (key: string, x: unknown, y: unknown) => unknown): Fields {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted(byCodeUnits);
  return Object.fromEntries(
    keys.flatMap((key) => {
      const [x, y] = [Object.hasOwn(a, key) ? a[key] : undefined, Object.hasOwn(b, key) ? b[key] : undefined];
      const value = x === undefined ? y : y === undefined ? x : both(key, x, y);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Field by field, each with its own join. The casts hold because `Joins<T>` demands one join of the right type per field. */
export function byField<T extends object>(name: string, joins: Joins<T>): Join<T> {
  const joinOf = (key: string): Join<unknown> => {
    const join = (joins as Readonly<Record<string, Join<unknown>>>)[key];
    if (join === undefined) throw new Error(`Cannot join "${key}": the schema declares no join for it`);
    return join;
  };
  return {
    name,
    combine: (a, b) => zip(a as Fields, b as Fields, (key, x, y) => joinOf(key).combine(x, y)) as T,
    override: (a, b) => zip(a as Fields, b as Fields, (key, x, y) => joinOf(key).override(x, y)) as T,
    pick: (value, [head, ...rest]) => {
      if (head === undefined) return value;
      const inner = Object.hasOwn(value, head) ? (value as Fields)[head] : undefined;
      const picked = inner === undefined ? undefined : joinOf(head).pick(inner, rest);
      return picked === undefined ? undefined : ({ [head]: picked } as T);
    },
  };
}

/** Name by name: what only one file names is kept. */
export function byName<T>(entry: Join<T>): Join<Readonly<Record<string, T>>> {
  type Entries = Readonly<Record<string, T>>;
  return {
    name: "name by name",
    combine: (a, b) => zip(a, b, (_, x, y) => entry.combine(x as T, y as T)) as Entries,
    override: (a, b) => zip(a, b, (_, x, y) => entry.override(x as T, y as T)) as Entries,
    pick: (value, [head, ...rest]) => {
      if (head === undefined) return value;
      const inner = Object.hasOwn(value, head) ? value[head] : undefined;
      const picked = inner === undefined ? undefined : entry.pick(inner, rest);
      return picked === undefined ? undefined : { [head]: picked };
    },
  };
}
