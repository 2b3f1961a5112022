import type { Parsed } from "../syntax.ts";
import { depthLimit, type Node, UnreadableNode } from "./node.ts";

const string = /"(?:[^"\\\n]|\\.)*"/uy;
const bare = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const blank = /(?:\s|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)+/uy;

/** Reads JSON in one pass, with the comments and trailing commas that lockfiles of some tools have. A key that stands twice makes it unreadable. */
export function readJson(text: string): Parsed<Node> {
  const reader = new JsonReader(text);
  try {
    return { ok: true, value: reader.document() };
  } catch (error) {
    if (error instanceof UnreadableNode) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
}

class JsonReader {
  readonly #text: string;
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    this.#skip();
    const node = this.#node(0);
    this.#skip();
    if (this.#offset < this.#text.length) throw this.#unreadable("something stands behind the end of the JSON");
    return node;
  }

  #node(depth: number): Node {
    if (depth > depthLimit) throw this.#unreadable(`it is nested deeper than ${depthLimit} levels`);
    const line = this.#line;
    switch (this.#text[this.#offset]) {
      case "{":
        return { kind: "map", entries: this.#entries(depth), line };
      case "[":
        return { kind: "list", items: this.#items(depth), line };
      case '"':
        return { kind: "scalar", value: this.#string(), line };
      case undefined:
      default: {
        const token = this.#take(bare);
        if (token === null) throw this.#unreadable("it is not well-formed JSON");
        const value: unknown = JSON.parse(token);
        if (typeof value === "number" || typeof value === "boolean" || value === null) {
          return { kind: "scalar", value, line };
        }
        throw this.#unreadable("it is not well-formed JSON");
      }
    }
  }

  #entries(depth: number): Map<string, Node> {
    const entries = new Map<string, Node>();
    this.#open();
    while (!this.#closes("}")) {
      const key = this.#string();
      if (entries.has(key)) throw this.#unreadable(`the key \`${key}\` stands twice in one object`);
      this.#skip();
      if (this.#text[this.#offset] !== ":") throw this.#unreadable("a colon is missing behind a key");
      this.#open();
      entries.set(key, this.#node(depth + 1));
      this.#separate("}");
    }
    return entries;
  }

  #items(depth: number): Node[] {
    const items: Node[] = [];
    this.#open();
    while (!this.#closes("]")) {
      items.push(this.#node(depth + 1));
      this.#separate("]");
    }
    return items;
  }

  #open(): void {
    this.#offset += 1;
    this.#skip();
  }

  #closes(bracket: string): boolean {
    if (this.#text[this.#offset] !== bracket) return false;
    this.#offset += 1;
    return true;
  }

  #separate(bracket: string): void {
    this.#skip();
    const next = this.#text[this.#offset];
    if (next === ",") this.#open();
    else if (next !== bracket) throw this.#unreadable("a comma or a closing bracket is missing");
  }

  #string(): string {
    const token = this.#take(string);
    if (token === null) throw this.#unreadable("a string is missing or not closed");
    try {
      const value: unknown = JSON.parse(token);
      if (typeof value === "string") return value;
    } catch {
      throw this.#unreadable("a string holds an escape that JSON does not know");
    }
    throw this.#unreadable("a string is missing");
  }

  #skip(): void {
    const skipped = this.#take(blank) ?? "";
    for (let at = skipped.indexOf("\n"); at !== -1; at = skipped.indexOf("\n", at + 1)) this.#line += 1;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const token = pattern.exec(this.#text)?.[0] ?? null;
    this.#offset += token?.length ?? 0;
    return token;
  }

  #unreadable(reason: string): UnreadableNode {
    return new UnreadableNode(this.#line, reason);
  }
}
