import type { Context } from "../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { isArrival } from "../views/workloads.ts";

/** The largest first share that a delivery may take where it is deployed. `stated`: the policy says it, so that more is refused. */
export interface FirstWeight {
  readonly percent: number;
  readonly stated: boolean;
}

export function firstWeightAt(path: string, otherwise: number, limitsAt: Context["limitsAt"]): FirstWeight {
  const { firstWeight } = limitsAt(path).canary;
  return { percent: firstWeight ?? otherwise, stated: firstWeight !== null };
}

const lengths: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a Go duration or of a bare number: `90`, `10m`, `1h30m`. Null for anything else. */
export function secondsOf(value: Value | undefined): number | null {
  const scalar = value?.scalar;
  if (typeof scalar === "number") return scalar;
  if (typeof scalar !== "string" || scalar.length > 32) return null;
  if (/^\d+$/u.test(scalar)) return Number(scalar);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/u.test(scalar)) return null;
  let seconds = 0;
  for (const [, number, unit] of scalar.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gu)) {
    seconds += Number(number) * (lengths[unit ?? ""] ?? 0);
  }
  return seconds;
}

/** A whole number, also in quotes; null for anything else. */
export function numberOf(value: Value | undefined): number | null {
  const scalar = value?.scalar;
  if (typeof scalar === "number") return scalar;
  return typeof scalar === "string" && /^\d{1,9}$/u.test(scalar) ? Number(scalar) : null;
}

/** An Argo Rollout, or a Canary of Flagger: the same word is the kind of others. */
export function isRollout({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === "Rollout" && apiVersion.startsWith("argoproj.io/");
}
export function isFlagger({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === "Canary" && apiVersion.startsWith("flagger.app/");
}

/** https://argo-rollouts.readthedocs.io/en/stable/features/canary/ */
export function rolloutSteps(object: KubernetesObject): readonly Value[] {
  return object.root.at("spec", "strategy", "canary", "steps")?.items() ?? [];
}

/** What Flagger is told to do; `canaryAnalysis` is its older name. https://docs.flagger.app/usage/how-it-works */
export function flaggerAnalysis(object: KubernetesObject): Value | undefined {
  return object.root.at("spec", "analysis") ?? object.root.at("spec", "canaryAnalysis");
}

/** The share of the first step of a delivery; undefined where it has none. */
export function firstStep(object: KubernetesObject | undefined): Value | undefined {
  if (object === undefined) return undefined;
  if (isRollout(object)) {
    return rolloutSteps(object)
      .map((step) => step.at("setWeight"))
      .find((weight) => weight !== undefined);
  }
  if (!isFlagger(object)) return undefined;
  const analysis = flaggerAnalysis(object);
  return analysis?.at("stepWeights")?.items()[0] ?? analysis?.at("stepWeight");
}

/** Objects with what they were. What comes to another environment is new there. */
export function standing(
  objects: readonly ObjectChange[],
  reach: Context["reach"],
): readonly { readonly before: KubernetesObject | undefined; readonly after: KubernetesObject }[] {
  return objects.flatMap((change) =>
    change.after === undefined
      ? []
      : [{ before: isArrival(change, reach) ? undefined : change.before, after: change.after }],
  );
}

export function aboutPart(object: KubernetesObject, part: string): string {
  return `${object.path} ${describeObject(object)}#${part}`;
}
