import type { Reading } from "./shape.ts";

/** An entry of `data` (`encoded`) or `stringData`, and where its value stands. */
export interface SecretEntry {
  readonly name: string;
  readonly written: string;
  readonly start: number;
  readonly encoded: boolean;
}

/** Objects of a list stand three levels deep; what nests deeper is no manifest. */
const depthMax = 6;
const longest = 1_000_000;

/** Entries of `data` and `stringData` of every Secret in a manifest of JSON. Text that is no JSON has none. */
export function jsonSecretEntries({ text, work }: Reading): readonly SecretEntry[] {
  work.steps += text.length;
  if (text.length > longest) return [];
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    // Broken JSON is no manifest that a cluster takes; the other rules look at its text all the same.
    return [];
  }
  const found: SecretEntry[] = [];
  let from = 0;
  for (const { name, written, encoded } of secretsIn(root, 0)) {
    const literal = JSON.stringify(written);
    // Once a value is written with escapes of its own its place is not known, nor that of those behind it; what they are is.
    const at = from < 0 ? -1 : text.indexOf(literal, from);
    from = at < 0 ? -1 : at + literal.length;
    found.push({ name, written, start: Math.max(0, at + 1), encoded });
  }
  work.steps += text.length;
  return found;
}

function secretsIn(value: unknown, depth: number): readonly Omit<SecretEntry, "start">[] {
  if (depth > depthMax || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, depth + 1));
  const object = new Map<string, unknown>(Object.entries(value));
  if (object.get("kind") === "Secret") return [...object].flatMap(([key, inner]) => entriesOf(key, inner));
  return [...object.values()].flatMap((inner) => secretsIn(inner, depth + 1));
}

function entriesOf(key: string, inner: unknown): readonly Omit<SecretEntry, "start">[] {
  if ((key !== "data" && key !== "stringData") || typeof inner !== "object" || inner === null) return [];
  return Object.entries(inner).flatMap(([name, written]) =>
    typeof written === "string" && written !== "" ? [{ name, written, encoded: key === "data" }] : [],
  );
}
