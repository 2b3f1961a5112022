import type { Place, Side } from "../change/change-set.ts";
import type { ScalarValue, Span, Style, Tree } from "../views/documents.ts";
import type { Value } from "../views/value.ts";

/** A tree whose parts may stand in different files: each keeps the place at which it is written. */
export type Node = ScalarNode | ListNode | MapNode;
export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: ScalarValue;
  /** `block` also where the text at the place is not the value alone, so that no edit writes over it. */
  readonly style: Style;
  readonly place: Place;
}
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly Node[];
  readonly place: Place;
}
export interface MapNode {
  readonly kind: "map";
  readonly entries: readonly { readonly key: string; readonly value: Node }[];
  readonly place: Place;
}

/** A tree of one file. `within` places all of it where a text stands that holds it: an edit would have to know its indentation. */
export function nodeOf(tree: Tree, path: string, side: Side, within?: Span): Node {
  const place = { path, side, ...(within ?? tree.span) };
  switch (tree.kind) {
    case "scalar":
      return { kind: "scalar", value: tree.value, style: within === undefined ? tree.style : "block", place };
    case "list":
      return { kind: "list", items: tree.items.map((item) => nodeOf(item, path, side, within)), place };
    case "map":
      return {
        kind: "map",
        entries: tree.entries.map(({ key, value }) => ({ key, value: nodeOf(value, path, side, within) })),
        place,
      };
  }
}

/** The node as rules read it. `pointer` is where it stands in its object, "" at the root. */
export function valueOfNode(node: Node, pointer = ""): Value {
  const wrap = (inner: Node, step: string | number): Value =>
    valueOfNode(inner, `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`);
  const step = (key: string | number): Value | undefined => {
    const inner =
      node.kind === "list" && typeof key === "number"
        ? node.items[key]
        : typeof key === "string"
          ? childOf(node, key)
          : undefined;
    return inner === undefined ? undefined : wrap(inner, key);
  };
  return {
    place: node.place,
    scalar: node.kind === "scalar" ? node.value : undefined,
    style: node.kind === "scalar" ? node.style : null,
    pointer,
    at(...[first, ...rest]) {
      if (first === undefined) return this;
      const inner = step(first);
      return rest.length === 0 ? inner : inner?.at(...rest);
    },
    items: () => (node.kind === "list" ? node.items.map(wrap) : []),
    entries: () =>
      node.kind === "map" ? node.entries.map(({ key, value }) => ({ key, value: wrap(value, key) })) : [],
  };
}

export function childOf(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let found = node;
  for (const key of path) {
    found = found?.kind === "map" ? found.entries.find((entry) => entry.key === key)?.value : undefined;
  }
  return found;
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/** The text of a scalar; null where there is none, or it is empty. */
export function textOf(node: Node | undefined): string | null {
  if (node?.kind !== "scalar" || node.value === null || node.value === "") return null;
  return String(node.value);
}

export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** The map with this value at the key: in its place where it has one, else at its end. */
export function withEntry(map: MapNode, key: string, value: Node): MapNode {
  const known = map.entries.some((entry) => entry.key === key);
  return {
    ...map,
    entries: known
      ? map.entries.map((entry) => (entry.key === key ? { key, value } : entry))
      : [...map.entries, { key, value }],
  };
}

export function withoutEntry(map: MapNode, key: string): MapNode {
  return { ...map, entries: map.entries.filter((entry) => entry.key !== key) };
}

/** Text that something wrote which is not written so anywhere; `place` is what asked for it. */
export function made(value: ScalarValue, place: Place): ScalarNode {
  return { kind: "scalar", value, style: "block", place };
}

/** What `change` makes of the value at a path. Where nothing stands there: of nothing if `create` has a place for the maps on the way, else the node stays. */
export function updated(
  node: Node,
  path: readonly string[],
  change: (standing: Node | undefined) => Node | undefined,
  create: Place | null = null,
): Node {
  const [first, ...rest] = path;
  if (first === undefined) return change(node) ?? node;
  if (node.kind !== "map") return node;
  const standing = childOf(node, first);
  if (standing === undefined) {
    if (create === null) return node;
    const fresh = rest.length === 0 ? change(undefined) : updated(emptyMap(create), rest, change, create);
    return fresh === undefined ? node : withEntry(node, first, fresh);
  }
  if (rest.length > 0 && isNull(standing) && create !== null) {
    return withEntry(node, first, updated(emptyMap(create), rest, change, create));
  }
  const next = updated(standing, rest, change, create);
  return next === standing ? node : withEntry(node, first, next);
}

export function emptyMap(place: Place): MapNode {
  return { kind: "map", entries: [], place };
}

/** Equal as data, wherever its parts stand. */
export function isEqual(a: Node, b: Node): boolean {
  switch (a.kind) {
    case "scalar":
      return b.kind === "scalar" && a.value === b.value;
    case "list":
      return (
        b.kind === "list" &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => {
          const other = b.items[index];
          return other !== undefined && isEqual(item, other);
        })
      );
    case "map":
      return (
        b.kind === "map" &&
        a.entries.length === b.entries.length &&
        a.entries.every(({ key, value }) => {
          const other = childOf(b, key);
          return other !== undefined && isEqual(value, other);
        })
      );
  }
}
