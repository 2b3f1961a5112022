import type { Node, Parser } from "web-tree-sitter";
import type { HclAttribute, HclBlock, HclBody } from "../../core/hcl.ts";
import type { Parsed } from "../../core/syntax.ts";
import { valueOf } from "./hcl-expression.ts";
import { guard, lineOf, parts } from "./hcl-nodes.ts";
import { Refused } from "./refused.ts";
import { unescaped } from "./hcl-template.ts";

const sizeLimitBytes = 1024 * 1024;
const empty: HclBody = { attributes: [], blocks: [] };

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
      .map((part) => (part.type === "string_lit" ? unescaped(part.text.slice(1, -1)) : part.text)),
    body: body === undefined ? empty : bodyOf(body, depth + 1),
    line: lineOf(node),
    endLine: node.endPosition.row + 1,
  };
}
