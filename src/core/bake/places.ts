import { canonicalJson } from "../../lib/canonical-json.ts";
import type { FileVersion } from "../change/change-set.ts";
import type { HclBody } from "../hcl.ts";
import type { Tools } from "../syntax.ts";
import { documentsOf, type Tree } from "../views/documents.ts";

/** Values by the place where they stand in a file, as `spec.containers[name=api].image`. */
export type Places = ReadonlyMap<string, string>;

/** A version of a file as values by place; null where it is no file of values, or cannot be read as one. */
export function placesOf(path: string, version: FileVersion | null, tools: Tools): Places | null {
  if (version === null) return new Map();
  const { content, sha, mode } = version;
  if (content.kind !== "text" || mode !== "100644") return null;
  if (/\.(?:ya?ml|json)$/iu.test(path)) return ofDocuments(sha, content.text, tools);
  if (!/\.(?:tf|tofu|tfvars|hcl)$/iu.test(path)) return null;
  const parsed = tools.memo(`places-hcl@1 ${sha}`, () => tools.syntax.hcl(content.text));
  if (!parsed.ok) return null;
  const places = new Map<string, string>();
  addBody(parsed.value, "", places);
  return places;
}

/** A tag gives what it stands before another meaning, which the tree does not hold. */
const tagged = /(?:^|[\s[{,:-])![\w!<]/u;

function ofDocuments(sha: string, text: string, { memo }: Tools): Places | null {
  if (tagged.test(text)) return null;
  const read = documentsOf(sha, text, memo);
  if (!read.ok) return null;
  const places = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const document of read.documents) {
    const kind = scalarAt(document, "kind") ?? "";
    const number = seen.get(kind) ?? 0;
    seen.set(kind, number + 1);
    addTree(document, `${kind}[${number}]`, places);
  }
  return places;
}

function addTree(tree: Tree, at: string, places: Map<string, string>): void {
  switch (tree.kind) {
    case "scalar":
      places.set(at, JSON.stringify(tree.value));
      return;
    case "map":
      if (tree.entries.length === 0) places.set(at, "{}");
      for (const { key, value } of tree.entries) addTree(value, `${at}.${JSON.stringify(key)}`, places);
      return;
    case "list": {
      if (tree.items.length === 0) places.set(at, "[]");
      const names = tree.items.map((item) => scalarAt(item, "name"));
      const named = !names.includes(null) && new Set(names).size === names.length;
      for (const [index, item] of tree.items.entries())
        addTree(item, `${at}[${named ? `name=${JSON.stringify(names[index])}` : index}]`, places);
      return;
    }
  }
}

function scalarAt(tree: Tree, key: string): string | null {
  const value = tree.kind === "map" ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : null;
}

function addBody({ attributes, blocks }: HclBody, at: string, places: Map<string, string>): void {
  for (const { name, value } of attributes) places.set(`${at}.${name}`, canonicalJson(value));
  const seen = new Map<string, number>();
  for (const { type, labels, body } of blocks) {
    const address = [type, ...labels.map((label) => JSON.stringify(label))].join(".");
    const number = seen.get(address) ?? 0;
    seen.set(address, number + 1);
    const inside = `${at}.${address}[${number}]`;
    places.set(inside, "{}");
    addBody(body, inside, places);
  }
}
