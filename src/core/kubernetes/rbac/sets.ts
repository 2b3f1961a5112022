/** A set of names: these, or (`others`) every name but these. Names are without end, so that the second kind is never empty. */
export interface Names {
  readonly others: boolean;
  readonly names: ReadonlySet<string>;
}

export const everyName: Names = { others: true, names: new Set() };

export function only(...names: readonly string[]): Names {
  return { others: false, names: new Set(names) };
}

export function isEmpty({ others, names }: Names): boolean {
  return !others && names.size === 0;
}

export function holds({ others, names }: Names, name: string): boolean {
  return names.has(name) !== others;
}

export function both(a: Names, b: Names): Names {
  if (a.others && b.others) return { others: true, names: a.names.union(b.names) };
  if (a.others) return { others: false, names: b.names.difference(a.names) };
  return { others: false, names: b.others ? a.names.difference(b.names) : a.names.intersection(b.names) };
}

export function without(a: Names, b: Names): Names {
  return both(a, { others: !b.others, names: b.names });
}

/**
 * Requests, as a product of sets. A resource and its part (`pods/exec`) are two dimensions, as `*\/scale` is that part of every resource. A
 * request without a name (`create`, `list`) has the empty one. The namespace of what is in none is the empty one.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export const dimensions = ["verb", "group", "resource", "part", "name", "namespace", "cluster"] as const;
export type Dimension = (typeof dimensions)[number];
export type Requests = Readonly<Record<Dimension, Names>>;

/** What is in `a` and not in `b`, as disjoint products. */
export function difference(a: Requests, b: Requests): readonly Requests[] {
  const left: Requests[] = [];
  let rest = a;
  for (const dimension of dimensions) {
    const inside = both(rest[dimension], b[dimension]);
    if (isEmpty(inside)) return [a];
    const outside = without(rest[dimension], b[dimension]);
    if (!isEmpty(outside)) left.push({ ...rest, [dimension]: outside });
    rest = { ...rest, [dimension]: inside };
  }
  return left;
}

/** More products than this are not followed: no role that people wrote comes near. */
const maxProducts = 4_000;

/** What is in `a` and in none of the others, as disjoint products; null where that takes too many of them. */
export function remainder(a: Requests, others: readonly Requests[]): readonly Requests[] | null {
  let left: readonly Requests[] = [a];
  let steps = 0;
  for (const other of others) {
    steps += left.length;
    left = left.flatMap((one) => difference(one, other));
    if (left.length > maxProducts || steps > maxProducts * 50) return null;
    if (left.length === 0) break;
  }
  return left;
}

export function overlaps(a: Requests, b: Partial<Requests>): boolean {
  return dimensions.every((dimension) => {
    const other = b[dimension];
    return other === undefined || !isEmpty(both(a[dimension], other));
  });
}
