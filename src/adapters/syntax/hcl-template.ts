import type { Node } from "web-tree-sitter";
import type { HclValue, TemplatePart } from "../../core/hcl.ts";
import { parts } from "./hcl-nodes.ts";

/** A template as it reads from left to right: text, and what stands in braces. */
type Token =
  | { readonly kind: "text"; text: string }
  | { readonly kind: "mark"; readonly node: Node; readonly stripsLeft: boolean; readonly stripsRight: boolean };

export type ReadValue = (expression: Node) => HclValue;

/** The grammar leaves blanks out of its literals, so what is no mark is text: it is cut from the source. */
export function quotedParts(node: Node, valueOf: ReadValue): readonly TemplatePart[] {
  const start = node.startIndex + 1;
  const tokens = tokensOf(marksIn(node), node.text.slice(1, -1), start);
  strip(tokens);
  return assembled(tokens, unescaped, valueOf);
}

/** `<<` keeps the text as it stands, `<<-` takes the smallest indentation off. Backslashes mean nothing in either. */
export function heredocParts(node: Node, valueOf: ReadValue): readonly TemplatePart[] {
  const { text } = node;
  const begin = text.indexOf("\n") + 1;
  const end = Math.max(begin, text.lastIndexOf("\n") + 1);
  const tokens = tokensOf(marksIn(node), text.slice(begin, end), node.startIndex + begin).flatMap(byLine);
  for (const token of tokens) if (token.kind === "text") token.text = token.text.replace(/\r\n$/u, "\n");
  if (text.startsWith("<<-")) takeMargin(tokens);
  strip(tokens);
  return assembled(tokens, unbraced, valueOf);
}

const marks = new Set([
  "template_interpolation",
  "template_if_intro",
  "template_else_intro",
  "template_if_end",
  "template_for_start",
  "template_for_end",
]);
const nests = new Set(["template_directive", "template_if", "template_for", "quoted_template"]);

function marksIn(node: Node): readonly Node[] {
  return parts(node).flatMap((part) => (marks.has(part.type) ? [part] : nests.has(part.type) ? marksIn(part) : []));
}

function tokensOf(found: readonly Node[], source: string, start: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const node of found) {
    const from = node.startIndex - start;
    if (from > at) tokens.push({ kind: "text", text: source.slice(at, from) });
    const { text } = node;
    tokens.push({ kind: "mark", node, stripsLeft: text[2] === "~", stripsRight: text.endsWith("~}") });
    at = node.endIndex - start;
  }
  if (at < source.length) tokens.push({ kind: "text", text: source.slice(at) });
  return tokens;
}

/** HCL reads a heredoc line by line: a strip marker reaches to the end of its line and no further. */
function byLine(token: Token): readonly Token[] {
  if (token.kind === "mark") return [token];
  return token.text.split(/(?<=\n)/u).map((text) => ({ kind: "text" as const, text }));
}

function strip(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "text") continue;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    if (token.stripsLeft && before?.kind === "text") before.text = before.text.trimEnd();
    if (token.stripsRight && after?.kind === "text") after.text = after.text.trimStart();
  }
}

function takeMargin(tokens: readonly Token[]): void {
  let margin = Number.MAX_SAFE_INTEGER;
  const starts = tokens.filter((_, index) => startsLine(tokens, index));
  for (const [index, token] of tokens.entries()) {
    if (!startsLine(tokens, index)) continue;
    if (token.kind === "mark") margin = 0;
    else if (token.text.trim() !== "" || tokens[index + 1]?.kind === "mark")
      margin = Math.min(margin, token.text.length - token.text.trimStart().length);
  }
  for (const token of starts) {
    if (token.kind !== "text") continue;
    const blanks = token.text.length - token.text.replace(/^[^\S\n]+/u, "").length;
    token.text = token.text.slice(Math.min(margin, blanks));
  }
}

function startsLine(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return before === undefined || (before.kind === "text" && before.text.endsWith("\n"));
}

/** Takes parts until the directive ends that they stand in; the grammar has seen to it that it does. */
function assembled(tokens: readonly Token[], plain: (raw: string) => string, valueOf: ReadValue): TemplatePart[] {
  let at = 0;
  const run = (): { readonly found: TemplatePart[]; readonly endedBy: string } => {
    const found: TemplatePart[] = [];
    for (let token = tokens[at]; token !== undefined; token = tokens[at]) {
      at++;
      if (token.kind === "text") {
        if (token.text !== "") found.push({ kind: "text", text: plain(token.text) });
        continue;
      }
      const { node } = token;
      const [only] = parts(node).filter((part) => part.type === "expression");
      const value = (): HclValue => (only === undefined ? { kind: "unknown", text: "" } : valueOf(only));
      if (node.type === "template_interpolation") found.push({ kind: "value", value: value() });
      else if (node.type === "template_if_intro") {
        const first = run();
        const whenFalse = first.endedBy === "template_else_intro" ? run().found : [];
        found.push({ kind: "if", condition: value(), whenTrue: first.found, whenFalse });
      } else if (node.type === "template_for_start") {
        const [first = "", second] = namesOf(node);
        const names = second === undefined ? { key: null, value: first } : { key: first, value: second };
        found.push({ kind: "for", ...names, of: value(), parts: run().found });
      } else return { found, endedBy: node.type };
    }
    return { found, endedBy: "" };
  };
  return run().found;
}

function namesOf(node: Node): readonly string[] {
  return parts(node)
    .filter((part) => part.type === "identifier")
    .map((part) => part.text);
}

/** Escapes of a quoted string. https://developer.hashicorp.com/terraform/language/expressions/strings */
export function unescaped(raw: string): string {
  return raw.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|\$\$(?=\{)|%%(?=\{)/gsu,
    (whole, short?: string, long?: string, simple?: string) => {
      if (simple !== undefined) return escapes[simple] ?? simple;
      const code = short ?? long;
      if (code === undefined) return whole.slice(1);
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** `$${` is how a template writes `${`. */
export function unbraced(raw: string): string {
  return raw.replace(/([$%])\1(?=\{)/gu, "$1");
}
