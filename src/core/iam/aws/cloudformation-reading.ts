import type { Place, Side } from "../../change/change-set.ts";
import { child, readDocuments, type Tree } from "../../views/documents.ts";
import { type HolderKind, type Holding, nothingHeld } from "./holders.ts";
import { constantMark, unmarked } from "./policy.ts";
import type { Json } from "./read.ts";
import { plainTree } from "./trees.ts";
import { holdingOf, isPolicy } from "./written.ts";

/** What a resource of a template gives to a holder. */
export interface Piece {
  readonly key: string;
  readonly kind: HolderKind;
  readonly name: string;
  readonly holding: Holding;
}

export interface TemplateResource {
  readonly key: string;
  readonly type: string;
  readonly properties: Tree;
  readonly line: number;
}

/** One side of a template. */
export interface Reader {
  readonly path: string;
  readonly side: Side;
  readonly resources: ReadonlyMap<string, TemplateResource>;
}

const none: Tree = { kind: "map", entries: [], span: { line: 1, column: 1, endLine: 1, endColumn: 1 } };

/** The resources of a template. A loop over resources is none of them: `loopsOf` has it. */
export function resourcesOf(template: Tree): readonly TemplateResource[] {
  const resources = child(template, "Resources");
  if (resources?.kind !== "map") return [];
  return resources.entries.flatMap(({ key, value }) => {
    const type = child(value, "Type");
    const properties = child(value, "Properties") ?? none;
    return type?.kind === "scalar" ? [{ key, type: String(type.value), properties, line: value.span.line }] : [];
  });
}

export function placeOf(tree: Tree, { path, side }: Reader): Place {
  return { path, side, line: tree.span.line };
}

export function isResource({ resources }: Reader): (name: string) => boolean {
  return (name) => resources.has(name);
}

export function plain(tree: Tree, reader: Reader): Json {
  return plainTree(tree, isResource(reader));
}

/** A part as one text, as people wrote it. */
export function told(tree: Tree, reader: Reader): string {
  const value = plain(tree, reader);
  return unmarked(typeof value === "string" ? value : JSON.stringify(value));
}

/** A property as texts, whether it is one or a list of them; none where it is absent. */
export function textsAt(properties: Tree, name: string, reader: Reader): readonly string[] {
  const found = child(properties, name);
  if (found === undefined) return [];
  const value = plain(found, reader);
  const list: readonly Json[] = Array.isArray(value) ? value : [value];
  return list.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}

export function itemsOf(list: Tree | undefined): readonly Tree[] {
  if (list === undefined) return [];
  return list.kind === "list" && list.tag === undefined ? list.items : [list];
}

/** The key of what a text names: a resource of the template, or something elsewhere. */
export function keyOf(name: string): string {
  const resource = name.startsWith(constantMark) ? unmarked(name).split(".")[0] : undefined;
  return resource === undefined ? `named:${name}` : `at:${resource}`;
}

/** A policy document, as an object or as a text of JSON. */
export function documentIn(document: Tree, reader: Reader): Holding {
  const read = document.kind === "scalar" && document.tag === undefined ? parsed(document) : document;
  if (isPolicy(read) && read.tag === undefined) return holdingOf(read, reader.path, reader.side, isResource(reader));
  return { ...nothingHeld, unread: [{ text: told(document, reader), at: placeOf(document, reader) }] };
}

/** What stands in a text, at the place of the text. */
function parsed(text: Tree & { readonly kind: "scalar" }): Tree {
  const read = readDocuments(String(text.value));
  const [only] = read.ok && read.documents.length === 1 ? read.documents : [];
  return only === undefined ? text : placed(only, text);
}

function placed(tree: Tree, at: Tree): Tree {
  switch (tree.kind) {
    case "scalar":
      return { ...tree, span: at.span };
    case "list":
      return { ...tree, span: at.span, items: tree.items.map((item) => placed(item, at)) };
    case "map":
      return {
        ...tree,
        span: at.span,
        entries: tree.entries.map(({ key, value }) => ({ key, value: placed(value, at) })),
      };
  }
}
