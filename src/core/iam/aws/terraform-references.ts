import type { Side } from "../../change/change-set.ts";
import type { HclValue } from "../../hcl.ts";
import type { Resource, ResourceChange } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { nameAttributes } from "./terraform-types.ts";
import { bare, splitList } from "./terraform-expressions.ts";
import { partsOfTemplate } from "./terraform-values.ts";

/** The resources of one root on one side, by what expressions call them. */
export interface Configuration {
  readonly side: Side;
  readonly byAddress: ReadonlyMap<string, Resource>;
  /** An expression with the addresses in it as they are at head. */
  readonly renamed: (text: string) => string;
  /** Addresses of documents that something read here holds: the others may be attached by what is not read. */
  readonly used: Set<string>;
}

export function configurationOf(
  changes: readonly ResourceChange[],
  side: Side,
  successors: ReadonlyMap<Resource, string>,
): Configuration {
  const byAddress = new Map<string, Resource>();
  const names: [string, string][] = [];
  for (const { before, after } of changes) {
    const resource = side === "base" ? before : after;
    if (resource === undefined) continue;
    byAddress.set(resource.address, resource);
    const later = side === "base" ? (after?.address ?? successors.get(resource)) : undefined;
    if (later !== undefined && later !== resource.address) names.push([resource.address, later]);
  }
  const renamed = (text: string): string =>
    names.reduce((told, [old, later]) => (told.includes(old) ? replacedName(told, old, later) : told), text);
  return { side, byAddress, renamed, used: new Set() };
}

/** Only as a whole name: `aws_s3_bucket.a` is not the beginning of `aws_s3_bucket.ab`. */
function replacedName(text: string, old: string, later: string): string {
  const parts = text.split(old);
  return parts.reduce((told, part, index) => {
    if (index === 0) return part;
    const whole = !/[\w.-]$/u.test(parts[index - 1] ?? "") && !/^[\w-]/u.test(part);
    return `${told}${whole ? later : old}${part}`;
  }, "");
}

/** The resource that an expression reads an attribute of; instances that nobody can tell are one. */
export function resourceOf(
  text: string,
  { byAddress }: Configuration,
): { readonly resource: Resource; readonly attribute: string } | null {
  const parts = /^(.+)\.(\w+)$/su.exec(bare(text));
  if (parts === null) return null;
  const [, address = "", attribute = ""] = parts;
  const all = address.replace(/\[[^[\]]*\]$/u, "[*]");
  const resource =
    byAddress.get(address) ?? byAddress.get(all) ?? byAddress.get(`${address}[*]`) ?? onlyOf(address, byAddress);
  return resource === undefined ? null : { resource, attribute };
}

/** `aws_iam_role.api[*].name` where `count` is decided: the first of them. */
function onlyOf(address: string, byAddress: Configuration["byAddress"]): Resource | undefined {
  return address.endsWith("[*]") ? byAddress.get(`${address.slice(0, -"[*]".length)}[0]`) : undefined;
}

export interface Reference {
  readonly key: string;
  readonly name: string;
}

/** What a value names: a resource of the configuration, or something elsewhere by its text. */
export function referenceOf(value: HclValue, types: RegExp, configuration: Configuration): Reference {
  const { byAddress, renamed } = configuration;
  const text = textOf(value);
  const direct = value.kind === "unknown" ? resourceOf(text, configuration)?.resource : undefined;
  const found =
    direct ??
    [...byAddress.values()].find(
      ({ type, block }) =>
        types.test(type) &&
        nameAttributes.some((name) => {
          const own = attributeOf(block.body, name);
          return own !== undefined && own.kind === "literal" && own.value !== null && String(own.value) === text;
        }),
    );
  if (found !== undefined) return { key: `at:${renamed(found.address)}`, name: found.address };
  return { key: `named:${renamed(text)}`, name: text };
}

/** The values of a list; `each.value` of instances that nobody can tell is each of what they are made for. */
export function each(value: HclValue | undefined, { block }: Resource): readonly HclValue[] {
  if (isNothing(value)) return [];
  if (value.kind === "list") return value.items;
  if (value.kind !== "unknown") return [value];
  if (!/^each\.(?:value|key)(?:#|$)/u.test(value.text)) return itemsOf(value.text);
  const all = attributeOf(block.body, "for_each");
  if (all?.kind === "list") return all.items;
  if (all?.kind === "object" && value.text.startsWith("each.value")) return all.entries.map((entry) => entry.value);
  return [value];
}

export function isNothing(value: HclValue | undefined): value is undefined {
  return value === undefined || (value.kind === "literal" && (value.value === null || value.value === ""));
}

/** Functions of lists that keep their items and the order of no account: nothing is added and nothing chosen. */
const gathering = /^(?:flatten|concat|compact|distinct|sort|toset|tolist|reverse)\((.*)\)$/su;

/** The items of a list as it is written, through the functions that gather lists: `flatten([a.json, var.more])`. */
export function itemsOf(text: string): readonly HclValue[] {
  const own = text.trim();
  const inner = gathering.exec(own)?.[1] ?? (/^\[(?!\s*for\b).*\]$/su.test(own) ? own.slice(1, -1) : null);
  const parts = inner === null ? null : splitList(inner);
  if (parts === null) return [valueOf(own)];
  return parts.flatMap((part) => itemsOf(part));
}

function valueOf(text: string): HclValue {
  if (text === "null") return { kind: "literal", value: null };
  const template = partsOfTemplate(text);
  const plain = template !== null && template.every(({ kind }) => kind === "text");
  return plain ? { kind: "literal", value: template.map((part) => part.text).join("") } : { kind: "unknown", text };
}
