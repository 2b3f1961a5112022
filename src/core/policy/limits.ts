import { compare, type Rational } from "../../lib/quantity.ts";
import type { Bound, EnvironmentLimits, Limits } from "./schema.ts";

function least(a: Rational | null, b: Rational | null): Rational | null {
  return a === null ? b : b === null ? a : compare(a, b) <= 0 ? a : b;
}

/** The tighter of two bounds; a side that sets none leaves it to the other. */
export function tighter(a: Bound<Rational>, b: Bound<Rational>): Bound<Rational> {
  return { reviewAbove: least(a.reviewAbove, b.reviewAbove), max: least(a.max, b.max) };
}

/** The limits in force where a change reaches these environments: the policy's own, tightened by each of theirs. */
export function limitsIn(limits: Limits, environments: readonly EnvironmentLimits[]): Limits {
  return environments.reduce(
    (so, { replicas, memoryPerPod, files, services }) => ({
      ...so,
      files: tighter(so.files, files),
      services: tighter(so.services, services),
      kubernetes: {
        ...so.kubernetes,
        replicas: tighter(so.kubernetes.replicas, replicas),
        memoryPerPod: tighter(so.kubernetes.memoryPerPod, memoryPerPod),
      },
    }),
    limits,
  );
}
