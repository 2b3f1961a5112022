import type { HclValue } from "../../hcl.ts";
import { bare, splitList } from "./terraform-expressions.ts";
import { constantMark, marked, unknownMark } from "./policy.ts";
import type { Json } from "./read.ts";

/** What the provider calls a thing: `aws_s3_bucket.data.arn`. It is one text, and stands for the same on both sides. */
const attributeOfThing =
  /^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?:data\.)?aws_\w+\.[\w-]+(?:\[[^\]]*\])?\.(?:arn|id|name|account_id|partition|region|dns_suffix|bucket|url|unique_id|key_id|iam_arn|iam_role_arn|execution_arn|repository_url|function_name|user_name|role|invoke_arn|stream_arn|s3_canonical_user_id)(?:#[0-9a-f]+)?$/u;

/** A value of the configuration as plain data, with marks around what is not decided. `renamed` gives an address as it is at head. */
export function plainOf(value: HclValue, renamed: (text: string) => string): Json {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "list":
      return value.items.map((item) => plainOf(item, renamed));
    case "object":
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plainOf(entry.value, renamed)]));
    case "unknown":
      return textWithMarks(value.text, renamed);
  }
}

/** An expression that stands for a text: a template keeps its texts, and what is filled in is marked. */
export function textWithMarks(text: string, renamed: (text: string) => string): string {
  const whole = partsOfTemplate(text);
  if (whole === null) return formatted(text, renamed) ?? expression(text, renamed);
  return whole.map((part) => (part.kind === "text" ? part.text : expression(part.text, renamed))).join("");
}

/** `format("arn:aws:s3:::%s", var.bucket)`, as the template that says the same; null where it is none of texts alone. */
function formatted(text: string, renamed: (text: string) => string): string | null {
  const written = /^format\((.*)\)$/su.exec(text.trim())?.[1];
  const [pattern = "", ...values] = (written === undefined ? null : splitList(written)) ?? [];
  const parts = partsOfTemplate(pattern);
  if (parts === null || parts.some(({ kind }) => kind === "expression")) return null;
  const texts = parts
    .map((part) => part.text)
    .join("")
    .split("%s");
  if (texts.length !== values.length + 1 || texts.some((one) => one.includes("%"))) return null;
  return texts.reduce((told, one, index) => `${told}${textWithMarks(values[index - 1] ?? "", renamed)}${one}`);
}

function expression(text: string, renamed: (text: string) => string): string {
  const own = bare(text);
  if (partsOfTemplate(own) !== null) return textWithMarks(own, renamed);
  return attributeOfThing.test(own) ? marked(renamed(own), constantMark) : marked(renamed(own), unknownMark);
}

export type TemplateText = { readonly kind: "text" | "expression"; readonly text: string };

/** The parts of a quoted template, with escapes resolved; null where it is none, or holds a directive. */
export function partsOfTemplate(source: string): readonly TemplateText[] | null {
  if (source.length < 2 || !source.startsWith('"') || !source.endsWith('"')) return null;
  const inner = source.slice(1, -1);
  const parts: TemplateText[] = [];
  let text = "";
  for (let at = 0; at < inner.length; at++) {
    const two = inner.slice(at, at + 2);
    if (two === "$$" || two === "%%") {
      text += inner[at];
      at++;
    } else if (two === "%{") return null;
    else if (two === "${") {
      const end = closing(inner, at + 2);
      if (end === -1) return null;
      parts.push({ kind: "text", text }, { kind: "expression", text: inner.slice(at + 2, end) });
      text = "";
      at = end;
    } else if (inner[at] === "\\") {
      const escaped = escapes[inner[at + 1] ?? ""];
      if (escaped === undefined) return null;
      text += escaped;
      at++;
    } else if (inner[at] === '"') return null;
    else text += inner[at] ?? "";
  }
  return [...parts, { kind: "text", text }];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** Where the expression ends that begins at an index; -1: nowhere. Quoted texts in it may hold braces. */
function closing(text: string, from: number): number {
  let [depth, quoted] = [1, false];
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth++;
    else if (!quoted && character === "}" && --depth === 0) return at;
  }
  return -1;
}
