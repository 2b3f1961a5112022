import { z } from "zod";
import { type Figure, figureAt, isHidden } from "../../kubernetes/figures.ts";
import {
  isProduction,
  replicasOf,
  replicated,
  scalerFor,
  scalerOf,
  side,
  stoodBefore,
} from "../../kubernetes/scaling.ts";
import { type Context, defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

interface Least {
  readonly key: string;
  readonly count: Figure;
  /** Nothing else says how many there are: at 0 the workload is switched off. */
  readonly final: boolean;
}

/** The least pods that an object lets a workload have; null for objects that say nothing of it. */
function leastOf(object: KubernetesObject): Least | null {
  const scaler = scalerOf(object);
  if (scaler !== null) return { key: scaler.leastKey, count: scaler.least, final: false };
  if (object.kind === "ReplicaCount")
    return { key: "count", count: figureAt(object.root, ["count"], null), final: true };
  return replicated.has(object.kind) ? { key: "replicas", count: replicasOf(object), final: true } : null;
}

function compared(change: ObjectChange, context: Context, standing: readonly KubernetesObject[]): Observation | null {
  const { after } = change;
  const before = stoodBefore(change, context.reach);
  const now = after === undefined ? null : leastOf(after);
  const was = before === undefined ? null : leastOf(before);
  if (after === undefined || now === null || was === null || !isProduction(after.path, context)) return null;
  const [stood, stands] = [was.count.number, now.count.number];
  const scaler = now.final ? scalerFor(after, standing) : null;
  const { at } = now.count;
  const about = `${after.path} ${describeObject(after)}#least`;
  if (stood === null || stood === 0) return null;
  if (at !== undefined && isHidden(at, stands, was.count.at)) {
    return { at: at.place, undecided: `how many pods are left of \`${after.name}\``, about };
  }
  // An autoscaler takes over every count but 0, which switches it off.
  if (stands === null || stands > 1 || stands >= stood || (scaler !== null && stands > 0)) return null;
  const edit = at === undefined ? undefined : replaced(at, String(stood));
  const ends = scaler === null ? "nothing of it runs" : "nothing of it runs, and its autoscaler is switched off";
  const left =
    stands === 0 ? (now.final ? ends : "it may be scaled to none") : "one node or one crash takes all of it away";
  const written = at === undefined ? "is not written any more, which makes it" : "is";
  return {
    at: (at ?? after.root.at("spec") ?? after.root).place,
    message: `${now.key} of \`${after.name}\` ${written} ${stands}, was ${stood}, in production: ${left}`,
    ...(stands === 0 && now.final ? {} : { asks: true as const }),
    about,
    object: describeObject(after),
    pointer: at?.pointer ?? "/spec",
    before: stood,
    after: stands,
    ...(stood > 1
      ? {
          passes: {
            clean: 2,
            withApprovals: now.final ? 1 : 0,
            because: "two pods outlive the loss of one",
            atLeast: true as const,
          },
        }
      : {}),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

export default defineRule({
  id: "k8s-replicas-lost",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A workload in production is scaled to none, or loses the second pod that outlives the loss of the first.",
  why: "At 0 the service is down as soon as this is applied; at 1 every node that drains, every crash and every rollout takes all of it away.",
  remedy:
    "Keep at least two pods in production. What is to be retired leaves by a change that says so, after its traffic is gone.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, context) {
    const standing = side(objects, "after");
    for (const change of objects) {
      const observed = compared(change, context, standing);
      if (observed !== null) yield observed;
    }
  },
  examples: {
    "scaled to none": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 6
      >   replicas: 0`,
    "one is left": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: api }
        spec:
      -   replicas: 3
      >   replicas: 1`,
    "the count goes and the default is one": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      !   minReadySeconds: 5
      -   replicas: 3`,
    "the autoscaler may go to one": `
      M k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef: { kind: Deployment, name: api }
      -   minReplicas: 3
      >   minReplicas: 1
          maxReplicas: 9`,
    "an autoscaler takes over the count": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
          minReadySeconds: 5
      A k8s/production/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec: { scaleTargetRef: { kind: Deployment, name: api }, minReplicas: 3, maxReplicas: 9 }`,
    "scaled to none in staging": `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 2
      +   replicas: 0`,
    "five become three": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 5
      +   replicas: 3`,
    "a new workload that is not switched on yet": `
      A k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { replicas: 0 }`,
  },
});
