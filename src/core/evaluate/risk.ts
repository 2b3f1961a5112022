/** A tier that can be explained, never a score. */
export const riskTiers = ["low", "elevated", "high", "critical"] as const;
export type RiskTier = (typeof riskTiers)[number];
export interface Risk {
  readonly tier: RiskTier;
  /** One clause a reason, the decisive ones first: `environment production`, `finding k8s-liveness-too-eager`. */
  readonly because: readonly string[];
}
