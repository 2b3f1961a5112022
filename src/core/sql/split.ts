import { type Token, tokenAt } from "./lexer.ts";
import type { Dialect } from "./model.ts";

/** Part of a script. `command` is a line for the client program (`\i other.sql`), which no database reads. */
export interface Piece {
  readonly kind: "statement" | "command";
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly Token[];
}

/** Heads of statements whose body may hold statements of its own between `begin` and `end`. */
const routine =
  /^create\s+(?:or\s+(?:replace|alter)\s+)?(?:definer\s*=\s*\S+\s+|(?:temporary|temp|constraint|aggregate|editionable)\s+)*(?:trigger|procedure|proc|function|event|package)\b/iu;
const rule = /^create\s+(?:or\s+replace\s+)?rule\b/iu;
const hasCommands: ReadonlySet<Dialect> = new Set(["postgresql", "unknown"]);
const copiesIn = /^copy\b[\s\S]*\bfrom\s+stdin\b/iu;
const endOfData = /^\\\.[ \t\r]*$/gmu;
const delimiterLine = /delimiter[ \t]+(\S+)[ \t\r]*$/imuy;
const batchEnd = /go(?:[ \t]+\d+)?[ \t\r]*;?[ \t\r]*$/imuy;

/** Cuts a script at the ends of its statements. What lies between two of them (white space, comments) goes with the second. */
export function split(text: string, dialect: Dialect): readonly Piece[] {
  return new Splitter(text, dialect).pieces();
}

/** One pass over a script: it knows where the statement that is being read began and how deep its parentheses and blocks are. */
class Splitter {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #pieces: Piece[] = [];
  #tokens: Token[] = [];
  #head = -1;
  #parentheses = 0;
  #blocks = 0;
  #isRoutine: boolean | null = null;
  #delimiter = ";";
  #atLineStart = true;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  pieces(): readonly Piece[] {
    let previous = "";
    for (let at = 0; at < this.#text.length; ) {
      const token = tokenAt(this.#text, at, this.#dialect);
      const next = this.#commandAt(token) ?? this.#endAt(token);
      if (next === null) this.#take(token, previous);
      this.#atLineStart =
        next === null && token.kind === "gap" && (this.#atLineStart || this.#textOf(token).includes("\n"));
      if (next !== null) previous = "";
      else if (token.kind !== "gap") previous = this.#textOf(token).toLowerCase();
      at = next ?? token.end;
    }
    this.#close(this.#text.length, this.#text.length);
    return this.#pieces;
  }

  #textOf({ start, end }: Token): string {
    return this.#text.slice(start, end);
  }

  #take(token: Token, previous: string): void {
    this.#tokens.push(token);
    if (token.kind === "gap") return;
    if (this.#head === -1) this.#head = token.start;
    const text = this.#textOf(token).toLowerCase();
    if (text === "(") this.#parentheses += 1;
    else if (text === ")") this.#parentheses = Math.max(0, this.#parentheses - 1);
    if (token.kind !== "word") return;
    if ((text === "begin" || text === "case") && previous !== "end") {
      this.#isRoutine ??= routine.test(this.#text.slice(this.#head, token.start));
      this.#blocks += 1;
    } else if (text === "end") {
      this.#blocks = Math.max(0, this.#blocks - 1);
    } else if (previous === "end" && ["if", "loop", "while", "repeat", "for"].includes(text)) {
      // It closed something that was not counted.
      this.#blocks += 1;
    }
  }

  /** Where reading goes on behind the delimiter, null where the token is none that ends the statement. */
  #endAt(token: Token): number | null {
    const { kind, start } = token;
    if (kind === "gap" || !this.#text.startsWith(this.#delimiter, start)) return null;
    if (this.#delimiter === ";") {
      const inRule = this.#parentheses > 0 && rule.test(this.#text.slice(this.#head, this.#head + 40));
      if (inRule || (this.#isRoutine === true && this.#blocks > 0)) return null;
    }
    return this.#close(start, start + this.#delimiter.length);
  }

  /** The end of a line that is meant for the client program, null where the token begins none. */
  #commandAt({ kind, start }: Token): number | null {
    if (kind === "mark" && this.#text[start] === "\\" && hasCommands.has(this.#dialect)) {
      // `\gexec` and its like end the query before them, the other commands stand between two statements.
      const end = this.#endOfLine(start);
      this.#close(start, end);
      this.#pieces.push({ kind: "command", start, end, tokens: [] });
      return end;
    }
    if (kind !== "word" || !this.#atLineStart || this.#dialect === "postgresql") return null;
    if (this.#dialect !== "mysql" && exec(batchEnd, this.#text, start) !== null) {
      return this.#close(start, this.#endOfLine(start));
    }
    const delimiter = this.#head === -1 ? exec(delimiterLine, this.#text, start) : null;
    if (delimiter === null) return null;
    this.#delimiter = delimiter[1] ?? ";";
    return this.#close(start, this.#endOfLine(start));
  }

  #endOfLine(from: number): number {
    const end = this.#text.indexOf("\n", from);
    return end === -1 ? this.#text.length : end;
  }

  /** Ends the statement; answers where reading goes on, which is behind the rows where it copied some in. */
  #close(end: number, next: number): number {
    const head = this.#head;
    if (head !== -1) this.#pieces.push({ kind: "statement", start: head, end, tokens: this.#tokens });
    this.#tokens = [];
    this.#head = -1;
    this.#parentheses = 0;
    this.#blocks = 0;
    this.#isRoutine = null;
    if (head === -1 || !copiesIn.test(this.#text.slice(head, end))) return next;
    endOfData.lastIndex = next;
    return endOfData.test(this.#text) ? endOfData.lastIndex : next;
  }
}

function exec(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
