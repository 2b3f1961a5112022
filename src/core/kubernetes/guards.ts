import type { KubernetesObject, ObjectChange } from "../views/kubernetes.ts";
import type { ScalarValue } from "../views/documents.ts";
import { type Value } from "../views/value.ts";
import { isArrival, reached } from "../views/workloads.ts";
import type { FileReach } from "../reach/reach.ts";
import { isExpression } from "./keeping.ts";
import { typeOf } from "./stateful.ts";

/** How a value compares with the one before: it keeps data less well, it does not, or nobody can tell. */
export type Comparison = "weaker" | "not" | "undecided";

/** A value of an object that keeps data, or that makes a tool delete, where it is not what it should be. */
export interface Guard {
  /** Kinds as `Kind.group`; `Kind` for one of the core, `*` for all. */
  readonly on: readonly string[];
  /** Only objects whose names say so. */
  readonly named?: RegExp;
  readonly path: readonly string[];
  /** What holds where nothing is written. */
  readonly otherwise: ScalarValue;
  readonly compared: (before: ScalarValue, after: ScalarValue) => Comparison;
  /** What a weaker value does, as a clause. */
  readonly follows: string;
  /** A weaker one harms by itself, as it is written. */
  readonly blocks?: true;
  readonly source: string;
}

export interface Weakening {
  readonly object: KubernetesObject;
  readonly guard: Guard;
  /** The value as it is now; where it is gone, as it was. */
  readonly at: Value;
  readonly before: ScalarValue;
  readonly after: ScalarValue;
  /** It is an expression, or nothing that is known: nobody can tell whether it is weaker. */
  readonly isOpen: boolean;
}

interface Reading {
  readonly at: Value | undefined;
  readonly value: ScalarValue;
  readonly isOpen: boolean;
}

/** Values that are weaker guards than before on objects that stood there before. */
export function weakenings(
  objects: readonly ObjectChange[],
  guards: readonly Guard[],
  reach: (path: string) => Pick<FileReach, "targets">,
): readonly Weakening[] {
  return standing(objects, reach).flatMap(({ before, after }) =>
    guards
      .filter(({ on, named }) => (on.includes("*") || on.includes(typeOf(after))) && named?.test(after.name) !== false)
      .flatMap((guard): readonly Weakening[] => {
        const [was, is] = [readingOf(before, guard), readingOf(after, guard)];
        if (is.at === undefined && after.patch && was.at === undefined) return [];
        const weakening = {
          object: after,
          guard,
          at: is.at ?? was.at ?? parentOf(after, guard.path),
          before: was.value,
          after: is.value,
        };
        if (is.isOpen) return was.isOpen && was.value === is.value ? [] : [{ ...weakening, isOpen: true }];
        const comparison = was.isOpen ? "not" : guard.compared(was.value, is.value);
        return comparison === "not" ? [] : [{ ...weakening, isOpen: comparison === "undecided" }];
      }),
  );
}

/** Objects on both sides, of which one differs, in an environment that they stood in before. */
export function standing(
  objects: readonly ObjectChange[],
  reach: (path: string) => Pick<FileReach, "targets">,
): readonly { readonly before: KubernetesObject; readonly after: KubernetesObject }[] {
  return objects.flatMap((change) => {
    const { before, after, changed } = change;
    return !changed || before === undefined || after === undefined || isArrival(change, reach)
      ? []
      : [{ before, after }];
  });
}

/** A list of words as one text; of a map only that something stands there. */
function readingOf(object: KubernetesObject, { path, otherwise }: Guard): Reading {
  const at = reached(object.root, path);
  if (at === undefined) return { at, value: otherwise, isOpen: false };
  const items = at.scalar === undefined ? at.items() : [];
  if (at.scalar === undefined && items.length === 0) return { at, value: at.entries().length > 0, isOpen: false };
  if (items.length > 0) {
    const value = items.map(({ scalar }) => String(scalar ?? "")).join(",");
    return { at, value, isOpen: items.some(isExpression) };
  }
  return { at, value: at.scalar ?? otherwise, isOpen: isExpression(at) };
}

/** The nearest value that is left on the way to one that is gone. */
export function parentOf({ root }: KubernetesObject, path: readonly string[]): Value {
  for (let length = path.length - 1; length > 0; length--) {
    const parent = root.at(...path.slice(0, length));
    if (parent !== undefined) return parent;
  }
  return root.at("metadata", "name") ?? root;
}

/** Values from the least to the most that is kept; two of one list are alike. */
export function ordered(...ranks: readonly (string | readonly string[])[]): Guard["compared"] {
  const rank = (value: ScalarValue): number =>
    ranks.findIndex((one) => (typeof one === "string" ? one === String(value) : one.includes(String(value))));
  return (before, after) => {
    const [was, is] = [rank(before), rank(after)];
    if (before === after || was <= 0) return "not";
    if (is === -1) return "undecided";
    return is < was ? "weaker" : "not";
  };
}

export const staysOn = ordered("false", "true");
export const staysOff = ordered("true", "false");

/** None of these words may come into a list. */
export function withoutWords(...words: readonly string[]): Guard["compared"] {
  return (before, after) => {
    const had = wordsOf(before);
    return wordsOf(after).some((word) => words.includes(word) && !had.includes(word)) ? "weaker" : "not";
  };
}

/** None of the words that a pattern tells may come into a list. */
export function withoutMatching(pattern: RegExp): Guard["compared"] {
  return (before, after) => {
    const had = wordsOf(before);
    return wordsOf(after).some((word) => pattern.test(word) && !had.includes(word)) ? "weaker" : "not";
  };
}

/** Every word of a list stays that a pattern tells. */
export function keepsWords(pattern: RegExp): Guard["compared"] {
  return (before, after) => {
    const has = wordsOf(after);
    return wordsOf(before).some((word) => pattern.test(word) && !has.includes(word)) ? "weaker" : "not";
  };
}

/** What was written stays. */
export const stated: Guard["compared"] = (before, after) => (before !== null && after === null ? "weaker" : "not");

/** A number, or a length of time as `720h` and `30d`, that does not shrink. */
export const atLeast: Guard["compared"] = (before, after) => {
  if (before === after) return "not";
  const [was, is] = [lengthOf(before), lengthOf(after)];
  if (is === null) return after === null ? "not" : "undecided";
  return was !== null && is < was ? "weaker" : "not";
};

const unitSeconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Seconds of a length of time as Go and operators write it; a number is one without unit. */
function lengthOf(value: ScalarValue): number | null {
  if (typeof value === "number") return value;
  const text = String(value);
  if (/^\d+$/u.test(text)) return Number(text);
  if (!/^(?:\d+(?:\.\d+)?(?:ns|ms|s|m|h|d|w|y))+$/u.test(text)) return null;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|ms|s|m|h|d|w|y)/gu)].reduce(
    (sum, [, number = "0", unit = "s"]) => sum + Number(number) * (unitSeconds[unit] ?? 0),
    0,
  );
}

function wordsOf(value: ScalarValue): readonly string[] {
  return typeof value === "string" ? value.split(",").map((word) => word.trim()) : [];
}
