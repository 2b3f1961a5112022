import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { documentIn, isObject } from "./json.ts";
import type { PlannedValue } from "./plan.ts";

/** Turns what an author or a provider wrote into what may be kept. */
export interface Redactor {
  /** A value with the marks that lie on it. `unknown` says in the same shape what is known only later. */
  readonly value: (given: Marked) => PlannedValue;
  /** The same for a text of which the spelling matters, and not what is said. */
  readonly spelling: (given: Marked) => PlannedValue;
  /** Text that is no attribute, as an import's id; null where it holds something sensitive. */
  readonly text: (text: string) => string | null;
}

/** A value of the plan beside its marks: `true`, or a tree of the same shape with `true` at what is meant. */
export interface Marked {
  readonly value: unknown;
  readonly sensitive: unknown;
  readonly unknown: unknown;
}

/** Both sides of a resource or of a part of it. Only `after` has values that are known later. */
export interface Sides {
  readonly before: Marked;
  readonly after: Marked;
}

const textMax = 400;
const nodesMax = 200;
/** Shorter texts are words that stand in many places for other reasons. */
const secretMin = 6;

export const none: PlannedValue = { kind: "none" };
/** Stands for a name that holds something sensitive. */
export const hidden = "(sensitive)";

/** Names under which people keep what should have been marked, and was not. */
const secretName =
  /(?:password|passwd|passphrase|secret|token|credentials?|connection_?string|(?:api|private|access|account)_?key)$/iu;
/** A password within an address: `postgres://user:password@host`. */
const secretInside = /:\/\/[^\s/:@]*:[^\s/@]+@/u;

/** One level down: a part of a value, with the marks that lie on it. */
export function partOf({ value, sensitive, unknown }: Marked, key: string | number): Marked {
  const part: unknown = Array.isArray(value)
    ? value[Number(key)]
    : isObject(value) && Object.hasOwn(value, String(key))
      ? value[String(key)]
      : null;
  const marked = typeof part === "string" && isObject(value) && isNamedSecret(value, String(key));
  return { value: part, sensitive: marked || markOf(sensitive, key), unknown: markOf(unknown, key) };
}

/** By its own name, or as the value of a pair: `{ name = "DB_PASSWORD", value = "..." }`. */
function isNamedSecret(object: Readonly<Record<string, unknown>>, key: string): boolean {
  const { name } = object;
  return secretName.test(key) || (key === "value" && typeof name === "string" && secretName.test(name));
}

/** A mark on the whole is one on each part, and one in another shape than the value is believed. */
function markOf(marks: unknown, key: string | number): unknown {
  if (Array.isArray(marks)) return typeof key === "number" ? marks[key] : marks.length > 0;
  if (isObject(marks)) {
    if (typeof key === "number") return Object.keys(marks).length > 0;
    return Object.hasOwn(marks, key) ? marks[key] : undefined;
  }
  return marks;
}

/** The mark lies on the value as a whole. What is no tree and not `false` is no mark that Terraform writes: it is believed as well. */
export function isMarked({ value, sensitive }: Omit<Marked, "unknown">): boolean {
  if (sensitive === undefined || sensitive === null || sensitive === false) return false;
  if (typeof sensitive !== "object" || typeof value === "object") return typeof sensitive !== "object";
  return Object.keys(sensitive).length > 0;
}

/** All texts on which a mark lies: the same text elsewhere, without one, is kept back as well. */
export function sensitiveTexts(given: Marked): readonly string[] {
  const { value, sensitive } = given;
  if (typeof value === "string") return isMarked(given) && value.length >= secretMin ? [value] : [];
  if (sensitive === undefined || sensitive === null || sensitive === false) return [];
  return partsOf(value).flatMap((key) => sensitiveTexts({ ...partOf(given, key), sensitive: markOf(sensitive, key) }));
}

function partsOf(value: unknown): readonly (string | number)[] {
  if (Array.isArray(value)) return [...value.keys()];
  return isObject(value) ? Object.keys(value) : [];
}

export function redactor(secrets: readonly string[]): Redactor {
  const holdsSecret = finder(secrets);
  return {
    value: (given) => {
      const whole = reduced(given, holdsSecret);
      if (size(whole) <= nodesMax) return whole;
      return digestOf(canonicalJson(whole));
    },
    spelling: ({ value }) =>
      typeof value === "string" && !holdsSecret(value) ? digestOf(value) : { kind: "sensitive" },
    text: (text) => (holdsSecret(text) ? null : text),
  };
}

function reduced(given: Marked, holdsSecret: (text: string) => boolean): PlannedValue {
  const { value, unknown } = given;
  if (unknown === true) return { kind: "unknown" };
  if (value === null || value === undefined) return none;
  if (isMarked(given)) return { kind: "sensitive" };
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((_, index) => reduced(partOf(given, index), holdsSecret)) };
  }
  if (isObject(value)) {
    const entries = keysOf(value, unknown).map((key) => ({
      key: holdsSecret(key) ? hidden : clipped(key),
      value: reduced(partOf(given, key), holdsSecret),
    }));
    return { kind: "object", entries: entries.filter((entry) => entry.value.kind !== "none") };
  }
  if (typeof value === "string") return ofText(value, holdsSecret);
  if (typeof value === "number" || typeof value === "boolean") return { kind: "literal", value };
  throw new Error(`Cannot reduce a ${typeof value} of a plan: JSON has no such values`);
}

function ofText(text: string, holdsSecret: (text: string) => boolean): PlannedValue {
  if (secretInside.test(text) || holdsSecret(text)) return { kind: "sensitive" };
  const document = documentIn(text);
  if (document !== null) return reduced({ value: document, sensitive: false, unknown: false }, holdsSecret);
  return text.length > textMax ? digestOf(text) : { kind: "literal", value: text };
}

function digestOf(text: string): PlannedValue {
  return { kind: "digest", sha256: sha256(text), length: text.length };
}

/** The keys of a value and those that are known only later, in order. */
export function keysOf(value: Readonly<Record<string, unknown>>, unknown: unknown): readonly string[] {
  const later = isObject(unknown) ? Object.keys(unknown) : [];
  return [...new Set([...Object.keys(value), ...later])].toSorted(byCodeUnits);
}

export function clipped(key: string): string {
  return key.length <= textMax ? key : `${key.slice(0, textMax)}… ${sha256(key)}`;
}

function size(value: PlannedValue): number {
  switch (value.kind) {
    case "list":
      return value.items.reduce((sum, item) => sum + size(item), 1);
    case "object":
      return value.entries.reduce((sum, entry) => sum + size(entry.value), 1);
    case "none":
    case "literal":
    case "digest":
    case "unknown":
    case "sensitive":
      return 1;
  }
}

/**
 * Whether a text holds one of the secrets. They are looked for by their first characters and then by their lengths, so that thousands of
 * them, as addresses that all begin alike, cost little more than one.
 */
function finder(texts: readonly string[]): (text: string) => boolean {
  const secrets = new Set(texts);
  const lengths = new Map<string, Set<number>>();
  for (const secret of secrets) {
    const start = secret.slice(0, secretMin);
    lengths.set(start, (lengths.get(start) ?? new Set()).add(secret.length));
  }
  if (secrets.size === 0) return () => false;
  return (text) => {
    for (let position = 0; position + secretMin <= text.length; position += 1) {
      const possible = lengths.get(text.slice(position, position + secretMin)) ?? [];
      for (const length of possible) if (secrets.has(text.slice(position, position + length))) return true;
    }
    return false;
  };
}
