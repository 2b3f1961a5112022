/** A value of JSON or TOML with the line that it begins on. Maps keep the order of the file. */
export type Node =
  | { readonly kind: "scalar"; readonly value: string | number | boolean | null; readonly line: number }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly line: number }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, Node>; readonly line: number };

/** Nested deeper than this a text is unreadable: no lockfile is, and the readers recurse. */
export const depthLimit = 100;

export class UnreadableNode extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** What stands at the end of a path of keys; undefined where it leads nowhere. */
export function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let found = node;
  for (const key of path) found = found?.kind === "map" ? found.entries.get(key) : undefined;
  return found;
}

/** The entries of a map; none of anything else. */
export function entriesOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  return node?.kind === "map" ? [...node.entries] : [];
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

export function textOf(node: Node | undefined): string | null {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : null;
}

export function isTrue(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}
