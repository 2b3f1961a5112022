import { compare, type Rational } from "../../lib/quantity.ts";
import type { Bound, CanaryLimits, EnvironmentLimits, Limits } from "./schema.ts";

function least(a: Rational | null, b: Rational | null): Rational | null {
  return a === null ? b : b === null ? a : compare(a, b) <= 0 ? a : b;
}

/** The tighter of two bounds; a side that sets none leaves it to the other. */
export function tighter(a: Bound<Rational>, b: Bound<Rational>): Bound<Rational> {
  return { reviewAbove: least(a.reviewAbove, b.reviewAbove), max: least(a.max, b.max) };
}

function firmer(a: CanaryLimits, b: CanaryLimits): CanaryLimits {
  const weights = [a.firstWeight, b.firstWeight].filter((weight) => weight !== null);
  return { required: a.required || b.required, firstWeight: weights.length === 0 ? null : Math.min(...weights) };
}

/** The limits in force where a change reaches these environments: the policy's own, tightened by each of theirs. */
export function limitsIn(limits: Limits, environments: readonly EnvironmentLimits[]): Limits {
  return environments.reduce(
    (so, { replicas, memoryPerPod, files, services, canary }) => ({
      ...so,
      files: tighter(so.files, files),
      services: tighter(so.services, services),
      canary: firmer(so.canary, canary),
      kubernetes: {
        ...so.kubernetes,
        replicas: tighter(so.kubernetes.replicas, replicas),
        memoryPerPod: tighter(so.kubernetes.memoryPerPod, memoryPerPod),
      },
    }),
    limits,
  );
}
