import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as nodes from "@ruby/prism/src/nodes.js";
import { parsePrism } from "@ruby/prism/src/parsePrism.js";
import type { At, Code } from "../../core/code.ts";
import type { Parsed } from "../../core/syntax.ts";
import { nestingLimit, Refused } from "./refused.ts";

const sizeLimitBytes = 1024 * 1024;

/**
 * Loads Ruby's own parser. The package's loader goes through `node:wasi`, which is experimental and says so on stderr; a parser of text
 * needs nothing of a machine but a seed for its tables, and gets nothing else.
 */
export async function loadRuby(): Promise<(text: string) => Parsed<readonly Code[]>> {
  const wasm = fileURLToPath(import.meta.resolve("@ruby/prism/src/prism.wasm"));
  const module = await WebAssembly.compile(await readFile(wasm));
  let parser: WebAssembly.Exports | null = null;
  return (text) => {
    const bytes = Buffer.from(text);
    if (bytes.length > sizeLimitBytes)
      return { ok: false, line: 1, reason: `larger than 1 MiB (${bytes.length} bytes)` };
    try {
      parser ??= instantiate(module);
      const { value, errors } = parsePrism(parser, text);
      const reader = new RubyReader(bytes);
      const [error] = errors;
      if (error !== undefined)
        return { ok: false, line: reader.lineAt(error.location.startOffset), reason: "not valid Ruby" };
      return { ok: true, value: reader.bodyOf(value.statements, 0) };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, line: error.line, reason: error.message };
      // A stack that overflowed leaves the parser's memory in no state to go on with.
      parser = null;
      if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError)
        return { ok: false, line: 1, reason: "nested too deeply" };
      throw error;
    }
  };
}

function instantiate(module: WebAssembly.Module): WebAssembly.Exports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    const functions = (imports[space] ??= {});
    functions[name] = () => {
      if (name === "random_get") return 0; // success, with the zeros that are there
      throw new Error(`Cannot read Ruby: its parser asks the machine for ${name}, which is not given to it`);
    };
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const start = exports["_initialize"];
  if (typeof start === "function") start();
  return exports;
}

type Node = nodes.Node;
type Named = { readonly name: string; readonly value: Code };

class RubyReader {
  readonly #bytes: Buffer;
  readonly #lineStarts: readonly number[];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const starts = [0];
    for (const [offset, byte] of bytes.entries()) if (byte === 0x0a) starts.push(offset + 1);
    this.#lineStarts = starts;
  }

  lineAt(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** The statements of a body, whatever node the grammar gives it. */
  bodyOf(node: Node | null, depth: number): readonly Code[] {
    if (node === null) return [];
    if (node instanceof nodes.StatementsNode) return node.body.map((child) => this.codeOf(child, depth));
    return [this.codeOf(node, depth)];
  }

  codeOf(node: Node, outer: number): Code {
    const at = this.#at(node);
    const depth = outer + 1;
    if (depth > nestingLimit) throw new Refused(at.line, `nested deeper than ${nestingLimit}`);
    return (
      this.#value(node, at, depth) ??
      this.#definition(node, at, depth) ??
      this.#control(node, at, depth) ?? { ...at, kind: "other", parts: this.#all(node.compactChildNodes(), depth) }
    );
  }

  #at(node: Node): At {
    const { startOffset, length } = node.location;
    const end = startOffset + length;
    return {
      line: this.lineAt(startOffset),
      endLine: Math.max(this.lineAt(Math.max(startOffset, end - 1)), this.#closedAt(node)),
      text: this.#bytes.toString("utf8", startOffset, end),
    };
  }

  /** A heredoc ends below the line that names it. */
  #closedAt(node: Node): number {
    if (!(node instanceof nodes.StringNode || node instanceof nodes.InterpolatedStringNode)) return 0;
    return node.closingLoc === null ? 0 : this.lineAt(node.closingLoc.startOffset);
  }

  #all(children: readonly Node[], depth: number): readonly Code[] {
    return children.map((child) => this.codeOf(child, depth));
  }

  #value(node: Node, at: At, depth: number): Code | null {
    if (node instanceof nodes.StringNode || node instanceof nodes.XStringNode)
      return {
        ...at,
        kind: "text",
        value: node.unescaped.value,
        firstLine: this.lineAt(node.contentLoc.startOffset),
      };
    if (node instanceof nodes.SymbolNode)
      return { ...at, kind: "text", value: node.unescaped.value, firstLine: at.line };
    if (node instanceof nodes.InterpolatedStringNode) return this.#joined(node.parts, at, depth);
    if (node instanceof nodes.TrueNode) return { ...at, kind: "literal", value: true };
    if (node instanceof nodes.FalseNode) return { ...at, kind: "literal", value: false };
    if (node instanceof nodes.NilNode) return { ...at, kind: "literal", value: null };
    if (node instanceof nodes.IntegerNode || node instanceof nodes.FloatNode)
      return { ...at, kind: "literal", value: Number(node.value) };
    if (node instanceof nodes.ArrayNode) return { ...at, kind: "list", items: this.#all(node.elements, depth) };
    if (node instanceof nodes.HashNode) return this.#map(node.elements, at, depth);
    if (node instanceof nodes.CallNode) return this.#call(node, at, depth);
    if (node instanceof nodes.ParenthesesNode || node instanceof nodes.EmbeddedStatementsNode) {
      const body = this.bodyOf(node instanceof nodes.ParenthesesNode ? node.body : node.statements, depth);
      return body.length === 1 ? (body[0] ?? null) : { ...at, kind: "other", parts: body };
    }
    if (
      node instanceof nodes.LocalVariableReadNode ||
      node instanceof nodes.InstanceVariableReadNode ||
      node instanceof nodes.ConstantReadNode ||
      node instanceof nodes.ConstantPathNode ||
      node instanceof nodes.SelfNode
    )
      return { ...at, kind: "name", name: at.text };
    return null;
  }

  /** Pieces of one string: those of a heredoc are its lines. */
  #joined(pieces: readonly Node[], at: At, depth: number): Code {
    const parts = this.#all(pieces, depth).flatMap((part) => (part.kind === "template" ? part.parts : [part]));
    const first = parts[0];
    const firstLine = first === undefined ? at.line : first.kind === "text" ? first.firstLine : first.line;
    if (!parts.every((part) => part.kind === "text")) return { ...at, kind: "template", parts, firstLine };
    return { ...at, kind: "text", value: parts.map(({ value }) => value).join(""), firstLine };
  }

  #map(elements: readonly Node[], at: At, depth: number): Code {
    if (!elements.every((element) => element instanceof nodes.AssocNode))
      return { ...at, kind: "other", parts: this.#all(elements, depth) };
    const entries = elements.map(({ key, value }) => ({
      key: this.codeOf(key, depth),
      value: this.codeOf(value, depth),
    }));
    return { ...at, kind: "map", entries };
  }

  #call(node: nodes.CallNode, at: At, depth: number): Code {
    const positional: Code[] = [];
    const named: Named[] = [];
    let open = node.block instanceof nodes.BlockArgumentNode;
    for (const argument of node.arguments_?.arguments_ ?? []) {
      if (argument instanceof nodes.KeywordHashNode) {
        for (const element of argument.elements) {
          const pair = element instanceof nodes.AssocNode ? element : null;
          const key = pair === null ? null : this.codeOf(pair.key, depth);
          if (pair === null || key?.kind !== "text") open = true;
          else named.push({ name: key.value, value: this.codeOf(pair.value, depth) });
        }
      } else if (argument instanceof nodes.SplatNode || argument instanceof nodes.ForwardingArgumentsNode) open = true;
      else positional.push(this.codeOf(argument, depth));
    }
    const block = node.block instanceof nodes.BlockNode ? node.block : null;
    return {
      ...at,
      kind: "call",
      of: node.receiver === null ? null : this.codeOf(node.receiver, depth),
      name: node.name,
      arguments: positional,
      named,
      open,
      block:
        block === null
          ? null
          : { parameters: this.#parameters(block.parameters), body: this.bodyOf(block.body, depth) },
    };
  }

  #parameters(node: Node | null): readonly string[] {
    if (node instanceof nodes.BlockParametersNode) return this.#parameters(node.parameters);
    if (!(node instanceof nodes.ParametersNode)) return [];
    return [...node.requireds, ...node.optionals, ...node.posts, ...node.keywords].map((parameter) =>
      "name" in parameter ? String(parameter.name) : "",
    );
  }

  #definition(node: Node, at: At, depth: number): Code | null {
    if (node instanceof nodes.DefNode)
      return {
        ...at,
        kind: "function",
        name: node.name,
        parameters: this.#parameters(node.parameters),
        body: this.bodyOf(node.body, depth),
      };
    if (node instanceof nodes.LambdaNode)
      return {
        ...at,
        kind: "function",
        name: null,
        parameters: this.#parameters(node.parameters),
        body: this.bodyOf(node.body, depth),
      };
    if (node instanceof nodes.ClassNode || node instanceof nodes.ModuleNode) {
      const superclass = node instanceof nodes.ClassNode ? node.superclass : null;
      return {
        ...at,
        kind: "class",
        name: node.name,
        bases: superclass === null ? [] : [this.codeOf(superclass, depth)],
        body: this.bodyOf(node.body, depth),
      };
    }
    if (
      node instanceof nodes.LocalVariableWriteNode ||
      node instanceof nodes.InstanceVariableWriteNode ||
      node instanceof nodes.ConstantWriteNode
    )
      return { ...at, kind: "assignment", name: node.name, value: this.codeOf(node.value, depth) };
    return null;
  }

  #control(node: Node, at: At, depth: number): Code | null {
    const word = controls.find(([type]) => node instanceof type)?.[1];
    if (word === undefined) return null;
    const parts = node.compactChildNodes().flatMap((child) => this.bodyOf(child, depth));
    return { ...at, kind: "control", word, parts };
  }
}

const controls = [
  [nodes.IfNode, "if"],
  [nodes.UnlessNode, "unless"],
  [nodes.ElseNode, "else"],
  [nodes.CaseNode, "case"],
  [nodes.CaseMatchNode, "case"],
  [nodes.WhenNode, "when"],
  [nodes.InNode, "in"],
  [nodes.WhileNode, "while"],
  [nodes.UntilNode, "until"],
  [nodes.ForNode, "for"],
  [nodes.BeginNode, "begin"],
  [nodes.RescueNode, "rescue"],
  [nodes.RescueModifierNode, "rescue"],
  [nodes.EnsureNode, "ensure"],
  [nodes.ReturnNode, "return"],
  [nodes.AndNode, "and"],
  [nodes.OrNode, "or"],
] as const;
