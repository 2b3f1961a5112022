import type { Level } from "./find.ts";
import type { Run, Shape } from "./shape.ts";

/** A token that is known by what it looks like, wherever it stands. */
export interface TokenRule {
  readonly kind: "token";
  readonly id: string;
  readonly provider: string;
  readonly what: string;
  readonly level: Level;
  /** Any of these, as written, starts the form or follows `lead`; the prefilter looks for them. */
  readonly literals: readonly string[];
  /** What stands in front of the literal, where the form does not begin with it. */
  readonly lead: Run | null;
  readonly rest: Shape;
  /** Checksum or structure, where the provider publishes one. */
  readonly passes: ((value: string) => boolean) | null;
  /** True where `passes` is a checksum over the value: then no word in it makes it a placeholder. */
  readonly proven: boolean;
  /** The page of the provider that states the form; null where none was confirmed. */
  readonly source: string | null;
}

/** A value without marks of its own that is known by the name it is assigned to. */
export interface NamedRule {
  readonly kind: "named";
  readonly id: string;
  readonly provider: string;
  readonly what: string;
  readonly level: Level;
  /** Any of these stands in the name, which is compared in lower case and without separators. */
  readonly names: readonly string[];
  /** The whole value has this form. */
  readonly value: Shape;
  readonly source: string | null;
}

export type ProviderRule = TokenRule | NamedRule;

/** For prefixes so short that an identifier may have them: what is drawn from letters and digits nearly always holds a digit. */
export function hasDigitBehindPrefix(value: string): boolean {
  return /[0-9]/.test(value.slice(3));
}

interface TokenParts {
  readonly id: string;
  readonly provider: string;
  readonly what: string;
  readonly literals: string | readonly string[];
  readonly rest: Shape;
  readonly lead?: Run;
  readonly level?: Level;
  readonly passes?: (value: string) => boolean;
  readonly proven?: true;
  readonly source?: string;
}

export function token(parts: TokenParts): TokenRule {
  return {
    kind: "token",
    id: parts.id,
    provider: parts.provider,
    what: parts.what,
    level: parts.level ?? "block",
    literals: typeof parts.literals === "string" ? [parts.literals] : parts.literals,
    lead: parts.lead ?? null,
    rest: parts.rest,
    passes: parts.passes ?? null,
    proven: parts.proven ?? false,
    source: parts.source ?? null,
  };
}

interface NamedParts {
  readonly id: string;
  readonly provider: string;
  readonly what: string;
  readonly names: readonly string[];
  readonly value: Shape;
  readonly level?: Level;
  readonly source?: string;
}

export function named(parts: NamedParts): NamedRule {
  return {
    kind: "named",
    id: parts.id,
    provider: parts.provider,
    what: parts.what,
    level: parts.level ?? "block",
    names: parts.names,
    value: parts.value,
    source: parts.source ?? null,
  };
}
