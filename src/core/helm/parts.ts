import { child, type Entry, type Span, type Style, type Tree } from "../views/documents.ts";

export type MapTree = Extract<Tree, { kind: "map" }>;

/** What a map of values sets, as the object that the chart's template would make of it. */
export interface Shaped {
  readonly apiVersion: string;
  readonly kind: string;
  /** The keys down to the map; what tells several of one kind in it stands at the end. */
  readonly at: readonly string[];
  /** The keys down to where it is written. */
  readonly from: readonly string[];
  readonly body: MapTree;
  /**
   * What holds where the values of a release say nothing of it. `whole`: the chart makes it just so, unless it is told not to; `empty`: it makes
   * one that nobody can read; `absent`: it makes none; `opened`: none, and what it is for is reached by it from when on they do. Not
   * stated: nothing is known of the base, and the head still has one.
   */
  readonly unsaid?: "whole" | "empty" | "absent" | "opened";
}

/** Keys of charts are compared without regard to case, `-` and `_`. */
export function plain(key: string): string {
  return key.toLowerCase().replaceAll(/[-_]/gu, "");
}

/** What stands at the first of these keys, which are written as `plain` gives them. An empty text stands for the chart's own. */
export function named(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  if (tree?.kind !== "map") return undefined;
  for (const key of keys) {
    const found = tree.entries.find((entry) => plain(entry.key) === key)?.value;
    if (found !== undefined && !(found.kind === "scalar" && (found.value === "" || found.value === null))) return found;
  }
  return undefined;
}

export function textOf(tree: Tree | undefined): string | null {
  return tree?.kind === "scalar" && tree.value !== null && tree.value !== "" ? String(tree.value) : null;
}

/** Switched off in so many words; an expression is none. */
export function isOff(tree: Tree | undefined): boolean {
  return ["enabled", "create", "install"].some((key) => {
    const switched = child(tree, key);
    return switched?.kind === "scalar" && (switched.value === false || switched.value === "false");
  });
}

export function mapOf(entries: readonly Entry[], span: Span): MapTree {
  return { kind: "map", entries, span };
}

export function listOf(items: readonly Tree[], span: Span): Tree {
  return { kind: "list", items, span };
}

/** A scalar that nobody wrote in this form: no edit can be made of it. */
export function madeUp(value: string, span: Span, style: Style = "block"): Tree {
  return { kind: "scalar", value, style, span };
}

/** One part of an object: the keys down to it, and what stands there. */
export type Part = readonly [path: readonly string[], value: Tree | undefined];

/** The map that holds these parts; parts that are not there are left out. */
export function assembled(parts: readonly Part[], span: Span): MapTree {
  const below = new Map<string, Part[]>();
  const entries = new Map<string, Tree>();
  for (const [[first, ...rest], value] of parts) {
    if (first === undefined || value === undefined) continue;
    if (rest.length === 0) entries.set(first, value);
    else below.set(first, [...(below.get(first) ?? []), [rest, value]]);
  }
  for (const [key, inner] of below) {
    const own = entries.get(key);
    const made = assembled(inner, inner[0]?.[1]?.span ?? span);
    entries.set(key, own?.kind === "map" ? { ...own, entries: [...own.entries, ...made.entries] } : made);
  }
  return mapOf(
    [...entries].map(([key, value]) => ({ key, value })),
    span,
  );
}

/** A map without these keys, which are written as `plain` gives them. */
export function without(tree: MapTree, ...keys: readonly string[]): MapTree {
  return { ...tree, entries: tree.entries.filter(({ key }) => !keys.includes(plain(key))) };
}
