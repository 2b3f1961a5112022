import type { Parsed } from "../syntax.ts";
import { depthLimit, UnreadableNode } from "./node.ts";

/** An element, its name without a prefix. `text` is what stands in it beside other elements. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
  readonly line: number;
}

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
  readonly line: number;
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[(?<raw>[\s\S]*?)\]\]>|<!DOCTYPE|<\/(?<close>[^\s>]+)\s*>|<(?<open>[^\s/>!?]+)(?<attributes>(?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<isEmpty>\/?)>|(?<text>[^<]+)/uy;
const attribute = /(?<key>[^\s=/>]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/gu;

/** Reads XML in one pass. A document type makes it unreadable: what it declares could stand for anything. */
export function readXml(text: string): Parsed<Element> {
  try {
    return { ok: true, value: document(text) };
  } catch (error) {
    if (error instanceof UnreadableNode) return { ok: false, line: error.line, reason: error.message };
    throw error;
  }
}

function document(text: string): Element {
  const top: Open = { name: "", attributes: new Map(), children: [], text: "", line: 1 };
  const open = [top];
  let [offset, line] = [0, 1];
  while (offset < text.length) {
    token.lastIndex = offset;
    const match = token.exec(text);
    if (match === null) throw new UnreadableNode(line, "it is not well-formed XML");
    take(match, open, line);
    line += linesIn(match[0]);
    offset += match[0].length;
  }
  const [root] = top.children;
  if (open.length > 1) throw new UnreadableNode(open.at(-1)?.line ?? 1, "an element is not closed");
  if (root === undefined || top.children.length > 1) throw new UnreadableNode(1, "it has not one element at the top");
  return root;
}

function take({ 0: whole, groups = {} }: RegExpExecArray, open: Open[], line: number): void {
  const current = open.at(-1);
  if (current === undefined) throw new UnreadableNode(line, "an element is closed that was not opened");
  const { raw, close, open: name, attributes = "", isEmpty, text } = groups;
  if (whole === "<!DOCTYPE") throw new UnreadableNode(line, "it declares a document type");
  if (raw !== undefined) current.text += raw;
  else if (text !== undefined) current.text += plain(text, line);
  else if (close !== undefined) {
    const parent = open.at(-2);
    if (bare(close) !== current.name || parent === undefined) {
      throw new UnreadableNode(line, `\`${close}\` is closed where it was not opened`);
    }
    open.pop();
    parent.children.push({ ...current, text: current.text.trim() });
  } else if (name !== undefined) {
    if (open.length > depthLimit) throw new UnreadableNode(line, `it is nested deeper than ${depthLimit} levels`);
    const begun = { name: bare(name), attributes: attributesOf(attributes, line), children: [], text: "", line };
    if (isEmpty === "/") current.children.push(begun);
    else open.push(begun);
  }
}

function attributesOf(text: string, line: number): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(attribute)].map(({ groups = {} }) => [
      bare(groups["key"] ?? ""),
      plain(groups["double"] ?? groups["single"] ?? "", line),
    ]),
  );
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function plain(text: string, line: number): string {
  return text.replaceAll(/&(?<name>[^;\s]{0,12});?/gu, (_, name: string) => {
    const digits = /^#(?:x(?<hex>[\da-f]{1,6})|(?<decimal>\d{1,7}))$/iu.exec(name)?.groups;
    const point =
      digits === undefined
        ? null
        : Number.parseInt(digits["hex"] ?? digits["decimal"] ?? "", digits["hex"] === undefined ? 10 : 16);
    if (point !== null && point <= 0x10ffff) return String.fromCodePoint(point);
    const known = entities[name];
    if (known === undefined) throw new UnreadableNode(line, "it holds an entity that XML does not know");
    return known;
  });
}

function bare(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function linesIn(text: string): number {
  let found = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) found += 1;
  return found;
}

/** What stands below an element at a path of names. */
export function below(element: Element, ...path: readonly string[]): readonly Element[] {
  return path.reduce<readonly Element[]>(
    (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
    [element],
  );
}

/** Every element of a name, however deep. */
export function everywhere(element: Element, name: string): readonly Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...everywhere(child, name)]);
}

/** The text of the first element at a path; null where there is none. */
export function textAt(element: Element, ...path: readonly string[]): string | null {
  return below(element, ...path)[0]?.text ?? null;
}
