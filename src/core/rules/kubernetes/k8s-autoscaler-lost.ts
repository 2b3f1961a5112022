import { z } from "zod";
import { isExpression } from "../../kubernetes/figures.ts";
import { isScaler, isTargetOf, sharesNamespace, side, stoodBefore, targetOf } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";

interface Sides {
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
}

/** The workload stays, and nothing scales it any more. */
function removed(scaler: KubernetesObject, { after }: Sides): Observation | null {
  const left = after.find((object) => isTargetOf(object, scaler));
  const replaced = after.some((other) => isScaler(other) && left !== undefined && isTargetOf(left, other));
  if (left === undefined || replaced) return null;
  const object = describeObject(scaler);
  return {
    at: scaler.root.place,
    message: `\`${object}\` is removed, and \`${describeObject(left)}\` that it scaled stays: it keeps whatever count it has, under any load`,
    asks: true,
    about: `${scaler.path} ${object}#target`,
    object,
    before: "scaled",
    after: "not scaled",
  };
}

function targetIn(scaler: KubernetesObject, objects: readonly KubernetesObject[]): KubernetesObject | undefined {
  return objects.find((object) => isTargetOf(object, scaler));
}

/** It scaled a workload that was there, and now names one that is not, while its namespace or folder has others. */
function dangling(
  was: KubernetesObject | undefined,
  now: KubernetesObject,
  { before, after }: Sides,
): Observation | null {
  const { kind, name } = targetOf(now);
  const object = describeObject(now);
  const about = `${now.path} ${object}#target`;
  const hadTarget = was !== undefined && targetIn(was, before) !== undefined;
  if (name === undefined || (was !== undefined && !hadTarget)) return null;
  if (isExpression(name)) {
    return was !== undefined && targetOf(was).name?.scalar === name.scalar
      ? null
      : { at: name.place, undecided: `what \`${now.name}\` scales`, about };
  }
  if (targetIn(now, after) !== undefined) return null;
  const near = after.filter((other) => other.kind === kind && other.path === now.path && sharesNamespace(other, now));
  if (was === undefined && near.length === 0) return null;
  const found = was === undefined ? undefined : targetOf(was);
  return {
    at: name.place,
    message: `\`${now.name}\` scales \`${kind}/${String(name.scalar)}\`, which is not there${near.length === 0 ? "" : `; there is ${near.map((other) => `\`${describeObject(other)}\``).join(", ")}`}`,
    ...(was === undefined ? {} : { asks: true as const }),
    about,
    object,
    pointer: name.pointer,
    before: found === undefined ? null : `${found.kind}/${String(found.name?.scalar)}`,
    after: `${kind}/${String(name.scalar)}`,
  };
}

export default defineRule({
  id: "k8s-autoscaler-lost",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A workload that was scaled with its load is not any more: its autoscaler goes, or names something else.",
  why: "Nothing fails when this is applied. The next peak does, because the pods stay as many as they happened to be.",
  remedy:
    "Let `scaleTargetRef` name the workload by its kind and name, in the same namespace; where scaling by load ends on purpose, set `replicas` for the peak.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const sides = { before: side(objects, "before"), after: side(objects, "after") };
    for (const change of objects) {
      const { before, after } = change;
      const one = after ?? before;
      if (one === undefined || !isScaler(one)) continue;
      const observed =
        after === undefined
          ? before === undefined
            ? null
            : removed(before, sides)
          : dangling(stoodBefore(change, reach), after, sides);
      if (observed !== null) yield observed;
    }
  },
  examples: {
    "the autoscaler goes and the workload stays": `
      = k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
      D k8s/production/hpa.yaml
      < apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, maxReplicas: 9 }`,
    "the workload is renamed and the autoscaler is not": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
      - metadata: { name: api }
      + metadata: { name: api-server }
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef:
            kind: Deployment
      !     name: api
          maxReplicas: 9`,
    "an autoscaler is added that names nothing beside it": `
      A k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef:
            kind: Deployment
      >     name: ap
          maxReplicas: 9`,
    "both go": `
      D k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, maxReplicas: 9 }`,
    "another autoscaler takes its place": `
      = k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
      D k8s/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, maxReplicas: 9 }
      A k8s/keda.yaml
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata: { name: api }
        spec: { scaleTargetRef: { name: api }, maxReplicaCount: 9 }`,
    "what it scales stands where nobody looked": `
      M k8s/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef: { kind: Deployment, name: api }
      -   maxReplicas: 9
      +   maxReplicas: 10`,
  },
});
