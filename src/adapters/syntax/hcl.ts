import type { Node, Parser } from "web-tree-sitter";
import type { HclAttribute, HclBlock, HclBody, HclValue } from "../../core/hcl.ts";
import type { Parsed } from "../../core/syntax.ts";

const sizeLimitBytes = 1024 * 1024;
const nestingLimit = 200;
const empty: HclBody = { attributes: [], blocks: [] };

/** Thrown and caught in this file only: the one way out of a walk that recurses. */
class Refused extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** Reads one file. What the grammar does not accept as a whole is not read in part: half a file would hide the other half. */
export function readHcl(parser: Parser, text: string): Parsed<HclBody> {
  const bytes = Buffer.byteLength(text);
  if (bytes > sizeLimitBytes) return { ok: false, line: 1, reason: `larger than 1 MiB (${bytes} bytes)` };
  const tree = parser.parse(text);
  if (tree === null) return { ok: false, line: 1, reason: "the parser gave up" };
  try {
    const root = tree.rootNode;
    if (root.hasError) return { ok: false, line: firstError(root), reason: "not valid HCL" };
    const body = root.namedChildren.find((child) => child.type === "body");
    return { ok: true, value: body === undefined ? empty : bodyOf(body, 0) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, line: error.line, reason: error.message };
    throw error;
  } finally {
    tree.delete(); // the memory of the tree is outside the reach of the garbage collector
  }
}

function firstError(root: Node): number {
  let node = root;
  for (;;) {
    const child = node.children.find((candidate) => candidate.hasError);
    if (child === undefined || node.isError) return lineOf(node);
    node = child;
  }
}

function bodyOf(node: Node, depth: number): HclBody {
  const attributes: HclAttribute[] = [];
  const blocks: HclBlock[] = [];
  const names = new Set<string>();
  for (const child of parts(node)) {
    if (child.type === "attribute") {
      const attribute = attributeOf(child, depth);
      // Terraform refuses it; a reader that took the first would judge another file than a reader that takes the last.
      if (names.has(attribute.name))
        throw new Refused(attribute.line, `the attribute \`${attribute.name}\` stands twice`);
      names.add(attribute.name);
      attributes.push(attribute);
    }
    if (child.type === "block") blocks.push(blockOf(child, depth));
  }
  return { attributes, blocks };
}

function attributeOf(node: Node, depth: number): HclAttribute {
  const [name, expression] = parts(node);
  return {
    name: name?.text ?? "",
    value: expression === undefined ? { kind: "unknown", text: "" } : valueOf(expression, depth),
    line: lineOf(node),
    endLine: node.endPosition.row + 1,
  };
}

function blockOf(node: Node, depth: number): HclBlock {
  guard(node, depth + 1);
  const [type, ...rest] = parts(node);
  const body = rest.find((part) => part.type === "body");
  return {
    type: type?.text ?? "",
    labels: rest
      .filter((part) => part.type === "string_lit" || part.type === "identifier")
      .map((part) => (part.type === "string_lit" ? quoted(part) : part.text)),
    body: body === undefined ? empty : bodyOf(body, depth + 1),
    line: lineOf(node),
    endLine: node.endPosition.row + 1,
  };
}

function valueOf(node: Node, depth: number): HclValue {
  guard(node, depth);
  const [only, ...others] = parts(node);
  switch (node.type) {
    case "expression":
    case "literal_value":
    case "collection_value":
    case "template_expr":
      if (only === undefined || others.length > 0) return unknown(node);
      // An expression inside an expression stands in parentheses: each level counts as nesting.
      return valueOf(only, only.type === "expression" ? depth + 1 : depth);
    case "operation":
      return negative(node);
    case "string_lit":
      return { kind: "literal", value: quoted(node) };
    case "heredoc_template":
      return heredoc(node);
    case "numeric_lit":
      return { kind: "literal", value: Number(node.text) };
    case "bool_lit":
      return { kind: "literal", value: node.text === "true" };
    case "null_lit":
      return { kind: "literal", value: null };
    case "tuple":
      return {
        kind: "list",
        items: parts(node)
          .filter((part) => part.type === "expression")
          .map((part) => valueOf(part, depth + 1)),
      };
    case "object":
      return {
        kind: "object",
        entries: parts(node)
          .filter((part) => part.type === "object_elem")
          .map((part) => entryOf(part, depth + 1)),
      };
    default:
      return unknown(node);
  }
}

function entryOf(node: Node, depth: number): { readonly key: string; readonly value: HclValue } {
  const [key, value] = parts(node).filter((part) => part.type === "expression");
  const literal = key === undefined ? undefined : valueOf(key, depth);
  return {
    key: literal?.kind === "literal" ? String(literal.value) : (key?.text ?? ""),
    value: value === undefined ? { kind: "unknown", text: "" } : valueOf(value, depth),
  };
}

/** `-1` is an operation to the grammar and a number to everybody else (`from_port = -1`). */
function negative(node: Node): HclValue {
  const number = /^-\s*(\d+(?:\.\d+)?)$/u.exec(node.text)?.[1];
  return number === undefined ? unknown(node) : { kind: "literal", value: -Number(number) };
}

/** The text of a quoted string without interpolation, its escapes resolved. https://developer.hashicorp.com/terraform/language/expressions/strings */
function quoted(node: Node): string {
  const raw = node.text.slice(1, -1);
  return raw.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|\$\$(?=\{)|%%(?=\{)/gsu,
    (whole, short?: string, long?: string, simple?: string) => {
      if (simple !== undefined) return escapes[simple] ?? simple;
      const code = short ?? long;
      if (code === undefined) return whole.slice(1);
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** `<<` keeps the text as it stands, `<<-` takes the smallest indentation off; with an interpolation it is undecided. */
function heredoc(node: Node): HclValue {
  if (parts(node).some((part) => part.type.startsWith("template_") && part.type !== "template_literal"))
    return unknown(node);
  const [opening = "", ...lines] = node.text.split(/\r?\n/u);
  const body = lines.slice(0, -1);
  if (!opening.startsWith("<<-")) return { kind: "literal", value: body.map((line) => `${line}\n`).join("") };
  const margins = body.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const margin = margins.reduce((least, next) => Math.min(least, next), Number.MAX_SAFE_INTEGER);
  return { kind: "literal", value: body.map((line) => `${line.slice(margin)}\n`).join("") };
}

function unknown(node: Node): HclValue {
  return { kind: "unknown", text: node.text };
}

/** Children that mean something: comments may stand anywhere. */
function parts(node: Node): Node[] {
  return node.namedChildren.filter((child) => child.type !== "comment");
}

function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

function guard(node: Node, depth: number): void {
  if (depth > nestingLimit) throw new Refused(lineOf(node), `nested deeper than ${nestingLimit}`);
}
