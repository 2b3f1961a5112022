import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { isObject } from "./json.ts";
import type { PlannedValue } from "./plan.ts";

/** Turns what an author or a provider wrote into what may be kept. */
export interface Redactor {
  /** A value with the marks that lie on it. `unknown` says in the same shape what is known only later. */
  readonly value: (given: Marked) => PlannedValue;
  /** Text that is no attribute, as an import's id; null where it holds something sensitive. */
  readonly text: (text: string) => string | null;
}

/** A value of the plan beside its marks: `true`, or a tree of the same shape with `true` at what is meant. */
export interface Marked {
  readonly value: unknown;
  readonly sensitive: unknown;
  readonly unknown: unknown;
}

const textMax = 400;
const nodesMax = 200;
/** Shorter texts are words that stand in many places for other reasons. */
const secretMin = 6;

export const none: PlannedValue = { kind: "none" };

/** One level down: the marks of a part. A mark on the whole is one on each part, and one of another shape than the value is believed. */
export function markOf(marks: unknown, key: string | number): unknown {
  if (marks === true) return true;
  if (Array.isArray(marks)) return typeof key === "number" ? marks[key] : marks.length > 0;
  if (isObject(marks)) {
    if (typeof key === "number") return Object.keys(marks).length > 0;
    return Object.hasOwn(marks, key) ? marks[key] : undefined;
  }
  return marks;
}

/** The mark lies on the value as a whole. What is no tree and not `false` is no mark that Terraform writes: it is believed as well. */
export function isMarked(marks: unknown, value: unknown): boolean {
  if (marks === undefined || marks === null || marks === false) return false;
  if (Array.isArray(marks)) return !isObject(value) && !Array.isArray(value) && marks.some((mark) => mark !== false);
  if (isObject(marks)) return !isObject(value) && !Array.isArray(value) && Object.keys(marks).length > 0;
  return true;
}

/** All texts on which a mark lies: the same text elsewhere, without one, is kept back as well. */
export function sensitiveTexts({ value, sensitive }: Omit<Marked, "unknown">): readonly string[] {
  if (typeof value === "string") return isMarked(sensitive, value) && value.length >= secretMin ? [value] : [];
  if (sensitive === undefined || sensitive === null || sensitive === false) return [];
  const parts: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return parts.flatMap(([key, part]) => sensitiveTexts({ value: part, sensitive: markOf(sensitive, key) }));
}

export function redactor(secrets: readonly string[]): Redactor {
  const holdsSecret = finder(secrets);
  return {
    value: (given) => {
      const whole = reduced(given, holdsSecret);
      if (size(whole) <= nodesMax) return whole;
      const printed = canonicalJson(whole);
      return { kind: "digest", sha256: sha256(printed), length: printed.length };
    },
    text: (text) => (holdsSecret(text) ? null : text),
  };
}

function reduced({ value, sensitive, unknown }: Marked, holdsSecret: (text: string) => boolean): PlannedValue {
  if (unknown === true) return { kind: "unknown" };
  if (Array.isArray(value)) {
    if (isMarked(sensitive, value)) return { kind: "sensitive" };
    const items = value.map((item: unknown, index) =>
      reduced({ value: item, sensitive: markOf(sensitive, index), unknown: markOf(unknown, index) }, holdsSecret),
    );
    return { kind: "list", items };
  }
  if (isObject(value)) {
    if (isMarked(sensitive, value)) return { kind: "sensitive" };
    const entries = keysOf(value, unknown).map((key) => ({
      key: holdsSecret(key) ? "(sensitive)" : clipped(key),
      value: reduced(
        {
          value: Object.hasOwn(value, key) ? value[key] : null,
          sensitive: markOf(sensitive, key),
          unknown: markOf(unknown, key),
        },
        holdsSecret,
      ),
    }));
    return { kind: "object", entries: entries.filter((entry) => entry.value.kind !== "none") };
  }
  if (value === null || value === undefined) return none;
  if (isMarked(sensitive, value)) return { kind: "sensitive" };
  if (typeof value === "string") return ofText(value, holdsSecret);
  if (typeof value === "number" || typeof value === "boolean") return { kind: "literal", value };
  throw new Error(`Cannot reduce a ${typeof value} of a plan: JSON has no such values`);
}

function ofText(text: string, holdsSecret: (text: string) => boolean): PlannedValue {
  if (holdsSecret(text)) return { kind: "sensitive" };
  if (text.length > textMax) return { kind: "digest", sha256: sha256(text), length: text.length };
  return { kind: "literal", value: text };
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

/** Whether a text holds one of the secrets. They are found by their first characters, so that many secrets cost no more than one. */
function finder(secrets: readonly string[]): (text: string) => boolean {
  const byStart = new Map<string, string[]>();
  for (const secret of new Set(secrets)) {
    const start = secret.slice(0, secretMin);
    byStart.set(start, [...(byStart.get(start) ?? []), secret]);
  }
  if (byStart.size === 0) return () => false;
  return (text) => {
    for (let position = 0; position + secretMin <= text.length; position += 1) {
      const begun = byStart.get(text.slice(position, position + secretMin));
      if (begun?.some((secret) => text.startsWith(secret, position)) === true) return true;
    }
    return false;
  };
}
