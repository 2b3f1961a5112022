/** What an attribute does for the resource that it stands in. */
export type Concern = "protection" | "backup" | "encryption" | "exposure" | "audit" | "login" | "filter";

export type GuardValue = string | number | boolean;

/**
 * Which way an attribute gets worse. `order`: the values that it may have, the worst first; those in one list are as good as each
 * other. `number`: less is worse, and `forever` is more than any number. `stated`: it must stay there, whatever it says; `unstated`: it
 * must not come. `listed`: what it lists must stay on the list; `unlisted`: nothing more may come to it; `among`: of these alone, null of all.
 */
export type Trend =
  | { readonly kind: "order"; readonly worstFirst: readonly Rank[] }
  | { readonly kind: "number"; readonly forever: number | null }
  | { readonly kind: "stated" | "unstated" }
  | { readonly kind: "listed" | "unlisted"; readonly among: readonly string[] | null };

/** A value, or several that are as good as each other. */
export type Rank = GuardValue | readonly GuardValue[];

/** `absent`: the provider's default. `without`: what holds where a block on the way to the attribute is absent. Null: none. */
export interface Guard {
  readonly trend: Trend;
  readonly absent: GuardValue | null;
  readonly without: GuardValue | null;
}

/** Guarded attributes of some types, by their path through nested blocks: `settings.backup_configuration.enabled`. */
export interface GuardTable {
  /** Exact, or the beginning of the name before a `*`. */
  readonly types: readonly string[];
  /** The page of the provider's documentation that says what holds where the attribute is absent. */
  readonly source: string;
  readonly protection?: Readonly<Record<string, Guard>>;
  readonly backup?: Readonly<Record<string, Guard>>;
  readonly encryption?: Readonly<Record<string, Guard>>;
  readonly exposure?: Readonly<Record<string, Guard>>;
  readonly audit?: Readonly<Record<string, Guard>>;
  /** Who is asked who they are, and how. */
  readonly login?: Readonly<Record<string, Guard>>;
  /** What looks at requests before they come in. */
  readonly filter?: Readonly<Record<string, Guard>>;
}

/** True keeps something safe. */
export function staysOn(absent: boolean, without: boolean = absent): Guard {
  return ordered([false, true], absent, without);
}

/** True lets something happen. */
export function staysOff(absent: boolean): Guard {
  return ordered([true, false], absent);
}

export function ordered(worstFirst: readonly Rank[], absent: GuardValue, without: GuardValue = absent): Guard {
  return { trend: { kind: "order", worstFirst }, absent, without };
}

export function atLeast(absent: number, without: number = absent): Guard {
  return { trend: { kind: "number", forever: null }, absent, without };
}

/** A time after which things are deleted; `forever` is how the provider writes that they never are, or the most that it knows. */
export function keptFor(forever: number, absent: number = forever): Guard {
  return { trend: { kind: "number", forever }, absent, without: absent };
}

export const stated: Guard = { trend: { kind: "stated" }, absent: null, without: null };

export const unstated: Guard = { trend: { kind: "unstated" }, absent: null, without: null };

export const listed: Guard = { trend: { kind: "listed", among: null }, absent: null, without: null };

export const unlisted: Guard = { trend: { kind: "unlisted", among: null }, absent: null, without: null };

/** Of the items, these must stay on the list. */
export function keeps(...among: readonly string[]): Guard {
  return { trend: { kind: "listed", among }, absent: null, without: null };
}

/** Of the items, these must not come to the list. */
export function without(...among: readonly string[]): Guard {
  return { trend: { kind: "unlisted", among }, absent: null, without: null };
}
