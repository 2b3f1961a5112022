import type { HclBlock, HclBody, HclValue } from "../hcl.ts";
import type { ResourceChange } from "../terraform/model.ts";
import { isOpen } from "../terraform/addresses.ts";
import { identityOf } from "../terraform/configuration/values.ts";

const key = /\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]/gu;

/** Whether an address of a configuration is that of a plan, or stands for it where nobody can tell the instances: `a.b[*]` for `a.b["c"]`. */
export function standsFor(configured: string, planned: string): boolean {
  if (configured === planned) return true;
  if (!isOpen(configured)) return false;
  const [names, theirs] = [configured, planned].map((address) => address.split(key));
  if (names === undefined || theirs === undefined || names.join("\n") !== theirs.join("\n")) return false;
  const keys = planned.match(key) ?? [];
  return (configured.match(key) ?? []).every((one, index) => one === "[*]" || one === keys[index]);
}

/** Whether a change of the configuration may be what makes an instance come or go, where nobody can tell the instances. */
export function countsAnew({ before, after, explainedBy }: ResourceChange): boolean {
  if (before === undefined || after === undefined) return true;
  if (repetitionOf(before.block) !== repetitionOf(after.block)) return true;
  // How often a module is called is not written where its resources are.
  return (isOpen(before.module) || isOpen(after.module)) && explainedBy.length > 0;
}

function repetitionOf({ body }: HclBlock): string {
  return ["count", "for_each"].map((name) => partIdentity(body, name) ?? "").join("\n");
}

/** What stands under a name, as an attribute or as blocks; null: nothing does. */
export function partIdentity({ attributes, blocks }: HclBody, name: string): string | null {
  const values = attributes.filter((one) => one.name === name).map(({ value }) => identityOf(value));
  const nested = blocks.filter((one) => nameOf(one) === name).map(blockIdentity);
  return values.length + nested.length === 0 ? null : [...values, ...nested].join("\n");
}

function blockIdentity({ type, labels, body }: HclBlock): string {
  const attributes = body.attributes.map(({ name, value }) => `${name}=${identityOf(value)}`).toSorted();
  return `${type} ${labels.join(" ")} {${[...attributes, ...body.blocks.map(blockIdentity)].join(";")}}`;
}

/** A `dynamic` block that nobody can expand makes blocks of the type that its label says. */
function nameOf({ type, labels }: HclBlock): string {
  return type === "dynamic" ? (labels[0] ?? type) : type;
}

/** The undecided expressions under a name, as text: references in them are absolute addresses. */
export function undecidedUnder({ attributes, blocks }: HclBody, name: string): readonly string[] {
  return [
    ...attributes.filter((one) => one.name === name).flatMap(({ value }) => undecidedIn(value)),
    ...blocks.filter((one) => nameOf(one) === name).flatMap(({ body }) => undecidedInBody(body)),
  ];
}

export function undecidedInBody({ attributes, blocks }: HclBody): readonly string[] {
  return [
    ...attributes.flatMap(({ value }) => undecidedIn(value)),
    ...blocks.flatMap(({ body }) => undecidedInBody(body)),
  ];
}

function undecidedIn(value: HclValue): readonly string[] {
  switch (value.kind) {
    case "literal":
      return [];
    case "unknown":
      return [value.text, ...(value.json === undefined ? [] : undecidedIn(value.json))];
    case "list":
      return value.items.flatMap(undecidedIn);
    case "object":
      return value.entries.flatMap((entry) => undecidedIn(entry.value));
  }
}
