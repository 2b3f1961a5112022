import { type HclAttribute, type HclBlock, type HclValue } from "../../hcl.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import type { Resource } from "../model.ts";
import type { Source } from "./rule.ts";

/** A value as far as a rule needs it: `absent` where it is not set or null. */
export type Read<T> =
  | { readonly kind: "known"; readonly value: T }
  | { readonly kind: "open"; readonly expression: string }
  | { readonly kind: "absent" };

const absent = { kind: "absent" } as const;

export function known<T>(value: T): Read<T> {
  return { kind: "known", value };
}

/**
 * An expression as it can be compared: that of one instance of many says nothing without what the instances are made from, which
 * may change while the expression stands.
 */
export function expressionOf(value: HclValue, { written }: Resource): string {
  const text = bare(textOf(value));
  const repeated = /\beach\./u.test(text) ? "for_each" : /\bcount\./u.test(text) ? "count" : null;
  const over = repeated === null ? undefined : attributeOf(written.body, repeated);
  return over === undefined ? text : `${text} for ${bare(textOf(over))}`;
}

/** An expression without the quotes and braces of a template that is nothing else. */
export function bare(text: string): string {
  return /^"?\$\{(?<inner>[^{}]*)\}"?$/u.exec(text)?.groups?.["inner"]?.trim() ?? text;
}

export function readText(block: HclBlock, name: string, of: Resource): Read<string> {
  const value = attributeOf(block.body, name);
  if (value === undefined) return absent;
  if (value.kind !== "literal") return { kind: "open", expression: expressionOf(value, of) };
  return value.value === null || value.value === "" ? absent : known(String(value.value));
}

export function readWhole(block: HclBlock, name: string, of: Resource): Read<bigint> {
  const text = readText(block, name, of);
  if (text.kind !== "known") return text;
  return /^-?\d{1,18}$/u.test(text.value)
    ? known(BigInt(text.value))
    : { kind: "open", expression: `${name} = ${text.value}` };
}

export function readFlag(block: HclBlock, name: string, of: Resource): Read<boolean> {
  const text = readText(block, name, of);
  if (text.kind !== "known") return text;
  if (text.value === "true" || text.value === "false") return known(text.value === "true");
  return { kind: "open", expression: `${name} = ${text.value}` };
}

/** The items of a list; a single value counts as a list of it, an expression stands for all that it may hold. */
export function readItems(block: HclBlock, name: string): readonly HclValue[] {
  const value = attributeOf(block.body, name);
  return value === undefined ? [] : itemsOf(value);
}

function itemsOf(value: HclValue): readonly HclValue[] {
  switch (value.kind) {
    case "list":
      return value.items.flatMap(itemsOf);
    case "literal":
      return value.value === null || value.value === "" ? [] : [value];
    case "object":
    case "unknown":
      return [value];
  }
}

/** Blocks of a type, and what keeps others from being known. */
export interface Nested {
  readonly blocks: readonly HclBlock[];
  readonly open: readonly { readonly expression: string; readonly line: number }[];
  /** True where the resource says nothing at all of this kind of block. */
  readonly unstated: boolean;
}

/** Nested blocks, in either syntax: as blocks, or as an attribute that lists objects. */
export function nested(block: HclBlock, type: string, of: Resource): Nested {
  const attribute = block.body.attributes.find(({ name }) => name === type);
  const listed = attribute === undefined ? [] : itemsOf(attribute.value).map((item) => ({ item, attribute }));
  const written = block.body.blocks.filter((inner) => inner.type === type);
  const dynamic = block.body.blocks.filter((inner) => inner.type === "dynamic" && inner.labels[0] === type);
  return {
    blocks: [
      ...written,
      ...listed.flatMap(({ item, attribute: at }) => (item.kind === "object" ? [asBlock(type, item, at)] : [])),
    ],
    open: [
      ...listed.flatMap(({ item, attribute: at }) =>
        item.kind === "object" ? [] : [{ expression: expressionOf(item, of), line: at.line }],
      ),
      ...dynamic.map((inner) => ({ expression: dynamicText(inner, of), line: inner.line })),
    ],
    unstated: attribute === undefined && written.length === 0 && dynamic.length === 0,
  };
}

function dynamicText(block: HclBlock, of: Resource): string {
  const over = attributeOf(block.body, "for_each");
  const content = block.body.blocks.map(blockText).join(" ");
  return `${over === undefined ? "?" : expressionOf(over, of)} in ${content}`;
}

function blockText({ type, body }: HclBlock): string {
  const attributes = body.attributes.map(({ name, value }) => `${name} = ${textOf(value)}`).toSorted();
  return `${type} { ${[...attributes, ...body.blocks.map(blockText)].join(", ")} }`;
}

function asBlock(type: string, value: Extract<HclValue, { kind: "object" }>, at: HclAttribute): HclBlock {
  const { line, endLine } = at;
  const attributes = value.entries.map((entry) => ({ name: entry.key, value: entry.value, line, endLine }));
  return { type, labels: [], body: { attributes, blocks: [] }, line, endLine };
}

export function sourceOf({ path }: Resource, block: HclBlock, outer?: HclBlock): Source {
  const attributes = [...block.body.attributes, ...(outer?.body.attributes ?? [])].map(({ name, value, line }) => ({
    name,
    text: textOf(value),
    line,
  }));
  return { path, line: block.line, attributes };
}
