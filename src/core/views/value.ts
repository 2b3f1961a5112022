import type { Place, Side } from "../change/change-set.ts";
import type { Edit } from "../change/edit.ts";
import type { ScalarValue, Style, Tree } from "./documents.ts";

/** A value of a document with the place it stands at. `at` walks down; an absent part is undefined, so rules read like paths. */
export interface Value {
  readonly place: Place;
  /** Undefined for maps and lists. */
  readonly scalar: ScalarValue | undefined;
  /** How a scalar is written; null for maps and lists. */
  readonly style: Style | null;
  /** Where it stands in its document, as a JSON pointer (RFC 6901). */
  readonly pointer: string;
  at(...path: readonly (string | number)[]): Value | undefined;
  items(): readonly Value[];
  entries(): readonly { readonly key: string; readonly value: Value }[];
}

/** A tree in its file. `pointer` is where the tree stands in its document, "" at the root. */
export function valueOf(tree: Tree, path: string, side: Side, pointer = ""): Value {
  const wrap = (child: Tree, step: string | number): Value =>
    valueOf(child, path, side, `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`);
  const step = (key: string | number): Value | undefined => {
    switch (tree.kind) {
      case "scalar":
        return undefined;
      case "list": {
        const item = typeof key === "number" ? tree.items[key] : undefined;
        return item === undefined ? undefined : wrap(item, key);
      }
      case "map": {
        const entry = tree.entries.find((candidate) => candidate.key === key);
        return entry === undefined ? undefined : wrap(entry.value, key);
      }
    }
  };
  return {
    place: { path, side, ...tree.span },
    scalar: tree.kind === "scalar" ? tree.value : undefined,
    style: tree.kind === "scalar" ? tree.style : null,
    pointer,
    at(...[first, ...rest]) {
      if (first === undefined) return this;
      const child = step(first);
      return rest.length === 0 ? child : child?.at(...rest);
    },
    items: () => (tree.kind === "list" ? tree.items.map(wrap) : []),
    entries: () =>
      tree.kind === "map" ? tree.entries.map(({ key, value }) => ({ key, value: wrap(value, key) })) : [],
  };
}

/** An edit that writes another scalar in the place of this one and keeps its quotes; undefined where that takes more than a line. */
export function replaced(value: Value, text: string): Edit | undefined {
  const { path, line, column, endLine, endColumn } = value.place;
  if (column === undefined || endColumn === undefined || line !== endLine) return undefined;
  const quote = value.style === "double" ? '"' : value.style === "single" ? "'" : "";
  if (value.style === null || value.style === "block") return undefined;
  return { path, start: { line, column }, end: { line, column: endColumn }, text: `${quote}${text}${quote}` };
}

/** The value at the end of a path, or the text on the way to it that stands for the rest, such as `resources: ${RESOURCES}`. */
export function reached(root: Value, path: readonly string[]): Value | undefined {
  const [first, ...rest] = path;
  if (first === undefined || root.scalar != null) return root;
  const next = root.at(first);
  return next === undefined ? undefined : reached(next, rest);
}
