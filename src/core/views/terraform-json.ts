import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { HclAttribute, HclBlock, HclBody, HclValue } from "../hcl.ts";
import type { Parsed, Syntax } from "../syntax.ts";

const nestingLimit = 200;
const sizeLimitCharacters = 1024 * 1024;

/** How many labels the blocks of a type have. What is not listed has none. */
const labelCounts: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  ephemeral: 2,
  module: 1,
  variable: 1,
  output: 1,
  provider: 1,
  check: 1,
};

const ofResources: Readonly<Record<string, number>> = { lifecycle: 0, dynamic: 1, provisioner: 1, connection: 0 };
/** Nested blocks of Terraform's own, with the number of their labels. All others are the provider's. */
const ownBlocks: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  resource: ofResources,
  data: ofResources,
  ephemeral: ofResources,
  provisioner: { connection: 0 },
  lifecycle: { precondition: 0, postcondition: 0 },
  dynamic: { content: 0 },
  content: { dynamic: 1 },
  provider: { dynamic: 1 },
  variable: { validation: 0 },
  check: { data: 2, assert: 0 },
  terraform: { backend: 1, cloud: 0, required_providers: 0, provider_meta: 1 },
  backend: { workspaces: 0 },
  cloud: { workspaces: 0 },
};

interface Reader {
  readonly syntax: Syntax;
  readonly line: (offset: number) => number;
}

/** Ends the reading of a file: thrown and caught in this file only. */
class Refused extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/**
 * Terraform's JSON syntax as the body that the native syntax would give. Inside a block nothing tells a nested block of a provider from
 * an attribute without its schema: there both are attributes. Blocks of Terraform's own are blocks. Strings with `${` or `%{` are
 * templates in the native syntax, without its backslashes.
 * https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function readTerraformJson(text: string, syntax: Syntax): Parsed<HclBody> {
  return readJson(text, syntax, topLevel);
}

/** A file of values for variables, in JSON: its keys are the attributes. */
export function readJsonValues(text: string, syntax: Syntax): Parsed<HclBody> {
  return readJson(text, syntax, (node, reader) => ({
    attributes: objects(node, reader).flatMap((object) => attributesOf(object, reader)),
    blocks: [],
  }));
}

function readJson(text: string, syntax: Syntax, read: (node: Node | null, reader: Reader) => HclBody): Parsed<HclBody> {
  if (text.length > sizeLimitCharacters) return { ok: false, line: 1, reason: "larger than 1 MiB" };
  const invalid = jsonMistake(text);
  if (invalid !== null) return { ok: false, line: 1, reason: invalid };
  const lines = new LineCounter();
  // Keys are compared below: the reader's own comparison takes the square of their number.
  const document = parseDocument(text, { schema: "json", uniqueKeys: false, lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return { ok: false, line: lines.linePos(error.pos[0]).line, reason: error.message };
  try {
    const reader: Reader = { syntax, line: (offset) => lines.linePos(offset).line };
    return { ok: true, value: read(document.contents, reader) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, line: thrown.line, reason: thrown.message };
    throw thrown;
  }
}

/** YAML reads more than JSON; Terraform does not. Depth is counted first, since readers recurse. */
function jsonMistake(text: string): string | null {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === "\\") index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > nestingLimit) return `nested deeper than ${nestingLimit}`;
  }
  try {
    JSON.parse(text);
    return null;
  } catch {
    return "not valid JSON"; // the only thing that the parser can say
  }
}

function topLevel(node: Node | null, reader: Reader): HclBody {
  const blocks: HclBlock[] = [];
  for (const body of objects(node, reader))
    for (const { key, value } of entries(body, reader))
      blocks.push(...labelled(key, [], value, labelCounts[key] ?? 0, reader));
  return { attributes: [], blocks };
}

/** `{ "resource": { "TYPE": { "NAME": {…} } } }`, where a list may stand for several objects at every level. */
function labelled(
  type: string,
  labels: readonly string[],
  node: Node,
  missing: number,
  reader: Reader,
): readonly HclBlock[] {
  return objects(node, reader).flatMap((object) => {
    if (missing > 0)
      return entries(object, reader).flatMap(({ key, value }) =>
        labelled(type, [...labels, key], value, missing - 1, reader),
      );
    const [start, end] = range(object);
    const body = bodyOf(type, object, reader);
    return [{ type, labels, body, line: reader.line(start), endLine: reader.line(Math.max(start, end - 1)) }];
  });
}

function bodyOf(type: string, object: Node, reader: Reader): HclBody {
  const own = Object.hasOwn(ownBlocks, type) ? (ownBlocks[type] ?? {}) : {};
  const blocks = entries(object, reader).flatMap(({ key, value }) =>
    Object.hasOwn(own, key) ? labelled(key, [], value, own[key] ?? 0, reader) : [],
  );
  const attributes = attributesOf(object, reader).filter(({ name }) => !Object.hasOwn(own, name));
  return { attributes, blocks };
}

function attributesOf(object: Node, reader: Reader): readonly HclAttribute[] {
  return entries(object, reader).map(({ key, value }) => {
    const [start, end] = range(value);
    return {
      name: key,
      value: valueOf(value, reader),
      line: reader.line(start),
      endLine: reader.line(Math.max(start, end - 1)),
    };
  });
}

function valueOf(node: Node, reader: Reader): HclValue {
  if (isMap(node))
    return {
      kind: "object",
      entries: entries(node, reader).map(({ key, value }) => ({ key, value: valueOf(value, reader) })),
    };
  if (isSeq<Node>(node)) return { kind: "list", items: node.items.map((item) => valueOf(item, reader)) };
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === "string")
    return /[$%]\{/u.test(value) ? templateOf(value, reader.syntax) : { kind: "literal", value };
  if (typeof value === "number" || typeof value === "boolean" || value === null) return { kind: "literal", value };
  // JSON has no other scalars; whatever this is, it is not decided.
  return { kind: "unknown", text: typeof value };
}

/** A heredoc is the one form of the native syntax that has no escapes of its own either. Its last line end is none of the text. */
function templateOf(text: string, syntax: Syntax): HclValue {
  const parsed = text.includes(heredocEnd) ? null : syntax.hcl(`a = <<${heredocEnd}\n${text}\n${heredocEnd}\n`);
  const value = parsed?.ok === true ? parsed.value.attributes[0]?.value : undefined;
  if (value?.kind === "literal" && typeof value.value === "string")
    return { kind: "literal", value: value.value.slice(0, -1) };
  if (value?.kind !== "unknown" || value.expression?.kind !== "template") return { kind: "unknown", text };
  const { parts } = value.expression;
  const last = parts.at(-1);
  // A strip marker before it may have taken the line end already.
  const shortened = last?.kind === "text" ? last.text.replace(/\n$/u, "") : "";
  const rest = last?.kind === "text" ? parts.slice(0, -1) : parts;
  const kept = shortened === "" ? rest : [...rest, { kind: "text" as const, text: shortened }];
  return { kind: "unknown", text, expression: { kind: "template", parts: kept } };
}
const heredocEnd = "END_OF_THE_STRING";

/** One object, or the objects of a list. Anything else in the place of a block is refused. */
function objects(node: Node | null, reader: Reader): readonly Node[] {
  if (isMap(node)) return [node];
  if (isSeq<Node>(node)) return node.items.flatMap((item) => objects(item, reader));
  throw new Refused(node === null ? 1 : reader.line(range(node)[0]), "an object was expected in the place of a block");
}

/** The pairs of an object. `//` is Terraform's comment; the same key twice would hide one of two values. */
function entries(object: Node, reader: Reader): readonly { readonly key: string; readonly value: Node }[] {
  if (!isMap<Node, Node>(object)) return [];
  const seen = new Set<string>();
  return object.items.flatMap(({ key: keyNode, value }) => {
    const key = isScalar(keyNode) ? String(keyNode.value) : "";
    if (key === "//" || value === null) return [];
    if (seen.has(key)) throw new Refused(reader.line(range(keyNode)[0]), `the key ${JSON.stringify(key)} stands twice`);
    seen.add(key);
    return [{ key, value }];
  });
}

function range(node: Node): readonly [number, number] {
  return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
}
