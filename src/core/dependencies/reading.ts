import type { Parsed } from "../syntax.ts";

export type Ecosystem =
  | "npm"
  | "pypi"
  | "cargo"
  | "go"
  | "rubygems"
  | "composer"
  | "maven"
  | "nuget"
  | "docker"
  | "git"
  /** Scripts and pipelines, which set the package managers of all of them. */
  | "build";

/** What a manifest asks for. `range` is as written; null where it asks for whatever there is. */
export interface Declared {
  readonly name: string;
  readonly range: string | null;
  readonly line: number;
  /** Stands there for what others ask for. */
  readonly isIndirect?: true;
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

/**
 * What a line of configuration decides. `registry`: one more place that packages come from. `default-registry`: the place of those that
 * name none, so that without the line the public one applies. `trust`: something is no longer verified. `guard`: something is verified, or
 * forbidden, that is not unless stated. `script`: a program that an installation runs. `tool`: a program that a build fetches and runs.
 */
export type DirectiveKind =
  | "override"
  | "registry"
  | "default-registry"
  | "trust"
  | "guard"
  | "script"
  | "tool"
  | "submodule"
  | "image";

/** A line of configuration that decides where packages come from or how far they are trusted. */
export interface Directive {
  readonly kind: DirectiveKind;
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
  /** `lines` is for files that hold much else: what cannot be read as text there is left to those who read the rest. */
  readonly role: "manifest" | "lock" | "settings" | "lines";
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

/** Lines that end in a backslash go on in the next one; each counts as where it begins. */
export function joinedLinesOf(text: string): readonly { readonly text: string; readonly line: number }[] {
  const whole: { text: string; line: number }[] = [];
  let open: { parts: string[]; line: number } | null = null;
  for (const { text: written, line } of linesOf(text)) {
    const goesOn = written.endsWith("\\");
    open ??= { parts: [], line };
    open.parts.push(goesOn ? written.slice(0, -1) : written);
    if (goesOn) continue;
    whole.push({ text: open.parts.join(" "), line: open.line });
    open = null;
  }
  return open === null ? whole : [...whole, { text: open.parts.join(" "), line: open.line }];
}
