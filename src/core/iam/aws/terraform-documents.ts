import type { HclAttribute, HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { type Json, readStatement } from "./read.ts";
import { type Configuration, itemsOf, resourceOf } from "./terraform-references.ts";
import { partsOfTemplate, plainOf, textWithMarks } from "./terraform-values.ts";
import { marked, unknownMark } from "./policy.ts";
import { isQuotedAfter } from "./templates.ts";

interface SidedHolding extends Holding {
  /** By their `Sid`; the empty text has none. */
  readonly sids: readonly string[];
}

const nothing: SidedHolding = { ...nothingHeld, sids: [] };

/** What a policy attribute of a resource says: a text, an encoded object, or the document of a data source. */
export function documentAt(
  resource: Resource,
  attribute: Pick<HclAttribute, "value" | "line">,
  configuration: Configuration,
): SidedHolding {
  return documentOf(attribute.value, resource, attribute.line, configuration, 0);
}

/** Whether a value is a policy, by what it says or by the document that it names. */
export function isDocument(value: HclValue, configuration: Configuration): boolean {
  if (value.kind === "literal") return typeof value.value === "string" && hasStatement(parsed(value.value));
  if (value.kind !== "unknown") return false;
  if (value.json !== undefined) return hasStatement(plainOf(value.json, configuration.renamed));
  const named = resourceOf(value.text, configuration);
  if (named !== null) return named.resource.type === "aws_iam_policy_document" && isJson(named.attribute);
  return /^"[^]*\bStatement\b[^]*\bEffect\b/u.test(value.text);
}

function hasStatement(document: Json | undefined): boolean {
  return isRecord(document) && document["Statement"] !== undefined;
}

const depthLimit = 20;

function isJson(attribute: string): boolean {
  return attribute === "json" || attribute === "minified_json";
}

function documentOf(
  value: HclValue,
  resource: Resource,
  line: number,
  configuration: Configuration,
  depth: number,
): SidedHolding {
  const at = { path: resource.path, side: configuration.side, line };
  const unread = (text: string): SidedHolding => ({ ...nothing, unread: [{ text: configuration.renamed(text), at }] });
  switch (value.kind) {
    case "literal":
      if (value.value === null || value.value === "") return nothing;
      return ofJson(parsed(String(value.value)), String(value.value), resource, line, configuration);
    case "list":
    case "object":
      return unread(textOf(value));
    case "unknown":
      break;
  }
  if (value.json !== undefined)
    return ofJson(plainOf(value.json, configuration.renamed), value.text, resource, line, configuration);
  const document = resourceOf(value.text, configuration);
  if (document?.resource.type === "aws_iam_policy_document" && isJson(document.attribute) && depth < depthLimit) {
    configuration.used.add(document.resource.address);
    return documentOfData(document.resource, configuration, depth + 1);
  }
  const parts = partsOfTemplate(value.text);
  if (parts === null) return unread(value.text);
  let quoted = false;
  const json = parts.map((part) => {
    if (part.kind === "text") {
      quoted = isQuotedAfter(part.text, quoted);
      return part.text;
    }
    // What is filled in may stand for a part of a text, or for a list of them: `"Resource": ${jsonencode(var.arns)}`.
    const text = JSON.stringify(textWithMarks(part.text, configuration.renamed));
    return quoted ? text.slice(1, -1) : text;
  });
  return ofJson(parsed(json.join("")), value.text, resource, line, configuration);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // told by the caller as what cannot be read
  }
}

function ofJson(
  document: Json | undefined,
  text: string,
  resource: Resource,
  line: number,
  configuration: Configuration,
): SidedHolding {
  const at = { path: resource.path, side: configuration.side, line };
  const written = isRecord(document) ? document["Statement"] : undefined;
  if (written === undefined) return { ...nothing, unread: [{ text: configuration.renamed(text), at }] };
  const list = Array.isArray(written) ? (written as readonly Json[]) : [written];
  return joined(list.map((one) => placed(one, resource, line, configuration)));
}

function placed(one: Json, resource: Resource, line: number, { side }: Configuration): SidedHolding {
  const read = readStatement(one);
  const at = { path: resource.path, side, line };
  if (typeof read === "string") return { ...nothing, unread: [{ text: `${read}: ${JSON.stringify(one)}`, at }] };
  const owner = `${resource.path} ${nameOf(resource)}`;
  const named = isRecord(one) ? one["Sid"] : undefined;
  const sid = typeof named === "string" ? named : "";
  return {
    ...nothing,
    statements: [{ statement: read, at, owner, loose: false }],
    sids: [sid],
  };
}

function joined(holdings: readonly SidedHolding[]): SidedHolding {
  return { ...joinedHoldings(holdings), sids: holdings.flatMap(({ sids }) => sids) };
}

/**
 * What a data source puts together: the sources, its own statements in the place of those with the same `Sid`, and at last those that
 * override. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function documentOfData(data: Resource, configuration: Configuration, depth = 0): SidedHolding {
  const listed = (...names: readonly string[]): SidedHolding[] =>
    data.block.body.attributes
      .filter(({ name }) => names.includes(name))
      .flatMap(({ value, line }) =>
        (value.kind === "list" ? value.items : value.kind === "unknown" ? itemsOf(value.text) : [value]).map((item) =>
          documentOf(item, data, line, configuration, depth),
        ),
      );
  const own = data.block.body.blocks.map((block): SidedHolding => {
    if (block.type === "statement") return placed(statementOf(block, configuration), data, block.line, configuration);
    if (block.type !== "dynamic") return nothing;
    const at = { path: data.path, side: configuration.side, line: block.line };
    const onlyAllows = generatesAllowing(block) ? { onlyAllows: true as const } : {};
    return { ...nothing, unread: [{ text: textOfBlock(block, configuration), at, ...onlyAllows }] };
  });
  return [...own, ...listed("override_json", "override_policy_documents")].reduce(
    overridden,
    joined(listed("source_json", "source_policy_documents")),
  );
}

/** `Allow` is the effect of a statement that states none. */
function generatesAllowing({ labels, body }: HclBlock): boolean {
  const contents = body.blocks.filter(({ type }) => type === "content");
  return (
    labels[0] === "statement" &&
    contents.length > 0 &&
    contents.every((one) => {
      const effect = attributeOf(one.body, "effect");
      return effect === undefined || (effect.kind === "literal" && (effect.value === null || effect.value === "Allow"));
    })
  );
}

export function textOfBlock(block: HclBlock, configuration: Pick<Configuration, "renamed">): string {
  const attributes = block.body.attributes.map(({ name, value }) => `${name} = ${textOf(value)}`);
  const inner = block.body.blocks.map((one) => textOfBlock(one, configuration));
  return configuration.renamed(`${block.type} ${block.labels.join(" ")} { ${[...attributes, ...inner].join("; ")} }`);
}

function overridden(before: SidedHolding, by: SidedHolding): SidedHolding {
  const replaced = new Set(by.sids.filter((sid) => sid !== ""));
  const kept = before.sids.map((sid) => !replaced.has(sid));
  return joined([
    {
      ...before,
      statements: before.statements.filter((_, index) => kept[index]),
      sids: before.sids.filter((_, index) => kept[index]),
    },
    by,
  ]);
}

/** A `statement` block in the words of a policy. `&{aws:username}` is how a configuration writes `${aws:username}`. */
function statementOf({ body }: HclBlock, { renamed }: Configuration): Json {
  const at = (name: string): Json | undefined => {
    const value = attributeOf(body, name);
    if (value === undefined) return undefined;
    return withVariables(value.kind === "unknown" ? plainItems(value.text, renamed) : plainOf(value, renamed));
  };
  const [principals, others] = ["principals", "not_principals"].map((type) => principalsOf(body.blocks, type, renamed));
  const condition: Record<string, Record<string, Json[]>> = {};
  for (const block of body.blocks) {
    if (block.type === "condition") {
      const read = (name: string): string => textIn(attributeOf(block.body, name), renamed);
      const values = attributeOf(block.body, "values");
      const list = values === undefined ? [] : withVariables(plainOf(values, renamed));
      const tests = (condition[read("test")] ??= {});
      (tests[read("variable")] ??= []).push(...(Array.isArray(list) ? (list as readonly Json[]) : [list]));
    } else if (block.type === "dynamic" && block.labels[0] === "condition") {
      // When it holds is not decided: a condition that nobody knows stands for it.
      const text = marked(textOfBlock(block, { renamed }), unknownMark);
      (condition["StringEquals"] ??= {})[text] = [text];
    }
  }
  return compact({
    Sid: at("sid"),
    Effect: at("effect") ?? "Allow",
    Action: filled(at("actions")),
    NotAction: filled(at("not_actions")),
    Resource: filled(at("resources")),
    NotResource: filled(at("not_resources")),
    Principal: principals,
    NotPrincipal: others,
    Condition: Object.keys(condition).length === 0 ? undefined : condition,
  });
}

/** A list that functions put together, item by item; an expression that is no list is one item. */
function plainItems(text: string, renamed: (text: string) => string): Json {
  const items = itemsOf(text).map((item) => plainOf(item, renamed));
  return items.length === 1 ? (items[0] ?? null) : items;
}

/** The provider leaves out empty lists. */
function filled(value: Json | undefined): Json | undefined {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}

function principalsOf(blocks: readonly HclBlock[], type: string, renamed: (text: string) => string): Json | undefined {
  const found: Record<string, Json[]> = {};
  for (const block of blocks) {
    // Whom it names is not decided, and it names somebody.
    if (block.type === "dynamic" && block.labels[0] === type)
      (found["AWS"] ??= []).push(marked(textOfBlock(block, { renamed }), unknownMark));
    if (block.type !== type) continue;
    const value = attributeOf(block.body, "identifiers");
    if (value === undefined) continue;
    const plain = value.kind === "unknown" ? plainItems(value.text, renamed) : plainOf(value, renamed);
    (found[textIn(attributeOf(block.body, "type"), renamed)] ??= []).push(
      ...(Array.isArray(plain) ? (plain as readonly Json[]) : [plain]),
    );
  }
  const kinds = Object.keys(found);
  if (kinds.length === 0) return undefined;
  return found["*"] === undefined ? found : "*";
}

function textIn(value: HclValue | undefined, renamed: (text: string) => string): string {
  const plain = value === undefined ? "" : plainOf(value, renamed);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

function withVariables(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("&{", "${");
  return Array.isArray(value) ? (value as readonly Json[]).map(withVariables) : value;
}

function compact(record: Readonly<Record<string, Json | undefined>>): Json {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
