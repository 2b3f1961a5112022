import { child, type Tree } from "../views/documents.ts";

/** The objects of a document: itself, or the items of a list of objects. Those of a typed list need not repeat its type. */
export function listed(tree: Tree): readonly Tree[] {
  const kind = child(tree, "kind");
  const apiVersion = child(tree, "apiVersion");
  const [typed, text] = [textAt(tree, "kind"), textAt(tree, "apiVersion")];
  if (kind?.kind !== "scalar" || typed === null || apiVersion === undefined || text === null) return [];
  const items = typed.endsWith("List") ? child(tree, "items") : undefined;
  if (items?.kind !== "list") return [tree];
  const inherited = [
    { key: "apiVersion", value: apiVersion },
    { key: "kind", value: { ...kind, value: typed.slice(0, -"List".length) } },
  ];
  return items.items.flatMap((item) => {
    if (item.kind !== "map" || typed === "List") return listed(item);
    const missing = inherited.filter(({ key }) => textAt(item, key) === null);
    return listed({
      ...item,
      entries: [...item.entries.filter(({ key }) => missing.every((own) => own.key !== key)), ...missing],
    });
  });
}

/** The text of the scalar at a key; null where there is none, or it is empty. */
export function textAt(tree: Tree | undefined, key: string): string | null {
  const found = child(tree, key);
  return found?.kind === "scalar" && found.value !== null && found.value !== "" ? String(found.value) : null;
}
