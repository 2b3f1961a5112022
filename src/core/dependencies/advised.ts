/** How grave GitHub calls an advisory. A word that it does not document is `unknown`, which counts as the worst. */
export const gravities = ["low", "moderate", "high", "critical", "unknown"] as const;
export type Gravity = (typeof gravities)[number];

/** A version that the change brings in, and a vulnerability that is known of it. */
export interface Advised {
  /** Path of the manifest or lockfile, as GitHub names it. */
  readonly manifest: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly gravity: Gravity;
  /** `GHSA-...`. */
  readonly advisory: string;
  readonly summary: string;
}

/**
 * What GitHub's comparison of dependencies says of the change. `not_asked`: it touches nothing that names dependencies, or this place cannot
 * ask. `not_granted`: the repository has no dependency graph or review, or this app may not read it.
 */
export type AdvisedChange =
  | { readonly kind: "known"; readonly introduced: readonly Advised[] }
  | { readonly kind: "not_granted" }
  | { readonly kind: "not_asked" };

/** For the report: what is not known because GitHub was not there to say it. */
export function untoldOf({ kind }: AdvisedChange): readonly string[] {
  if (kind !== "not_granted") return [];
  return [
    "Known vulnerabilities of the dependencies that change: GitHub's dependency review is not enabled for this repository, or not granted to this app.",
  ];
}
