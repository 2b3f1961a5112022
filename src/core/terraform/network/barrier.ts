import type { Resource } from "../model.ts";
import type { Lookup } from "./lookup.ts";
import type { Direction, TrafficRule } from "./rule.ts";
import type { Peer } from "./traffic.ts";

/** Kinds of what stands between networks and lets some traffic through. */
export interface BarrierKind {
  readonly noun: string;
  /**
   * `guard`: what it lets through reaches the target. `outer`: others stand behind it, so that opening it asks people and never blocks.
   */
  readonly stands: "guard" | "outer";
  /** What it lets people talk to where that has no port in the configuration. */
  readonly target: string | null;
  /** Whom it lets in where nothing is written. */
  readonly unstated: "nobody" | "everybody";
  /** What comes after all rules that are written, by direction. */
  readonly implied: Readonly<Record<Direction, Implied | null>>;
}

/**
 * Peers that may do everything unless a rule denies it. `denied`: it counts only where some rule denies something; where none does, a
 * permission is written for a denial that stands elsewhere, and is looked at by itself.
 */
export interface Implied {
  readonly when: "always" | "denied";
  readonly peers: readonly Peer[];
}

export const nothingImplied: BarrierKind["implied"] = { ingress: null, egress: null };

/** What one resource says about one barrier. */
export interface Declaration {
  readonly kind: BarrierKind;
  /** The same for all declarations of one barrier: an address after the change, or the literal name or id that is written. */
  readonly barrier: string;
  readonly rules: readonly TrafficRule[];
  /** False where nothing is written, and what counts is the provider's default. */
  readonly stated: boolean;
}

/** Reads resources of some types; others it is not given. */
export type Reader = (resource: Resource, lookup: Lookup) => readonly Declaration[];
