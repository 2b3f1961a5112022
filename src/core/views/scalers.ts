import type { KubernetesObject } from "./kubernetes.ts";
import { nearness } from "./pairing.ts";
import { reached, type Value } from "./value.ts";

/** What a kustomization writes over the replicas of a workload of this name, whatever its kind. */
const replicaCount = "ReplicaCount";

/** Where autoscalers state their maximum. ScaledObject is KEDA's, whose target is a Deployment where it states no kind. */
export const maxima: Readonly<Record<string, readonly string[]>> = {
  HorizontalPodAutoscaler: ["spec", "maxReplicas"],
  ScaledObject: ["spec", "maxReplicaCount"],
  [replicaCount]: ["count"],
};

/** Where they state the least. */
export const minima: Readonly<Record<string, readonly string[]>> = {
  HorizontalPodAutoscaler: ["spec", "minReplicas"],
  ScaledObject: ["spec", "minReplicaCount"],
};

export function statedBy(
  scaler: KubernetesObject,
  where: Readonly<Record<string, readonly string[]>>,
): Value | undefined {
  const path = Object.hasOwn(where, scaler.kind) ? where[scaler.kind] : undefined;
  return path === undefined ? undefined : reached(scaler.root, path);
}

/** For each workload what sets its maximum. An autoscaler is for the workloads of its target's name that stand nearest. */
export function scalersOf(
  objects: readonly KubernetesObject[],
  running: readonly KubernetesObject[],
): ReadonlyMap<KubernetesObject, KubernetesObject> {
  const scaled = new Map<KubernetesObject, KubernetesObject>();
  // An autoscaler has the last word on what a kustomization counts.
  for (const scaler of [...objects.filter(isCount), ...objects.filter((object) => !isCount(object))]) {
    if (statedBy(scaler, maxima) === undefined) continue;
    const targets = running.filter((object) => isTarget(object, scaler));
    const nearest = Math.max(...targets.map(({ path }) => Math.floor(nearness(path, scaler.path))));
    for (const object of targets) {
      if (Math.floor(nearness(object.path, scaler.path)) === nearest) scaled.set(object, scaler);
    }
  }
  return scaled;
}

function isCount({ kind }: KubernetesObject): boolean {
  return kind === replicaCount;
}

export function isTarget(object: KubernetesObject, scaler: KubernetesObject): boolean {
  if (isCount(scaler)) return object.name === scaler.name;
  const target = scaler.root.at("spec", "scaleTargetRef");
  const kind = target?.at("kind")?.scalar ?? "Deployment";
  return object.kind === kind && object.name === target?.at("name")?.scalar && object.namespace === scaler.namespace;
}
