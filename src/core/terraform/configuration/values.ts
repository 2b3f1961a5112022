import { canonicalJson } from "../../../lib/canonical-json.ts";
import { sha256 } from "../../../lib/digest.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import type { HclEntry, HclUnknown, HclValue } from "../../hcl.ts";

/** A value of more parts than this is not decided: shared parts can double with every local (`[local.a, local.a]`). */
const weightLimit = 50_000;
const textLimit = 256 * 1024;
/** Texts of undecided expressions are for people; a longer one ends in a digest, so that it still tells two expressions apart. */
const shownLimit = 600;
/** Fewer could be made to match by trying. */
const shownDigits = 12;

export type Scalar = string | number | boolean | null;

const weights = new WeakMap<HclValue, number>();
const faults = new WeakSet<HclValue>();

export function literal(value: Scalar): HclValue {
  if (typeof value === "string" && value.length > textLimit)
    return unknown(`a text of ${value.length} characters #${shortDigest(value)}`);
  if (typeof value === "number" && !Number.isFinite(value)) return fault("a number that is not finite");
  return { kind: "literal", value };
}

export function list(items: readonly HclValue[]): HclValue {
  return weighed({ kind: "list", items });
}

/** Of two entries with one key the last counts, in the place of the first. */
export function object(entries: Iterable<readonly [string, HclValue]>): HclValue {
  return weighed({ kind: "object", entries: [...new Map(entries)].map(([key, value]) => ({ key, value })) });
}

function weighed(value: HclValue): HclValue {
  if (weightOf(value) <= weightLimit) return value;
  return unknown(`a value of too many parts #${shortDigest(digestOf(value))}`);
}

const digests = new WeakMap<HclValue, string>();

/** Made of the digests of its parts, each computed once however often it stands there. */
function digestOf(value: HclValue): string {
  if (value.kind === "literal" || value.kind === "unknown") return sha256(identityOf(value));
  const known = digests.get(value);
  if (known !== undefined) return known;
  const parts =
    value.kind === "list"
      ? value.items.map(digestOf)
      : sortedEntries(value).map((one) => `${JSON.stringify(one.key)}:${digestOf(one.value)}`);
  const digest = sha256(`${value.kind} ${parts.join(" ")}`);
  digests.set(value, digest);
  return digest;
}

/** How many parts a value has. */
export function weightOf(value: HclValue): number {
  if (value.kind === "literal" || value.kind === "unknown") return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  const parts = value.kind === "list" ? value.items : value.entries.map((entry) => entry.value);
  const weight = parts.reduce((sum, part) => sum + weightOf(part), 1);
  weights.set(value, weight);
  return weight;
}

export function unknown(text: string): HclUnknown {
  const short = text.length <= shownLimit ? text : `${text.slice(0, shownLimit)}… #${shortDigest(text)}`;
  return { kind: "unknown", text: short };
}

function shortDigest(text: string): string {
  return sha256(text).slice(0, shownDigits);
}

/** Stands for a value in a text: it tells one from another and shows nothing of it. */
export function digested(name: string, value: HclValue): string {
  return `${name}#${shortDigest(identityOf(value))}`;
}

/** What Terraform would refuse: undecided too, but `try` goes on to its next argument. */
export function fault(text: string): HclValue {
  const value = unknown(text);
  faults.add(value);
  return value;
}

export function isFault(value: HclValue): boolean {
  return faults.has(value);
}

/** An undecided value that is made of others: a fault among them is a fault of the whole. */
export function undecidedFrom(text: string, parts: readonly HclValue[]): HclValue {
  return parts.some(isFault) ? fault(text) : unknown(text);
}

const decidedness = new WeakMap<HclValue, boolean>();

/** Whether nothing in it is unknown. */
export function decided(value: HclValue): boolean {
  if (value.kind === "literal") return true;
  if (value.kind === "unknown") return false;
  const known = decidedness.get(value);
  if (known !== undefined) return known;
  const all = value.kind === "list" ? value.items.every(decided) : value.entries.every((entry) => decided(entry.value));
  decidedness.set(value, all);
  return all;
}

export function entriesOf(value: HclValue): readonly HclEntry[] {
  return value.kind === "object" ? value.entries : [];
}

/** In the order that Terraform walks a map in. */
export function sortedEntries(value: { readonly entries: readonly HclEntry[] }): readonly HclEntry[] {
  return value.entries.toSorted((a, b) => byCodeUnits(a.key, b.key));
}

export function entry(value: HclValue, key: string): HclValue | undefined {
  return entriesOf(value).findLast((candidate) => candidate.key === key)?.value;
}

/** As Terraform converts to a string; undefined where it does not. */
export function asText(value: HclValue | undefined): string | undefined {
  if (value?.kind !== "literal" || value.value === null) return undefined;
  return String(value.value);
}

export function asNumber(value: HclValue | undefined): number | undefined {
  if (value?.kind !== "literal") return undefined;
  if (typeof value.value === "number") return value.value;
  return typeof value.value === "string" && /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/u.test(value.value)
    ? Number(value.value)
    : undefined;
}

export function asBool(value: HclValue | undefined): boolean | undefined {
  if (value?.kind !== "literal") return undefined;
  if (typeof value.value === "boolean") return value.value;
  return value.value === "true" ? true : value.value === "false" ? false : undefined;
}

/** As plain JSON; null where something in it is not decided. */
export function plainOf(value: HclValue): { readonly plain: unknown } | null {
  return decided(value) ? { plain: plain(value) } : null;
}

function plain(value: HclValue): unknown {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "unknown":
      return null;
    case "list":
      return value.items.map(plain);
    case "object":
      // A null prototype, so that `__proto__` is a key like any other.
      return Object.assign(
        Object.create(null),
        Object.fromEntries(sortedEntries(value).map((one) => [one.key, plain(one.value)])),
      );
  }
}

export function ofPlain(value: unknown): HclValue {
  if (Array.isArray(value)) return list(value.map(ofPlain));
  if (typeof value === "object" && value !== null)
    return object(Object.entries(value).map(([key, inner]) => [key, ofPlain(inner)]));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return literal(value);
  return literal(null);
}

/** The same for the same value, however its keys are ordered; undecided parts are their text. */
export function identityOf(value: HclValue): string {
  switch (value.kind) {
    case "literal":
      return JSON.stringify(value.value);
    case "unknown":
      return `\${${value.text}}`;
    case "list":
      return `[${value.items.map(identityOf).join(",")}]`;
    case "object":
      return `{${sortedEntries(value)
        .map((one) => `${JSON.stringify(one.key)}:${identityOf(one.value)}`)
        .join(",")}}`;
  }
}

/**
 * How an operand is named in the text of what stays undecided. What is written there is shown as written; a text that came from
 * elsewhere (a variable may hold a secret) is named, with a digest that tells one value of it from another.
 */
export function shown(written: HclValue, value: HclValue): string {
  if (value.kind === "unknown") return value.text;
  if (value.kind === "literal" && typeof value.value !== "string") return String(value.value);
  if (written.kind === "literal") return canonicalJson(written.value);
  if (written.kind === "list" && value.kind === "list" && written.items.length === value.items.length)
    return `[${written.items.map((item, index) => shown(item, value.items[index] ?? item)).join(", ")}]`;
  if (written.kind === "object" && value.kind === "object" && written.entries.length === value.entries.length)
    return `{${written.entries
      .map(
        (one, index) =>
          `${value.entries[index]?.key ?? ""} = ${shown(one.value, value.entries[index]?.value ?? one.value)}`,
      )
      .join(", ")}}`;
  const name = written.kind === "unknown" && /^[\w.]{1,80}$/u.test(written.text) ? written.text : "…";
  return digested(name, value);
}
