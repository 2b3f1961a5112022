import { canonicalJson } from "../../../lib/canonical-json.ts";
import { sha256 } from "../../../lib/digest.ts";
import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { withoutDigests } from "../aws/policy.ts";
import { partsOfTemplate } from "../aws/terraform-values.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Term } from "./grant.ts";

/** A value as the text that it stands for: `parts` of texts and expressions, in their order. */
export interface TextOf {
  readonly literal: string | null;
  readonly parts: readonly { readonly kind: "text" | "expression"; readonly text: string }[];
  readonly shown: string;
}

/** A value that is one text; lists and objects are their texts. */
export function readText(value: HclValue): TextOf {
  if (value.kind === "literal") {
    const literal = String(value.value ?? "");
    return { literal, parts: [{ kind: "text", text: literal }], shown: literal };
  }
  const text = textOf(value);
  const template = value.kind === "unknown" ? partsOfTemplate(text) : null;
  const parts = (template ?? [{ kind: "expression" as const, text: text.trim() }]).filter((part) => part.text !== "");
  const shown = parts.map((part) => (part.kind === "text" ? part.text : `\${${withoutDigests(part.text)}}`)).join("");
  return { literal: null, parts, shown: template === null ? withoutDigests(text) : shown };
}

/** An attribute of a resource or data source: the address and the name of the attribute. */
export interface Reference {
  readonly address: string;
  readonly attribute: string;
}

const referencePattern =
  /^(?<address>(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?:data\.)?[a-z][a-z0-9]*_\w+\.[\w-]+(?:\[(?:"[^"]*"|[^\]]*)\])?)\.(?<attribute>\w+)(?:\[(?:0|"[^"]*")\]\.\w+)?$/u;

export function referenceIn(expression: string): Reference | null {
  const { address, attribute } = referencePattern.exec(expression.trim())?.groups ?? {};
  return address === undefined || attribute === undefined ? null : { address, attribute };
}

/** The only expression of a value, where it is one and nothing else. */
export function soleReference({ parts }: TextOf): Reference | null {
  const [part] = parts;
  return parts.length === 1 && part?.kind === "expression" ? referenceIn(part.text) : null;
}

/**
 * Tells expressions apart: a resource by its address at head, a data source by what it looks up, since its address says nothing of whom it
 * finds, and anything else by its text.
 */
export function identityOfExpression(text: string, side: SideOfRoot): string {
  const reference = referenceIn(text);
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  if (reference === null || found === undefined || found.mode !== "data") return side.renamed(text.trim());
  return `${identityOfData(found, side)}.${reference.attribute}`;
}

function identityOfData({ type, block }: Resource, side: SideOfRoot): string {
  const asked = side.renamed(textOfBlock(block));
  return `data.${type}#${sha256(asked).slice(0, digits)}`;
}
const digits = 16;

/** What a block says, without the places of it. */
export function textOfBlock({ type, labels, body }: HclBlock): string {
  const attributes = body.attributes.map(({ name, value }) => [name, textOf(value)]);
  return canonicalJson([type, type === "data" ? [] : labels, attributes, body.blocks.map(textOfBlock)]);
}

export function identityOfText({ parts }: TextOf, side: SideOfRoot): string {
  return parts
    .map((part) => (part.kind === "text" ? part.text : `\${${identityOfExpression(part.text, side)}}`))
    .join("");
}

/** A value as a term, by its text alone. */
export function termOf(value: HclValue, side: SideOfRoot): Term {
  const text = readText(value);
  const reference = soleReference(text);
  const address =
    reference !== null && side.byAddress.get(reference.address)?.mode === "managed" ? reference.address : null;
  return {
    id: identityOfText(text, side),
    shown: text.shown,
    literal: text.literal,
    address: address === null ? null : side.renamed(address),
  };
}

export function textAt(block: HclBlock, name: string): string | null {
  const value = attributeOf(block.body, name);
  return value?.kind === "literal" && value.value !== null && value.value !== "" ? String(value.value) : null;
}

/** Absent, null and the empty text are the same to a provider. */
export function stated(block: HclBlock, name: string): HclValue | null {
  const value = attributeOf(block.body, name);
  return value === undefined || (value.kind === "literal" && (value.value === null || value.value === ""))
    ? null
    : value;
}

/** The line of an attribute as it stands in the file; that of its block where it has none of its own. */
export function lineOf(block: HclBlock, name: string): number {
  return block.body.attributes.find((one) => one.name === name)?.line ?? block.line;
}

/** The values of a list; `each.value` of instances that nobody can tell is each of what they are made for. */
export function itemsOf(value: HclValue | null, { block }: Resource): readonly HclValue[] {
  if (value === null) return [];
  if (value.kind === "list") return value.items;
  if (value.kind !== "unknown" || !/^each\.(?:value|key)(?:#|$)/u.test(value.text)) return [value];
  const all = attributeOf(block.body, "for_each");
  return all?.kind === "list" ? all.items : [value];
}
