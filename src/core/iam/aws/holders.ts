import type { Place } from "../../change/change-set.ts";
import type { Statement } from "./policy.ts";

/**
 * What a set of statements is attached to. `guardrail`: policies of an organisation and boundaries of permissions, which allow nothing by
 * themselves and without which everything passes. `filter`: the same of a thing (an endpoint, a session) that goes with its policy.
 */
export type HolderKind = "identity" | "resource" | "trust" | "guardrail" | "filter";

export interface PlacedStatement {
  readonly statement: Statement;
  readonly at: Place;
  /** The block that it stands in, as other rules name it: `infra/main.tf aws_s3_bucket_policy.data`; the path alone in other files. */
  readonly owner: string;
  /** It stands in a document of which nobody knows what attaches it. */
  readonly loose: boolean;
}

/** A part of a policy that cannot be read, by a text that is the same for the same part. */
export interface UnreadPart {
  readonly text: string;
  readonly at: Place;
  /** It tells nothing of what is new: only the name of an argument says that it is about permissions, or nothing stands where it is a default. */
  readonly onlyIfStood?: true;
  /** Whatever it says, it denies nothing. */
  readonly onlyAllows?: true;
}

/** A policy that is named and whose document is elsewhere; a membership gives whatever a group or a permission set has. */
export interface NamedPolicy {
  readonly name: string;
  readonly at: Place;
  readonly what: "policy" | "membership";
}

/** What one holder has on one side. */
export interface Holding {
  readonly statements: readonly PlacedStatement[];
  readonly unread: readonly UnreadPart[];
  readonly named: readonly NamedPolicy[];
  /** Null: permissions are not bounded. */
  readonly boundary: Boundary | null;
}

export interface Boundary extends NamedPolicy {
  /** Null where its document is elsewhere. */
  readonly statements: readonly PlacedStatement[] | null;
}

export interface HolderChange {
  readonly kind: HolderKind;
  /** In words that hold code: "role `deploy`". */
  readonly name: string;
  /** It was there before, or is no part of what is read. */
  readonly stood: boolean;
  /** It is there after, or is no part of what is read. */
  readonly stands: boolean;
  readonly before: Holding;
  readonly after: Holding;
  /** Root configuration that makes it; null in files that are policies themselves. */
  readonly root: string | null;
  /** Files that it comes from. */
  readonly paths: readonly string[];
  readonly at: Place;
}

export const nothingHeld: Holding = { statements: [], unread: [], named: [], boundary: null };

export function joinedHoldings(holdings: readonly Holding[]): Holding {
  return {
    statements: holdings.flatMap(({ statements }) => statements),
    unread: holdings.flatMap(({ unread }) => unread),
    named: holdings.flatMap(({ named }) => named),
    boundary: holdings.find(({ boundary }) => boundary !== null)?.boundary ?? null,
  };
}
