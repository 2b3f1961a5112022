import {
  type Alias,
  type CST,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
} from "yaml";

/** Where something stands in a file; lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a key and its value stand. An element of a list has one place for both. */
export interface KeyPlace {
  readonly key: Position;
  readonly value: Position;
}

/** What is wrong with the file itself, before it is a policy. */
export interface YamlMistake extends Position {
  readonly message: string;
  readonly remedy: string;
}

export type Path = readonly (string | number)[];

/** The values of a file and where each stands. */
export interface Located {
  readonly value: unknown;
  readonly places: ReadonlyMap<string, KeyPlace>;
}

const sizeLimitBytes = 256 * 1024;
const nestingLimit = 200;
/** Values after aliases are followed: a file of the allowed size that is written by hand stays far below. */
const valuesLimit = 50_000;
const aliasesLimit = 100;

export function placeKey(path: Path): string {
  return path.map((part) => `${typeof part === "number" ? "#" : "."}${part}`).join("\0");
}

const start: Position = { line: 1, column: 1 };
type Read =
  | { readonly ok: true; readonly located: Located }
  | { readonly ok: false; readonly mistakes: readonly YamlMistake[] };
const refuse = (at: Position, message: string, remedy: string): Read => ({
  ok: false,
  mistakes: [{ ...at, message, remedy }],
});

/**
 * Reads one YAML 1.2 document without running into what a hostile text does to a reader: depth, aliases, size.
 *
 * @param whenEmpty what to write where nothing stands
 */
export function readYaml(text: string, whenEmpty: string): Read {
  if (text.length > sizeLimitBytes || new TextEncoder().encode(text).length > sizeLimitBytes) {
    return refuse(
      start,
      `the file is over ${sizeLimitBytes / 1024} KiB`,
      "split what belongs to single repositories into their own files",
    );
  }
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== null) return refuse(at(deep), `the file is nested deeper than ${nestingLimit}`, "flatten it");

  const composer = new Composer({ version: "1.2", uniqueKeys: false, prettyErrors: false });
  const documents = [...composer.compose(tokens, true, text.length)];
  const mistakes = documents
    .flatMap((document) => [...document.errors, ...document.warnings])
    .map(({ pos: [offset], message }) => ({
      ...at(offset),
      message: `not YAML: ${message}`,
      remedy: "repair the syntax",
    }));
  if (mistakes.length > 0) return { ok: false, mistakes };
  const [document, second] = documents;
  if (second !== undefined)
    return refuse(at(second.range[0]), "a second document begins", "keep one document in the file");
  if (
    document === undefined ||
    document.contents === null ||
    (isScalar(document.contents) && document.contents.value === null)
  ) {
    return refuse(start, "nothing stands in it", whenEmpty);
  }
  return convert(document, at);
}

/** The offset of the first token that is nested too deep. The tokens are walked with a list: recursion is what depth breaks. */
function tooDeep(tokens: readonly CST.Token[]): number | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > nestingLimit) return token.offset;
    if (token.type === "document") {
      if (token.value !== undefined) open.push({ token: token.value, depth: depth + 1 });
    } else if (token.type === "block-map" || token.type === "block-seq" || token.type === "flow-collection") {
      for (const item of token.items) {
        for (const inner of [item.key, item.value]) {
          if (inner !== undefined && inner !== null) open.push({ token: inner, depth: depth + 1 });
        }
      }
    }
  }
  return null;
}

/** The state of one walk over the nodes of a file. */
interface Walk {
  readonly document: Document.Parsed;
  readonly at: (offset: number) => Position;
  readonly places: Map<string, KeyPlace>;
  readonly mistakes: YamlMistake[];
  values: number;
  aliases: number;
  /** What an alias stands for is placed where the alias stands: that is the line its author wrote there. */
  aliasAt: Position | null;
  exhausted: boolean;
}

/** Turns nodes into plain values and remembers where each stood. */
function convert(document: Document.Parsed, at: (offset: number) => Position): Read {
  const places = new Map<string, KeyPlace>();
  const mistakes: YamlMistake[] = [];
  const walk: Walk = { document, at, places, mistakes, values: 0, aliases: 0, aliasAt: null, exhausted: false };
  const value = valueOf(walk, document.contents, [], null, start);
  if (walk.exhausted) {
    const limits = `over ${aliasesLimit} aliases are followed, or over ${valuesLimit} values come of them`;
    return refuse(start, limits, "write the values out");
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, located: { value, places } };
}

function positionOf({ at, aliasAt }: Walk, node: unknown, fallback: Position): Position {
  const range = isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range : null;
  return aliasAt ?? (range === null || range === undefined ? fallback : at(range[0]));
}

function valueOf(walk: Walk, node: unknown, path: Path, keyAt: Position | null, fallback: Position): unknown {
  const place = positionOf(walk, node, fallback);
  walk.values++;
  if (walk.exhausted || walk.values > valuesLimit || path.length > nestingLimit) {
    walk.exhausted = true;
    return null;
  }
  walk.places.set(placeKey(path), { key: keyAt ?? place, value: place });
  if (isAlias(node)) return aliasedValue(walk, node, path, keyAt ?? place, place);
  if (isMap(node)) return mapValue(walk, node.items, path, place);
  if (isSeq(node)) return node.items.map((item, index) => valueOf(walk, item, [...path, index], null, place));
  return isScalar(node) ? node.value : null;
}

function mapValue(
  walk: Walk,
  items: readonly { readonly key: unknown; readonly value: unknown }[],
  path: Path,
  place: Position,
): unknown {
  const entries = new Map<string, unknown>();
  for (const { key, value } of items) {
    const keyAt = positionOf(walk, key, place);
    const name = isScalar(key) ? String(key.value) : null;
    // A key of this name would be lost in a plain object instead of being refused as unknown.
    if (name === null || name === "__proto__") {
      walk.mistakes.push({ ...keyAt, message: "a key is no plain name", remedy: "write a name and a colon" });
    } else if (entries.has(name)) {
      const first = walk.places.get(placeKey([...path, name]))?.key.line;
      const message = `the key "${shorten(name)}" stands twice, first on line ${first}`;
      walk.mistakes.push({ ...keyAt, message, remedy: "keep one of the two" });
    } else {
      entries.set(name, valueOf(walk, value, [...path, name], keyAt, keyAt));
    }
  }
  return Object.fromEntries(entries);
}

function aliasedValue(walk: Walk, alias: Alias, path: Path, keyAt: Position, place: Position): unknown {
  walk.aliases++;
  // Each look for an anchor reads the document from its beginning.
  if (walk.aliases > aliasesLimit) {
    walk.exhausted = true;
    return null;
  }
  const target = alias.resolve(walk.document);
  if (target === undefined) {
    const message = `nothing is anchored as "${shorten(alias.source)}"`;
    walk.mistakes.push({ ...place, message, remedy: "write the value out" });
    return null;
  }
  const outer = walk.aliasAt;
  walk.aliasAt = place;
  const value = valueOf(walk, target, path, keyAt, place);
  walk.aliasAt = outer;
  return value;
}

/** Enough of a text of an author to recognise it. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
