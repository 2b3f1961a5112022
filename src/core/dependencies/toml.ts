import type { Parsed } from "../syntax.ts";
import { depthLimit, type Node, UnreadableNode } from "./node.ts";

const blanks = /[ \t\r]+/uy;
const spaces = /(?:\s|#[^\n]*)+/uy;
const comment = /(?:[ \t\r]|#[^\n]*)+/uy;
const long = /"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""|'''[^']*(?:'(?!'')[^']*)*'''/uy;
const quoted = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/uy;
const bareKey = /[\w-]+/uy;
const bare = /[+-]?[\w.:+-]+/uy;
const bareValue =
  /^(?:true|false|[+-]?(?:inf|nan)|[+-]?\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?|0[xob][\da-fA-F_]+|\d{4}-\d\d-\d\d.*|\d\d:\d\d.*)$/u;

type Table = Map<string, Node>;

/** Reads TOML in one pass. Dates and numbers stay text: nothing here counts with them. */
export function readToml(text: string): Parsed<Node> {
  try {
    return { ok: true, value: new TomlReader(text).document() };
  } catch (error) {
    if (error instanceof UnreadableNode) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
}

class TomlReader {
  readonly #text: string;
  /** Tables and lists that later headers may still add to. */
  readonly #tables = new WeakMap<Node, Table>();
  readonly #lists = new WeakMap<Node, Node[]>();
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    const [root, entries] = this.#table(1);
    let current = entries;
    for (this.#skip(spaces); this.#offset < this.#text.length; this.#skip(spaces)) {
      if (this.#text[this.#offset] === "[") current = this.#header(entries);
      else this.#assignment(current, 0);
      this.#skip(comment);
      if (this.#offset < this.#text.length && this.#text[this.#offset] !== "\n") {
        throw this.#unreadable("something stands behind the end of a value");
      }
    }
    return root;
  }

  #table(line: number): readonly [Node, Table] {
    const entries: Table = new Map();
    const node: Node = { kind: "map", entries, line };
    this.#tables.set(node, entries);
    return [node, entries];
  }

  #header(root: Table): Table {
    const line = this.#line;
    const isList = this.#text.startsWith("[[", this.#offset);
    this.#offset += isList ? 2 : 1;
    const path = this.#keys();
    const close = isList ? "]]" : "]";
    if (!this.#text.startsWith(close, this.#offset)) throw this.#unreadable("a header has no closing bracket");
    this.#offset += close.length;
    const last = path.at(-1) ?? "";
    const parent = this.#walk(root, path.slice(0, -1), line);
    if (isList) {
      const known = parent.get(last);
      const items = known === undefined ? [] : this.#lists.get(known);
      if (items === undefined) throw this.#unreadable(`\`${last}\` is a list of tables here and something else before`);
      if (known === undefined) {
        const node: Node = { kind: "list", items, line };
        this.#lists.set(node, items);
        parent.set(last, node);
      }
      const [node, entries] = this.#table(line);
      items.push(node);
      return entries;
    }
    return this.#walk(parent, [last], line);
  }

  #walk(from: Table, path: readonly string[], line: number): Table {
    let table = from;
    for (const key of path) {
      const known = table.get(key);
      const into = known === undefined ? undefined : (this.#lists.get(known)?.at(-1) ?? known);
      if (into === undefined) {
        const [node, entries] = this.#table(line);
        table.set(key, node);
        table = entries;
        continue;
      }
      const entries = this.#tables.get(into);
      if (entries === undefined) throw this.#unreadable(`\`${key}\` is a table here and a value before`);
      table = entries;
    }
    return table;
  }

  #assignment(into: Table, depth: number): void {
    const line = this.#line;
    const path = this.#keys();
    if (this.#text[this.#offset] !== "=") throw this.#unreadable("a key has no value");
    this.#offset += 1;
    this.#skip(blanks);
    const last = path.at(-1) ?? "";
    const table = this.#walk(into, path.slice(0, -1), line);
    if (table.has(last)) throw this.#unreadable(`the key \`${last}\` stands twice in one table`);
    table.set(last, this.#value(depth));
  }

  #keys(): readonly string[] {
    const path: string[] = [];
    for (;;) {
      this.#skip(blanks);
      const text = this.#take(quoted);
      const key = text === null ? this.#take(bareKey) : this.#unquoted(text, 1);
      if (key === null) throw this.#unreadable("a key is missing");
      path.push(key);
      this.#skip(blanks);
      if (this.#text[this.#offset] !== ".") return path;
      this.#offset += 1;
    }
  }

  #value(depth: number): Node {
    if (depth > depthLimit) throw this.#unreadable(`it is nested deeper than ${depthLimit} levels`);
    const line = this.#line;
    if (this.#text[this.#offset] === "[") return { kind: "list", items: this.#items(depth), line };
    if (this.#text[this.#offset] === "{") return this.#inline(depth);
    const multiline = this.#take(long);
    if (multiline !== null) return { kind: "scalar", value: this.#unquoted(multiline, 3), line };
    const text = this.#take(quoted);
    if (text !== null) return { kind: "scalar", value: this.#unquoted(text, 1), line };
    const word = this.#take(bare);
    if (word === null || !bareValue.test(word)) throw this.#unreadable("a value is none of TOML");
    return { kind: "scalar", value: word === "true" ? true : word === "false" ? false : word, line };
  }

  #items(depth: number): Node[] {
    const items: Node[] = [];
    this.#offset += 1;
    for (this.#skip(spaces); this.#text[this.#offset] !== "]"; this.#skip(spaces)) {
      items.push(this.#value(depth + 1));
      this.#separate("]");
    }
    this.#offset += 1;
    return items;
  }

  #inline(depth: number): Node {
    const [node, entries] = this.#table(this.#line);
    this.#offset += 1;
    for (this.#skip(spaces); this.#text[this.#offset] !== "}"; this.#skip(spaces)) {
      this.#assignment(entries, depth + 1);
      this.#separate("}");
    }
    this.#offset += 1;
    return node;
  }

  #separate(bracket: string): void {
    this.#skip(spaces);
    const next = this.#text[this.#offset];
    if (next === ",") this.#offset += 1;
    else if (next !== bracket) throw this.#unreadable("a comma or a closing bracket is missing");
  }

  #unquoted(token: string, quotes: number): string {
    const inner = token.slice(quotes, -quotes);
    if (token.startsWith("'") || !inner.includes("\\")) return inner;
    return inner.replaceAll(/\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/gu, (_, short, full, one) => {
      const digits = String(short ?? full ?? "");
      if (digits === "") return String(one);
      const point = Number.parseInt(digits, 16);
      if (point > 0x10ffff) throw this.#unreadable("a string holds an escape that TOML does not know");
      return String.fromCodePoint(point);
    });
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const token = pattern.exec(this.#text)?.[0] ?? null;
    if (token === null) return null;
    for (let at = token.indexOf("\n"); at !== -1; at = token.indexOf("\n", at + 1)) this.#line += 1;
    this.#offset += token.length;
    return token;
  }

  #unreadable(reason: string): UnreadableNode {
    return new UnreadableNode(this.#line, reason);
  }
}
