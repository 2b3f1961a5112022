import type { Node, Parser } from "web-tree-sitter";
import type { At, Call, Code } from "../../core/code.ts";
import type { Parsed } from "../../core/syntax.ts";
import { guard, lineOf, parts } from "./hcl-nodes.ts";
import { Refused } from "./refused.ts";

const sizeLimitBytes = 1024 * 1024;

/** Reads one file. What the grammar does not accept as a whole is not read in part: half a file would hide the other half. */
export function readPython(parser: Parser, text: string): Parsed<readonly Code[]> {
  const bytes = Buffer.byteLength(text);
  if (bytes > sizeLimitBytes) return { ok: false, line: 1, reason: `larger than 1 MiB (${bytes} bytes)` };
  const tree = parser.parse(text);
  if (tree === null) return { ok: false, line: 1, reason: "the parser gave up" };
  try {
    const root = tree.rootNode;
    if (root.hasError) return { ok: false, line: firstError(root), reason: "not valid Python" };
    return { ok: true, value: bodyOf(root, 0) };
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

function bodyOf(node: Node, depth: number): readonly Code[] {
  return parts(node).map((child) => codeOf(child, depth));
}

function atOf(node: Node): At {
  return { line: lineOf(node), endLine: node.endPosition.row + 1, text: node.text };
}

function codeOf(node: Node, outer: number): Code {
  const depth = outer + 1;
  guard(node, depth);
  const [first] = parts(node);
  if (transparent.has(node.type) && parts(node).length === 1 && first !== undefined) return codeOf(first, depth);
  return (
    valueOf(node, depth) ?? definitionOf(node, depth) ?? { ...atOf(node), kind: "other", parts: bodyOf(node, depth) }
  );
}

const transparent = new Set(["expression_statement", "parenthesized_expression"]);

function valueOf(node: Node, depth: number): Code | null {
  const at = atOf(node);
  switch (node.type) {
    case "string":
      return textOf([node], at, depth);
    case "concatenated_string":
      return textOf(parts(node), at, depth);
    case "integer":
    case "float":
      return { ...at, kind: "literal", value: Number(node.text.replaceAll("_", "")) };
    case "true":
      return { ...at, kind: "literal", value: true };
    case "false":
      return { ...at, kind: "literal", value: false };
    case "none":
      return { ...at, kind: "literal", value: null };
    case "list":
    case "tuple":
    case "set":
      return { ...at, kind: "list", items: bodyOf(node, depth) };
    case "dictionary":
      return mapOf(node, depth);
    case "identifier":
    case "dotted_name":
      return { ...at, kind: "name", name: node.text };
    case "attribute":
      return attributeOf(node, depth);
    case "call":
      return callOf(node, depth);
    default:
      return null;
  }
}

/** A path of names is one name; what hangs on anything else is not. */
function attributeOf(node: Node, depth: number): Code {
  const object = node.childForFieldName("object");
  const of = object === null ? null : codeOf(object, depth);
  const at = atOf(node);
  const name = node.childForFieldName("attribute")?.text ?? "";
  return of?.kind === "name"
    ? { ...at, kind: "name", name: `${of.name}.${name}` }
    : { ...at, kind: "other", parts: of === null ? [] : [of] };
}

function mapOf(node: Node, depth: number): Code {
  const pairs = parts(node);
  if (!pairs.every(({ type }) => type === "pair")) return { ...atOf(node), kind: "other", parts: bodyOf(node, depth) };
  const entries = pairs.flatMap((pair) => {
    const [key, value] = [pair.childForFieldName("key"), pair.childForFieldName("value")];
    return key === null || value === null ? [] : [{ key: codeOf(key, depth), value: codeOf(value, depth) }];
  });
  return { ...atOf(node), kind: "map", entries };
}

function callOf(node: Node, depth: number): Code {
  const callee = node.childForFieldName("function");
  const given = node.childForFieldName("arguments");
  const object = callee?.type === "attribute" ? callee.childForFieldName("object") : null;
  const positional: Code[] = [];
  const named: { name: string; value: Code }[] = [];
  let open = false;
  const written = given === null ? [] : given.type === "argument_list" ? parts(given) : [given];
  for (const argument of written) {
    if (argument.type === "list_splat" || argument.type === "dictionary_splat") open = true;
    else if (argument.type === "keyword_argument") {
      const value = argument.childForFieldName("value");
      const name = argument.childForFieldName("name")?.text ?? "";
      if (value !== null) named.push({ name, value: codeOf(value, depth) });
    } else positional.push(codeOf(argument, depth));
  }
  return {
    ...atOf(node),
    kind: "call",
    of: object === null ? null : codeOf(object, depth),
    name: (callee?.type === "attribute" ? callee.childForFieldName("attribute")?.text : callee?.text) ?? "",
    arguments: positional,
    named,
    open,
    block: null,
  };
}

function definitionOf(node: Node, depth: number): Code | null {
  const at = atOf(node);
  const body = node.childForFieldName("body");
  switch (node.type) {
    case "class_definition": {
      const bases = node.childForFieldName("superclasses");
      return {
        ...at,
        kind: "class",
        name: node.childForFieldName("name")?.text ?? "",
        bases: bases === null ? [] : bodyOf(bases, depth),
        body: body === null ? [] : bodyOf(body, depth),
      };
    }
    case "function_definition":
    case "lambda":
      return {
        ...at,
        kind: "function",
        name: node.type === "lambda" ? null : (node.childForFieldName("name")?.text ?? ""),
        parameters: parametersOf(node.childForFieldName("parameters")),
        body: body === null ? [] : node.type === "lambda" ? [codeOf(body, depth)] : bodyOf(body, depth),
      };
    case "decorated_definition": {
      const definition = node.childForFieldName("definition");
      return definition === null ? null : codeOf(definition, depth);
    }
    case "assignment": {
      const value = node.childForFieldName("right");
      const name = node.childForFieldName("left")?.text ?? "";
      return value === null ? null : { ...at, kind: "assignment", name, value: codeOf(value, depth) };
    }
    case "with_statement":
      return withOf(node, depth);
    default: {
      const word = controls.get(node.type);
      return word === undefined ? null : { ...at, kind: "control", word, parts: controlled(node, depth) };
    }
  }
}

function parametersOf(node: Node | null): readonly string[] {
  if (node === null) return [];
  return parts(node).map((child) => child.childForFieldName("name")?.text ?? parts(child)[0]?.text ?? child.text);
}

/** `with a as b: ...` hands b to what follows, as a block of Ruby does; several stand one in the other. */
function withOf(node: Node, depth: number): Code {
  const body = node.childForFieldName("body");
  const items = node.descendantsOfType("with_item").filter((item) => item.parent?.parent?.id === node.id);
  const at = atOf(node);
  return items.reduceRight<Code>(
    (inner, item) => {
      const value = item.childForFieldName("value");
      const [subject, alias] = value?.type === "as_pattern" ? parts(value) : [value, null];
      const block = { parameters: alias === null || alias === undefined ? [] : [alias.text], body: bodied(inner) };
      const call = subject === null || subject === undefined ? null : codeOf(subject, depth);
      if (call?.kind === "call") return { ...call, ...at, block } satisfies At & Call;
      return { ...at, kind: "control", word: "with", parts: [...(call === null ? [] : [call]), ...block.body] };
    },
    { ...at, kind: "control", word: "block", parts: body === null ? [] : bodyOf(body, depth) },
  );
}

function bodied(code: Code): readonly Code[] {
  return code.kind === "control" && code.word === "block" ? code.parts : [code];
}

function controlled(node: Node, depth: number): readonly Code[] {
  return parts(node).flatMap((child) => (child.type === "block" ? bodyOf(child, depth) : [codeOf(child, depth)]));
}

const controls: ReadonlyMap<string, string> = new Map([
  ["if_statement", "if"],
  ["elif_clause", "elif"],
  ["else_clause", "else"],
  ["for_statement", "for"],
  ["while_statement", "while"],
  ["try_statement", "try"],
  ["except_clause", "except"],
  ["finally_clause", "finally"],
  ["match_statement", "match"],
  ["case_clause", "case"],
  ["return_statement", "return"],
  ["raise_statement", "raise"],
  ["conditional_expression", "if"],
]);

/** Strings that stand beside each other are one. */
function textOf(strings: readonly Node[], at: At, depth: number): Code {
  const pieces = strings.flatMap((string) => piecesOf(string, depth));
  const firstLine = pieces[0]?.line ?? at.line;
  if (!pieces.every((piece) => piece.kind === "text")) return { ...at, kind: "template", parts: pieces, firstLine };
  return { ...at, kind: "text", value: pieces.map(({ value }) => value).join(""), firstLine };
}

function piecesOf(string: Node, depth: number): readonly Code[] {
  const raw = /^[a-z]*r/iu.test(string.text.slice(0, 3).split(/["']/u)[0] ?? "");
  return parts(string).flatMap((child): readonly Code[] => {
    if (child.type === "interpolation") {
      const [expression] = parts(child);
      return expression === undefined ? [] : [codeOf(expression, depth)];
    }
    if (child.type !== "string_content") return [];
    return contentOf(child, raw, depth);
  });
}

/** Escapes are nodes of the content, and so are the expressions of some strings. */
function contentOf(content: Node, raw: boolean, depth: number): readonly Code[] {
  const at = atOf(content);
  const found: Code[] = [];
  let value = "";
  let from = content.startIndex;
  const source = content.text;
  const upTo = (index: number): string => source.slice(from - content.startIndex, index - content.startIndex);
  for (const child of content.children) {
    value += upTo(child.startIndex);
    from = child.endIndex;
    if (child.type === "escape_sequence") value += raw ? child.text : unescaped(child.text);
    else if (child.type === "interpolation") {
      found.push({ ...at, kind: "text", value, firstLine: at.line });
      value = "";
      const [expression] = parts(child);
      if (expression !== undefined) found.push(codeOf(expression, depth));
    } else value += child.type === "escape_interpolation" ? child.text.slice(1) : child.text;
  }
  value += upTo(content.endIndex);
  return [...found, { ...at, kind: "text", value, firstLine: at.line }];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "", "0": "\0" };

/** https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences */
function unescaped(sequence: string): string {
  const rest = sequence.slice(1);
  const hex = /^[xuU](?<code>[0-9a-fA-F]+)$/u.exec(rest)?.groups?.["code"];
  if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10_ff_ff));
  return escapes[rest] ?? (rest.length === 1 ? rest : sequence);
}
