import { child, type Entry, type Span, type Tree } from "../views/documents.ts";

/** A copy whose every node says in which file it stands: values of several files become one tree. */
export function placedIn(tree: Tree, path: string): Tree {
  return respanned(tree, (span) => ({ ...span, path }));
}

/** A copy with other places. */
export function respanned(tree: Tree, place: (span: Span) => Span): Tree {
  const span = place(tree.span);
  switch (tree.kind) {
    case "scalar":
      return { ...tree, span };
    case "list":
      return { ...tree, items: tree.items.map((item) => respanned(item, place)), span };
    case "map":
      return {
        ...tree,
        entries: tree.entries.map(({ key, value }) => ({ key, value: respanned(value, place) })),
        span,
      };
  }
}

/**
 * Values laid over defaults as Helm does it: maps merge key by key, everything else takes the place of what stood there, and null
 * takes a default away. https://helm.sh/docs/chart_template_guide/values_files/#deleting-a-default-key
 */
export function laidOver(defaults: Tree | undefined, over: Tree | undefined): Tree | undefined {
  if (over === undefined) return defaults;
  if (defaults?.kind !== "map" || over.kind !== "map") return over;
  const merged: Entry[] = [];
  for (const { key, value } of defaults.entries) {
    const own = child(over, key);
    if (own === undefined) merged.push({ key, value });
    else if (!isNull(own)) merged.push({ key, value: laidOver(value, own) ?? own });
  }
  const fresh = over.entries.filter(({ key }) => child(defaults, key) === undefined);
  return { ...over, entries: [...merged, ...fresh] };
}

function isNull(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

/** What a tree says, without where it stands: two trees that say the same have the same text. */
export function said(tree: Tree | undefined): string {
  if (tree === undefined) return "";
  switch (tree.kind) {
    case "scalar":
      return JSON.stringify(tree.value);
    case "list":
      return `[${tree.items.map(said).join(",")}]`;
    case "map": {
      const entries = tree.entries.map(({ key, value }) => `${JSON.stringify(key)}:${said(value)}`);
      return `{${entries.sort().join(",")}}`;
    }
  }
}
