import { byCodeUnits } from "../../lib/order.ts";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { byPosition, matched } from "./elements.ts";
import { documentIn, isObject } from "./json.ts";
import type { AttributeChange, AttributePath, PlannedValue } from "./plan.ts";
import { clipped, hidden, isMarked, keysOf, type Marked, partOf, type Redactor, type Sides } from "./redact.ts";

export interface Differences {
  readonly attributes: readonly AttributeChange[];
  readonly unlisted: number;
}

const listedMax = 500;
/** Lists in lists in lists: from here on elements are compared by their position, as looking for equal ones prints all that is below. */
const listsMax = 5;

/** What differs between two sides, each difference at the innermost name that tells it. */
export function differences(
  { before, after }: Sides,
  replacePaths: readonly AttributePath[],
  redactor: Redactor,
): Differences {
  const rows: AttributeChange[] = [];
  let found = 0;
  objects({ before: asResource(before), after: asResource(after) }, []);
  return { attributes: rows, unlisted: found - rows.length };

  function within(sides: Sides, path: AttributePath): void {
    const [was, is] = [sides.before.value ?? null, sides.after.value ?? null];
    if (sides.after.unknown === true) return row(sides, path);
    if (isMarked(sides.before) || isMarked(sides.after)) {
      if (canonicalJson(was) !== canonicalJson(is)) row(sides, path);
      return;
    }
    if (isObject(was) && isObject(is)) return objects(sides, path);
    if (Array.isArray(was) && Array.isArray(is)) return lists(sides, path);
    if (was === is) return;
    const documents = documentsIn(sides);
    if (documents === null) row(sides, path);
    else if (isSame(documents)) row(sides, path, redactor.spelling);
    else within(documents, path);
  }

  function objects(sides: Sides, path: AttributePath): void {
    const keys = [sides.before, sides.after].flatMap(({ value, unknown }) =>
      isObject(value) ? keysOf(value, unknown) : [],
    );
    for (const key of [...new Set(keys)].toSorted(byCodeUnits)) within(partsOf(sides, key, key), [...path, key]);
  }

  function lists(sides: Sides, path: AttributePath): void {
    const nested = path.filter((step) => typeof step === "number").length;
    const { pairs, gone, come, reordered } = nested < listsMax ? matched(sides) : byPosition(sides);
    if (reordered) row(sides, path);
    const steps = [
      ...gone.map((was) => ({
        at: was,
        tell: () => row({ before: partOf(sides.before, was), after: nothing }, [...path, was]),
      })),
      ...come.map((is) => ({
        at: is,
        tell: () => row({ before: nothing, after: partOf(sides.after, is) }, [...path, is]),
      })),
      ...pairs.map(([was, is]) => ({ at: is, tell: () => within(partsOf(sides, was, is), [...path, is]) })),
    ];
    for (const { tell } of steps.toSorted((a, b) => a.at - b.at)) tell();
  }

  function row(sides: Sides, path: AttributePath, show = redactor.value): void {
    const kept = isMarked(sides.before) || isMarked(sides.after);
    const shown = (side: Marked): PlannedValue => {
      const value = show(side);
      return kept && value.kind !== "none" && value.kind !== "unknown" ? { kind: "sensitive" } : value;
    };
    const values = { before: shown(sides.before), after: shown(sides.after) };
    if (values.before.kind === "none" && values.after.kind === "none") return;
    found += 1;
    if (rows.length === listedMax) return;
    const named = path.map((step) => (typeof step === "string" ? (redactor.text(clipped(step)) ?? hidden) : step));
    const forcesReplacement = replacePaths.some((forced) => overlap(forced, path));
    rows.push({ path: named, ...values, forcesReplacement });
  }
}

const nothing: Marked = { value: null, sensitive: false, unknown: false };

/**
 * A resource as an object, also one that is not there. A mark on the whole is one on each attribute, whose names are told. So is none
 * at all: what wrote the plan is too old to know what is sensitive.
 */
function asResource({ value, sensitive, unknown }: Marked): Marked {
  const object = isObject(value) ? value : {};
  if (sensitive !== undefined && !isMarked({ value: object, sensitive })) return { value: object, sensitive, unknown };
  return { value: object, sensitive: Object.fromEntries(Object.keys(object).map((key) => [key, true])), unknown };
}

function partsOf({ before, after }: Sides, was: string | number, is: string | number): Sides {
  return { before: partOf(before, was), after: partOf(after, is) };
}

/** Two texts that are JSON documents, as `jsonencode` makes them, gone into. Null: they are not. */
function documentsIn({ before, after }: Sides): Sides | null {
  const [was, is] = [documentIn(before.value), documentIn(after.value)];
  if (was === null || is === null || Array.isArray(was) !== Array.isArray(is)) return null;
  return { before: { ...before, value: was }, after: { ...after, value: is } };
}

function isSame(documents: Sides): boolean {
  return canonicalJson(documents.before.value) === canonicalJson(documents.after.value);
}

function overlap(a: AttributePath, b: AttributePath): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((step, index) => step === long[index]);
}
