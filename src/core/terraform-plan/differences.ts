import { canonicalJson } from "../../lib/canonical-json.ts";
import { isObject, parseJson } from "./json.ts";
import type { AttributeChange, AttributePath, PlannedValue } from "./plan.ts";
import { clipped, isMarked, keysOf, type Marked, markOf, type Redactor } from "./redact.ts";

/** Both sides of a resource or of a part of it. Only `after` has values that are known later. */
interface Sides {
  readonly before: Marked;
  readonly after: Marked;
}

export interface Differences {
  readonly attributes: readonly AttributeChange[];
  readonly unlisted: number;
}

const listedMax = 500;
/** Beyond this, elements of a list are paired in their order: looking for the most alike grows with the square. */
const matchedMax = 64;

/** What differs between two sides, each difference at the innermost name that tells it. */
export function differences(sides: Sides, replacePaths: readonly AttributePath[], redactor: Redactor): Differences {
  const rows: AttributeChange[] = [];
  let unlisted = 0;
  const root = { before: asObject(sides.before), after: asObject(sides.after) };
  within(root, []);
  return { attributes: rows, unlisted };

  function within({ before, after }: Sides, path: AttributePath): void {
    if (after.unknown !== true && same(before, after)) return;
    const whole = isMarked(before.sensitive, before.value) || isMarked(after.sensitive, after.value);
    if (whole || after.unknown === true) return row(path, { before, after });
    if (isObject(before.value) && isObject(after.value)) {
      const keys = new Set([...keysOf(before.value, undefined), ...keysOf(after.value, after.unknown)]);
      for (const key of [...keys].toSorted())
        within({ before: part(before, key), after: part(after, key) }, [...path, key]);
      return;
    }
    if (Array.isArray(before.value) && Array.isArray(after.value)) return elements({ before, after }, path);
    const documents = parsed({ before, after });
    if (documents !== null) return within(documents, path);
    row(path, { before, after });
  }

  function elements(sides: Sides, path: AttributePath): void {
    const { gone, come, pairs } = matched(sides);
    if (gone.length === 0 && come.length === 0 && pairs.length === 0) return row(path, sides);
    for (const [was, is] of pairs)
      within({ before: part(sides.before, was), after: part(sides.after, is) }, [...path, is]);
    for (const was of gone) row([...path, was], { before: part(sides.before, was), after: nothing });
    for (const is of come) row([...path, is], { before: nothing, after: part(sides.after, is) });
  }

  function row(path: AttributePath, { before, after }: Sides): void {
    const hidden = isMarked(before.sensitive, before.value) || isMarked(after.sensitive, after.value);
    const shown = (side: Marked): PlannedValue =>
      hidden && side.value !== null && side.value !== undefined ? { kind: "sensitive" } : redactor.value(side);
    const values = { before: shown(before), after: after.unknown === true ? redactor.value(after) : shown(after) };
    if (values.before.kind === "none" && values.after.kind === "none") return;
    if (rows.length === listedMax) {
      unlisted += 1;
      return;
    }
    const forcesReplacement = replacePaths.some((forced) => overlap(forced, path));
    const named = path.map((step) =>
      typeof step === "string" ? (redactor.text(clipped(step)) ?? "(sensitive)") : step,
    );
    rows.push({ path: named, ...values, forcesReplacement });
  }
}

const nothing: Marked = { value: null, sensitive: false, unknown: false };

/** A resource as an object, also one that is not there, and with a mark on the whole as one on each attribute: their names are told. */
function asObject({ value, sensitive, unknown }: Marked): Marked {
  const object = isObject(value) ? value : {};
  if (sensitive !== undefined && !isMarked(sensitive, object)) return { value: object, sensitive, unknown };
  return { value: object, sensitive: Object.fromEntries(Object.keys(object).map((key) => [key, true])), unknown };
}

function part({ value, sensitive, unknown }: Marked, key: string | number): Marked {
  const marks = { sensitive: markOf(sensitive, key), unknown: markOf(unknown, key) };
  if (Array.isArray(value) && typeof key === "number") return { value: value[key] as unknown, ...marks };
  return { value: isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : null, ...marks };
}

/** Nothing in it is known only later, and the values are equal. */
function same(before: Marked, after: Marked): boolean {
  return !holdsTrue(after.unknown) && canonicalJson(before.value ?? null) === canonicalJson(after.value ?? null);
}

function holdsTrue(tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.some(holdsTrue);
  return isObject(tree) ? Object.values(tree).some(holdsTrue) : tree === true;
}

/**
 * Elements of two lists: first those that are equal, wherever they stand (a set has no order), then each of the rest with the one
 * that is most alike. What remains has gone or come.
 */
function matched({ before, after }: Sides): {
  readonly gone: readonly number[];
  readonly come: readonly number[];
  readonly pairs: readonly (readonly [was: number, is: number])[];
} {
  const was = printed(before);
  const is = printed(after);
  const waiting = new Map<string, number[]>();
  for (const [index, text] of is.entries()) if (text !== null) waiting.set(text, [...(waiting.get(text) ?? []), index]);
  const taken = new Set<number>();
  let rest: number[] = [];
  for (const [index, text] of was.entries()) {
    const found = text === null ? undefined : waiting.get(text)?.shift();
    if (found === undefined) rest.push(index);
    else taken.add(found);
  }
  let open = [...is.keys()].filter((index) => !taken.has(index));
  const pairs: (readonly [number, number])[] = [];
  const compared = rest.length <= matchedMax && open.length <= matchedMax;
  for (const index of rest) {
    const partner = compared
      ? mostAlike(index, open, before, after)
      : open.find((other) => alike(part(before, index).value, part(after, other).value) > 0);
    if (partner === undefined) continue;
    pairs.push([index, partner]);
    open = open.filter((other) => other !== partner);
  }
  rest = rest.filter((index) => !pairs.some(([paired]) => paired === index));
  return { gone: rest, come: open, pairs };
}

/** Each element as text; null: it holds something that is known only later, so it equals nothing. */
function printed(list: Marked): readonly (string | null)[] {
  if (!Array.isArray(list.value)) return [];
  return list.value.map((item: unknown, index) =>
    holdsTrue(markOf(list.unknown, index)) ? null : canonicalJson(item),
  );
}

function mostAlike(index: number, open: readonly number[], before: Marked, after: Marked): number | undefined {
  const scores = open.map((other) => ({ other, score: alike(part(before, index).value, part(after, other).value) }));
  return scores.filter(({ score }) => score > 0).toSorted((a, b) => b.score - a.score)[0]?.other;
}

/** How many names two objects hold the same value under. */
function alike(a: unknown, b: unknown): number {
  if (!isObject(a) || !isObject(b)) return 0;
  return Object.keys(a).filter((key) => Object.hasOwn(b, key) && canonicalJson(a[key]) === canonicalJson(b[key]))
    .length;
}

const documentMax = 100_000;

/** Two texts that are JSON documents, as `jsonencode` makes them, gone into. Null: they are not. */
function parsed({ before, after }: Sides): Sides | null {
  const [was, is] = [documentIn(before.value), documentIn(after.value)];
  if (was === null || is === null || Array.isArray(was) !== Array.isArray(is)) return null;
  // Two spellings of one document, and what only a number's digits tell apart, stay a difference of texts.
  if (canonicalJson(was) === canonicalJson(is)) return null;
  return { before: { ...before, value: was }, after: { ...after, value: is } };
}

function documentIn(value: unknown): object | null {
  if (typeof value !== "string" || value.length > documentMax || !/^\s*[[{]/u.test(value)) return null;
  try {
    const document = parseJson(value)?.value;
    return isObject(document) || Array.isArray(document) ? document : null;
  } catch {
    // It only looks like a document: it is compared as the text that it is.
    return null;
  }
}

function overlap(a: AttributePath, b: AttributePath): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.every((step, index) => step === long[index]);
}
