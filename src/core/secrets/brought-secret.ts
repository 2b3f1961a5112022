import type { Level } from "./find.ts";

/** Where a secret is to be seen: in a file of the head, in a file of a commit, or in words beside the files. */
export type Spot =
  | { readonly kind: "head"; readonly path: string; readonly line: number; readonly column: number }
  | { readonly kind: "commit"; readonly sha: string; readonly path: string; readonly line: number }
  | { readonly kind: "message"; readonly sha: string }
  | { readonly kind: "title" | "description" | "branch" };

/** A secret that a pull request brings, wherever it does. Never the value. */
export interface BroughtSecret {
  readonly rule: string;
  readonly what: string;
  /** What every finding on it is about, whichever rule tells it. */
  readonly about: string;
  /** The highest of any place. */
  readonly level: Level;
  /** Null where the value could be guessed: then its digest would tell whether a guess is right. */
  readonly fingerprint: string | null;
  /** All places in the head first, then of each path the first commit that held it, then words. At least one. */
  readonly spots: readonly [Spot, ...Spot[]];
  /** The commit that took it out of the files; null: it stands in the head, or no commit did. */
  readonly takenOut: string | null;
}
