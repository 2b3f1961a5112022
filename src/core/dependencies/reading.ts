import type { Parsed } from "../syntax.ts";

export type Ecosystem = "npm" | "pypi" | "cargo" | "go" | "rubygems" | "composer" | "docker" | "git";

/** What a manifest asks for. `range` is as written; null where it asks for whatever there is. */
export interface Declared {
  readonly name: string;
  readonly range: string | null;
  readonly line: number;
}

/** What a lockfile holds a package to. Several may share a name, with other versions. */
export interface Locked {
  readonly name: string;
  readonly version: string;
  /** Where it comes from, as written; null where the file leaves that to the registry in force. */
  readonly source: string | null;
  /** The hashes that it must have, each with its algorithm in front. */
  readonly hashes: readonly string[];
  /** True where the lockfile says that the package runs a program when it is installed. */
  readonly runsScript: boolean;
  readonly line: number;
}

/** A line of configuration that decides where packages come from or how far they are trusted. */
export interface Directive {
  readonly kind: "override" | "registry" | "trust" | "script" | "submodule" | "image";
  /** Stable over a change of the value: two of one key are the same thing before and after. */
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface Reading {
  readonly declared: readonly Declared[];
  readonly locked: readonly Locked[];
  readonly directives: readonly Directive[];
}

/** What reads one kind of file. `read` takes time in proportion to the text. */
export interface Reader {
  readonly ecosystem: Ecosystem;
  readonly role: "manifest" | "lock" | "settings";
  readonly claims: (path: string) => boolean;
  readonly read: (text: string) => Parsed<Reading>;
}

export const nothing: Reading = { declared: [], locked: [], directives: [] };

/** A reading of what was parsed; what could not be parsed stays so. */
export function readingOf<T>(parsed: Parsed<T>, read: (value: T) => Partial<Reading>): Parsed<Reading> {
  return parsed.ok ? { ok: true, value: { ...nothing, ...read(parsed.value) } } : parsed;
}

/** Lines without what stands behind them, counted from 1. */
export function linesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  return text.split("\n").map((line, index) => ({ text: line.trimEnd(), line: index + 1 }));
}
