import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  Scalar,
} from "yaml";
import type { Memo } from "../syntax.ts";

/** Bounds of what is read. Beyond them a document is unreadable, never read in part. */
export const limits = { textLength: 1_048_576, depth: 200, nodes: 200_000 } as const;

/** Where a node stands: lines and columns from 1, the end is the first column behind it. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Of a tree that is put together from several files: the one that this part of it stands in. */
  readonly path?: string;
}

export type ScalarValue = string | number | boolean | null;
/** How a scalar is written, which an edit of it must keep. `block` covers literal and folded text. */
export type Style = "plain" | "single" | "double" | "block";

interface Tagged {
  readonly span: Span;
  /** A tag of the document's own (`!Sub`), where it has one: what it means is for who knows the format. */
  readonly tag?: string;
}

/** A document as plain data with positions. Aliases are resolved: they stand where their anchor stands. */
export type Tree =
  | (Tagged & { readonly kind: "scalar"; readonly value: ScalarValue; readonly style: Style })
  | (Tagged & { readonly kind: "list"; readonly items: readonly Tree[] })
  | (Tagged & { readonly kind: "map"; readonly entries: readonly Entry[] });
export interface Entry {
  readonly key: string;
  readonly value: Tree;
}

/** What stands at a key of a map; undefined where there is none, or no map. */
export function child(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === "map" ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
}

export type Documents =
  | { readonly ok: true; readonly documents: readonly Tree[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

class Unreadable extends Error {
  readonly offset: number;
  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** Raise it when the reading below changes, so that nothing kept by a blob's SHA is taken for today's reading. */
const readerVersion = "documents@2";

/** They differ in what plain scalars mean: `yes` and `off` are booleans only in YAML 1.1. */
export type YamlVersion = "1.1" | "1.2";

/**
 * Reads a stream of YAML (1.1, as Kubernetes and Helm read it, unless stated), or one JSON document. What is written twice, nested deeper than
 * `limits.depth`, larger than the limits or not well formed makes the whole text unreadable.
 */
export function readDocuments(text: string, version: YamlVersion = "1.1"): Documents {
  if (text.length > limits.textLength) {
    return { ok: false, line: 1, reason: `it is larger than ${limits.textLength / 1024} KiB` };
  }
  const lines = new LineCounter();
  try {
    refuseDeepNesting(text);
    // The library's own search for duplicate keys takes quadratic time; the walk below does it with a set.
    const options = {
      version,
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "silent",
    } as const;
    const parsed = parseAllDocuments(text, options);
    const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
    const trees = documents.flatMap((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw new Unreadable(error.pos[0], `it is not well-formed: ${error.message}`);
      return document.contents === null ? [] : [new Walk(lines).tree(document.contents, 0)];
    });
    return { ok: true, documents: trees };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { ok: false, line: lineOf(text, error.offset), reason: error.message };
    }
    // A stack that overflows, or a defect of the library: the text stays unread, and that is said.
    return {
      ok: false,
      line: 1,
      reason: `the YAML reader gave up: ${error instanceof Error ? error.message : "unknown"}`,
    };
  }
}

/** The parser recurses; text made to exhaust its stack is refused before, by the tokens alone. */
function refuseDeepNesting(text: string): void {
  let flow = 0;
  let indicators = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") flow += 1;
    else if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
    else if (token === "-" || token === "?" || token === ":") indicators += 1;
    else if (token === "\n" || token === "\r\n") indicators = 0;
    if (flow + (flow > 0 ? 0 : indicators) > limits.depth) throw new Unreadable(offset, tooDeep);
    offset += token.length;
  }
}

const tooDeep = `it is nested deeper than ${limits.depth} levels`;

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** The documents of a blob, read once for all views. */
export function documentsOf(sha: string, text: string, memo: Memo, version: YamlVersion = "1.1"): Documents {
  return memo(`${readerVersion} ${version} ${sha}`, () => readDocuments(text, version));
}

/** One walk over one document: it holds what anchors stand for and how many nodes a reader of the whole would meet. */
class Walk {
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, { readonly tree: Tree; readonly nodes: number }>();
  #nodes = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  tree(node: Node, depth: number): Tree {
    if (depth > limits.depth) throw new Unreadable(node.range?.[0] ?? 0, tooDeep);
    if (isAlias(node)) return this.#resolve(node.source, node.range?.[0] ?? 0);
    const before = this.#nodes;
    this.#count(1, node);
    const built = this.#build(node, depth);
    const tree = node.tag?.startsWith("!") === true && node.tag.length > 1 ? { ...built, tag: node.tag } : built;
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, { tree, nodes: this.#nodes - before });
    return tree;
  }

  /** An alias weighs as much as what it stands for: a small text cannot unfold into a large one unseen. */
  #resolve(name: string, offset: number): Tree {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined)
      throw new Unreadable(offset, `an alias refers to \`${name}\`, which does not stand before it`);
    this.#nodes += anchor.nodes;
    if (this.#nodes > limits.nodes)
      throw new Unreadable(offset, `its aliases unfold to more than ${limits.nodes} values`);
    return anchor.tree;
  }

  #count(nodes: number, node: Node): void {
    this.#nodes += nodes;
    if (this.#nodes > limits.nodes)
      throw new Unreadable(node.range?.[0] ?? 0, `it holds more than ${limits.nodes} values`);
  }

  #build(node: Node, depth: number): Tree {
    const span = this.#span(node);
    if (isScalar(node)) return { kind: "scalar", value: scalarOf(node), style: styleOf(node), span };
    if (isSeq(node)) {
      return { kind: "list", items: node.items.map((item) => this.#child(item, span, depth)), span };
    }
    if (isMap(node)) return { kind: "map", entries: this.#entries(node.items, span, depth), span };
    throw new Unreadable(node.range?.[0] ?? 0, "it holds a node of an unknown kind");
  }

  #child(item: unknown, around: Span, depth: number): Tree {
    if (isAlias(item) || isScalar(item) || isMap(item) || isSeq(item)) return this.tree(item, depth + 1);
    if (item === null || item === undefined) return { kind: "scalar", value: null, style: "plain", span: around };
    // `!!set`, `!!omap` and `!!pairs` put pairs into lists; nothing that is configured here is written so.
    throw new Unreadable(0, "it holds a pair outside of a map");
  }

  /** A key of the map itself wins over the same key of what it merges; of several merged maps the first one wins. */
  #entries(pairs: readonly Pair[], span: Span, depth: number): Entry[] {
    const own = new Map<string, Tree>();
    const merged: Entry[] = [];
    for (const { key, value } of pairs) {
      const offset = isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? (key.range?.[0] ?? 0) : 0;
      if (isMergeKey(key)) {
        const tree = this.#child(value, span, depth);
        const sources = tree.kind === "list" ? tree.items : [tree];
        for (const source of sources) {
          if (source.kind !== "map") throw new Unreadable(offset, "a merge key refers to something that is no map");
          merged.push(...source.entries);
        }
        continue;
      }
      const name = this.#keyOf(key, offset);
      if (own.has(name)) throw new Unreadable(offset, `the key \`${name}\` stands twice in one map`);
      own.set(name, this.#child(value, span, depth));
    }
    for (const { key, value } of merged) if (!own.has(key)) own.set(key, value);
    return [...own].map(([key, value]) => ({ key, value }));
  }

  /** A key as it is written: YAML 1.1 would make `y` and `on` booleans, which no reader of manifests means by them. */
  #keyOf(key: unknown, offset: number): string {
    if (isAlias(key)) {
      const tree = this.#resolve(key.source, offset);
      if (tree.kind === "scalar") return String(tree.value);
    }
    if (isScalar(key) && (key.tag === undefined || key.tag === "tag:yaml.org,2002:str")) {
      const tree = this.tree(key, 0);
      if (tree.kind === "scalar") return tree.style === "plain" ? (key.source ?? "") : String(tree.value);
    }
    throw new Unreadable(offset, "a key is no plain text");
  }

  #span(node: Node): Span {
    const start = this.#lines.linePos(node.range?.[0] ?? 0);
    const end = this.#lines.linePos(node.range?.[1] ?? 0);
    return { line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && (typeof key.value === "symbol" || (key.value === "<<" && key.type === "PLAIN"));
}

/** Dates, binary values and numbers that lost digits are kept as they are written. */
function scalarOf(node: Scalar): ScalarValue {
  const { value, source = "" } = node;
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "number") return source;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? source : value;
}

const styles: Readonly<Record<string, Style>> = {
  [Scalar.QUOTE_SINGLE]: "single",
  [Scalar.QUOTE_DOUBLE]: "double",
  [Scalar.BLOCK_FOLDED]: "block",
  [Scalar.BLOCK_LITERAL]: "block",
};

function styleOf({ type }: Scalar): Style {
  return (type === undefined ? undefined : styles[type]) ?? "plain";
}
