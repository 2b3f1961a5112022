import { parse } from "yaml";
import type { HclValue } from "../../../hcl.ts";
import { asText, fault, literal, ofPlain, plainOf } from "../values.ts";
import type { Functions } from "./function.ts";

/** As Go writes JSON: sorted keys, and `<`, `>` and `&` escaped. */
function jsonencode([value]: readonly HclValue[]): HclValue | null {
  const plain = value === undefined ? null : plainOf(value);
  if (plain === null) return null;
  return literal(JSON.stringify(plain.plain).replace(/[<>&\u2028\u2029]/gu, escaped));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function jsondecode([value]: readonly HclValue[]): HclValue | null {
  const text = asText(value);
  if (text === undefined) return value?.kind === "unknown" ? (value.json ?? null) : null;
  try {
    return ofPlain(JSON.parse(text));
  } catch {
    return fault("what is not JSON"); // Terraform refuses it, so `try` may go on
  }
}

function yamldecode([value]: readonly HclValue[]): HclValue | null {
  const text = asText(value);
  if (text === undefined || text.length > yamlLimit) return null;
  try {
    return ofPlain(parse(text, { maxAliasCount: 100 }));
  } catch {
    return fault("what is not YAML"); // Terraform refuses it, so `try` may go on
  }
}
const yamlLimit = 64 * 1024;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function bytesOf(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

function base64encode([value]: readonly HclValue[]): HclValue | null {
  const text = asText(value);
  if (text === undefined) return null;
  const bytes = bytesOf(text);
  let made = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const digit = (shift: number): string => alphabet[(bits >> shift) & 63] ?? "";
    made += digit(18) + digit(12) + (b === undefined ? "=" : digit(6)) + (c === undefined ? "=" : digit(0));
  }
  return literal(made);
}

/** Of plain ASCII; what else the bytes may mean is not decided. */
function base64decode([value]: readonly HclValue[]): HclValue | null {
  const text = asText(value)?.replace(/=+$/u, "");
  if (text === undefined) return null;
  let bits = 0;
  let held = 0;
  let made = "";
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return fault("what is not base64");
    bits = ((bits << 6) | digit) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const byte = (bits >> held) & 0xff;
    if (byte > 0x7f) return null;
    made += String.fromCharCode(byte);
  }
  return literal(made);
}

export const encodingFunctions: Functions = [
  ["jsonencode", jsonencode],
  ["jsondecode", jsondecode],
  ["yamldecode", yamldecode],
  ["base64encode", base64encode],
  ["base64decode", base64decode],
];
