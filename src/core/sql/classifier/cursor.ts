import { tokenAt } from "../lexer.ts";
import type { Dialect, Name } from "../model.ts";

export interface Lexeme {
  readonly kind: "word" | "name" | "text" | "number" | "mark" | "other";
  /** Lower case where it is a word; without its quotes where it is a name. */
  readonly text: string;
}

/** The statement as lexemes, comments left out. `other` is what no reader here should step over. */
export function lexemesOf(text: string, dialect: Dialect): readonly Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let at = 0; at < text.length; ) {
    const { kind, start, end } = tokenAt(text, at, dialect);
    const raw = text.slice(start, end);
    at = end;
    if (kind === "gap") continue;
    if (kind === "word") lexemes.push({ kind, text: raw.toLowerCase() });
    else if (kind === "name") lexemes.push({ kind, text: raw.slice(1, -1) });
    else if (kind === "text" || kind === "number" || kind === "mark") lexemes.push({ kind, text: raw });
    else lexemes.push({ kind: "other", text: raw });
  }
  return lexemes;
}

/** Walks over the lexemes of one statement. */
export class Cursor {
  readonly #lexemes: readonly Lexeme[];
  #at = 0;

  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes;
  }

  get done(): boolean {
    return this.#at >= this.#lexemes.length;
  }

  get rest(): readonly Lexeme[] {
    return this.#lexemes.slice(this.#at);
  }

  peek(ahead = 0): string {
    const lexeme = this.#lexemes[this.#at + ahead];
    return lexeme === undefined || lexeme.kind === "text" ? "" : lexeme.text;
  }

  /** Steps over these words, in this order, where they are next. */
  take(...words: readonly string[]): boolean {
    const matches = words.every((word, index) => {
      const lexeme = this.#lexemes[this.#at + index];
      return lexeme !== undefined && lexeme.kind !== "name" && lexeme.kind !== "text" && lexeme.text === word;
    });
    if (matches) this.#at += words.length;
    return matches;
  }

  takeAny(...words: readonly string[]): boolean {
    return words.some((word) => this.take(word));
  }

  /** A name in parts, null where none is next. */
  name(): Name | null {
    const parts: string[] = [];
    do {
      const lexeme = this.#lexemes[this.#at];
      if (lexeme === undefined || !(lexeme.kind === "word" || lexeme.kind === "name")) return null;
      parts.push(lexeme.text);
      this.#at += 1;
    } while (this.take("."));
    return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? "" };
  }

  /** The last part of a name; the empty string where none is next. */
  part(): string {
    return this.name()?.name ?? "";
  }

  names(): readonly Name[] | null {
    const names: Name[] = [];
    do {
      const name = this.name();
      if (name === null) return null;
      names.push(name);
    } while (this.take(","));
    return names;
  }

  /** What stands in the parentheses that are next, without them; null where none are, or where they are not closed. */
  parenthesised(): readonly Lexeme[] | null {
    if (this.peek() !== "(") return null;
    let depth = 0;
    for (let at = this.#at; at < this.#lexemes.length; at += 1) {
      const text = this.#lexemes[at]?.kind === "mark" ? this.#lexemes[at]?.text : "";
      if (text === "(") depth += 1;
      if (text === ")") depth -= 1;
      if (depth > 0) continue;
      const inner = this.#lexemes.slice(this.#at + 1, at);
      this.#at = at + 1;
      return inner;
    }
    return null;
  }
}

/** Cuts at the commas outside parentheses. */
export function atCommas(lexemes: readonly Lexeme[]): readonly (readonly Lexeme[])[] {
  const parts: Lexeme[][] = [[]];
  let depth = 0;
  for (const lexeme of lexemes) {
    if (lexeme.kind === "mark" && lexeme.text === "(") depth += 1;
    if (lexeme.kind === "mark" && lexeme.text === ")") depth -= 1;
    if (depth === 0 && lexeme.kind === "mark" && lexeme.text === ",") parts.push([]);
    else parts.at(-1)?.push(lexeme);
  }
  return parts;
}
