import { z } from "zod";
import { aboutPart, isFlagger, isRollout, standing } from "../../kubernetes/canary.ts";
import { type Context, defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

/** What a delivery by steps delivers: the workload that it names, else, of a Rollout, itself. */
function targetOf(object: KubernetesObject): string | null {
  if (isFlagger(object)) return String(object.root.at("spec", "targetRef", "name")?.scalar ?? "");
  if (!isRollout(object) || object.root.at("spec", "strategy", "canary") === undefined) return null;
  return String(object.root.at("spec", "workloadRef", "name")?.scalar ?? object.name);
}

function isDelivered(deployment: KubernetesObject, deliveries: readonly KubernetesObject[]): boolean {
  return deliveries.some(
    (delivery) => targetOf(delivery) === deployment.name && delivery.namespace === deployment.namespace,
  );
}

function isPlain({ kind, apiVersion, patch }: KubernetesObject): boolean {
  return kind === "Deployment" && apiVersion.startsWith("apps/") && !patch;
}

function images(object: KubernetesObject | undefined): readonly Value[] {
  const containers = object?.root.at("spec", "template", "spec", "containers")?.items() ?? [];
  return containers.flatMap((container) => container.at("image") ?? []);
}

/** The first image that is another than the one that stood in its place. */
function newImage(before: KubernetesObject, after: KubernetesObject): Value | undefined {
  const stood = new Set(images(before).map(({ scalar }) => scalar));
  return images(after).find(({ scalar }) => scalar === undefined || !stood.has(scalar));
}

/** Deliveries that are gone while what they delivered stays. */
function* removed(
  objects: readonly ObjectChange[],
  deliveries: readonly KubernetesObject[],
  limitsAt: Context["limitsAt"],
): Generator<Observation> {
  const staying = objects.flatMap(({ after }) => (after !== undefined && isPlain(after) ? [after] : []));
  for (const { before, after } of objects) {
    const target = before === undefined ? null : targetOf(before);
    if (before === undefined || target === null || (after !== undefined && targetOf(after) !== null)) continue;
    const left = staying.find(({ name, namespace }) => name === target && namespace === before.namespace);
    const workload = left ?? (after !== undefined && isRollout(after) ? after : undefined);
    if (workload === undefined || isDelivered(workload, deliveries)) continue;
    if (!limitsAt(workload.path).canary.required) continue;
    yield {
      at: before.root.place,
      about: aboutPart(before, "delivery"),
      message: `\`${target}\` is no longer delivered by steps, which its environment asks for: ${describeObject(before)} goes`,
      object: describeObject(workload),
    };
  }
}

const required = `
  version: 1
  layout: ["k8s/{environment}/**"]
  environments: { production: { tier: production, canary: { required: true } } }`;

export default defineRule({
  id: "k8s-canary-missing",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "medium",
  summary: "A version comes to all users at once where the environment asks for a share of the traffic first.",
  why: "A Deployment replaces its pods as fast as they become ready. Nothing compares the new version with the old one, and nothing takes it back.",
  remedy: "Deliver it with an Argo Rollout or a Flagger Canary, beside the Deployment or in its place.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach, limitsAt }) {
    const deliveries = objects.flatMap(({ after }) => (after !== undefined && targetOf(after) !== null ? [after] : []));
    yield* removed(objects, deliveries, limitsAt);
    for (const { before, after } of standing(objects, reach)) {
      if (!isPlain(after) || !limitsAt(after.path).canary.required || isDelivered(after, deliveries)) continue;
      const at = before === undefined ? (images(after)[0] ?? after.root) : newImage(before, after);
      if (at === undefined) continue;
      yield {
        at: at.place,
        about: aboutPart(after, "canary"),
        message: `${before === undefined ? "a new Deployment" : "a new image"} of \`${after.name}\` is not delivered by steps: no Rollout and no Canary that was read names it`,
        // What delivers it may stand in a place that is not read with this change.
        asks: true,
        object: describeObject(after),
        pointer: at.pointer,
      };
    }
  },
  examples: {
    "a new image without a canary": {
      policy: required,
      reverse: "reports",
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
      -           image: shop/api:1.4.2
      >           image: shop/api:1.4.3`,
    },
    "the canary goes and the deployment stays": {
      policy: required,
      change: `
      D k8s/production/canary.yaml
      < apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: { name: api }
        spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: api } }
      = k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec: { template: { spec: { containers: [ { name: api, image: "shop/api:1.4.2" } ] } } }`,
    },
    "a deployment takes the place of a rollout": {
      policy: required,
      change: `
      M k8s/production/api.yaml
      < apiVersion: argoproj.io/v1alpha1
      - kind: Rollout
      + apiVersion: apps/v1
      + kind: Deployment
        metadata: { name: api }
        spec:
      -   strategy: { canary: { steps: [ { setWeight: 10 } ] } }
          template:
            spec:
              containers:
                - name: api
      !           image: shop/api:1.4.2`,
    },
    "a canary delivers it": {
      policy: required,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
      -           image: shop/api:1.4.2
      +           image: shop/api:1.4.3
      = k8s/production/canary.yaml
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: { name: api }
        spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: api } }`,
    },
    "an environment that does not ask": {
      policy: required,
      change: `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
      -           image: shop/api:1.4.2
      +           image: shop/api:1.4.3`,
    },
    "something else than its image": {
      policy: required,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 2
      +   replicas: 3
          template: { spec: { containers: [ { name: api, image: "shop/api:1.4.2" } ] } }`,
    },
  },
});
