import { canonicalJson } from "../../lib/canonical-json.ts";
import { isObject } from "./json.ts";
import { type Marked, partOf, type Sides } from "./redact.ts";

/** What became of the elements of a list, by their positions. Equal ones are not told. */
export interface Matched {
  /** Elements that are not equal and are taken for the same. */
  readonly pairs: readonly (readonly [was: number, is: number])[];
  readonly gone: readonly number[];
  readonly come: readonly number[];
  /** All are there, in another order: of a list that says something, of a set nothing. */
  readonly reordered: boolean;
}

/** Beyond this, the rest is paired in its order: looking for the most alike grows with the square. */
const comparedMax = 64;

/**
 * First those that are equal, wherever they stand, as a set has no order; then each of the rest with the one that is most alike. What
 * remains has gone or come.
 */
export function matched({ before, after }: Sides): Matched {
  const { equal, rest, open } = equals(printed(before), printed(after));
  const free = new Set(open);
  const compared = rest.length <= comparedMax && open.length <= comparedMax;
  const pairs = rest.flatMap((was, order): (readonly [number, number])[] => {
    const candidates = compared ? [...free] : open.slice(order, order + 1);
    const is = mostAlike(partOf(before, was).value, candidates, after);
    if (is === undefined) return [];
    free.delete(is);
    return [[was, is]];
  });
  const paired = new Set(pairs.map(([was]) => was));
  return {
    pairs,
    gone: rest.filter((index) => !paired.has(index)),
    come: [...free],
    reordered: rest.length === 0 && open.length === 0 && equal.some(([was, is]) => was !== is),
  };
}

/** Each element with the one at its own position. */
export function byPosition({ before, after }: Sides): Matched {
  const [was, is] = [elementsOf(before).length, elementsOf(after).length];
  const positions = [...Array(Math.max(was, is)).keys()];
  return {
    pairs: positions.filter((index) => index < was && index < is).map((index) => [index, index] as const),
    gone: positions.filter((index) => index >= is),
    come: positions.filter((index) => index >= was),
    reordered: false,
  };
}

function equals(was: readonly (string | null)[], is: readonly (string | null)[]) {
  const waiting = new Map<string, number[]>();
  // Backwards, so that the first of several equal ones is the last in its list and taken first.
  for (const [index, text] of [...is.entries()].reverse()) {
    if (text === null) continue;
    const same = waiting.get(text);
    if (same === undefined) waiting.set(text, [index]);
    else same.push(index);
  }
  const equal = [...was.entries()].flatMap(([index, text]): (readonly [number, number])[] => {
    const found = text === null ? undefined : waiting.get(text)?.pop();
    return found === undefined ? [] : [[index, found]];
  });
  const [before, after] = [new Set(equal.map(([index]) => index)), new Set(equal.map(([, index]) => index))];
  return {
    equal,
    rest: [...was.keys()].filter((index) => !before.has(index)),
    open: [...is.keys()].filter((index) => !after.has(index)),
  };
}

function elementsOf({ value }: Marked): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Each element as text; null: it holds something that is known only later, so it equals nothing. */
function printed(list: Marked): readonly (string | null)[] {
  return elementsOf(list).map((element, index) =>
    holdsTrue(partOf(list, index).unknown) ? null : canonicalJson(element),
  );
}

function holdsTrue(tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.some(holdsTrue);
  return isObject(tree) ? Object.values(tree).some(holdsTrue) : tree === true;
}

/** The position of the candidate that shares most with the element; undefined: none shares anything. */
function mostAlike(element: unknown, candidates: readonly number[], list: Marked): number | undefined {
  const scored = candidates.map((index) => ({ index, shared: alike(element, partOf(list, index).value) }));
  return scored.filter(({ shared }) => shared > 0).toSorted((a, b) => b.shared - a.shared)[0]?.index;
}

/** How many names two objects hold the same value under. Two lists are alike for being lists. */
function alike(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return 1;
  if (!isObject(a) || !isObject(b)) return 0;
  return Object.keys(a).filter((key) => Object.hasOwn(b, key) && canonicalJson(a[key]) === canonicalJson(b[key]))
    .length;
}
