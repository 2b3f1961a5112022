import type { FileReach } from "../reach/reach.ts";
import type { Context } from "../rule.ts";
import type { KubernetesObject, ObjectChange } from "../views/kubernetes.ts";
import { nearness } from "../views/pairing.ts";
import type { Value } from "../views/value.ts";
import { isArrival, podPath } from "../views/workloads.ts";
import { type Figure, figureAt } from "./figures.ts";

/** Whether what stands at a path reaches production, or may: an edge that is not resolved counts as one that does. */
export function isProduction(path: string, { reach, policy }: Pick<Context, "reach" | "policy">): boolean {
  const { targets, unresolved } = reach(path);
  return unresolved || targets.some(({ environment }) => policy.environments[environment]?.tier === "production");
}

/** What stood before, if it is the same thing: to an environment that it comes to only now it is new. */
export function stoodBefore(
  change: Pick<ObjectChange, "before" | "after">,
  reach: (path: string) => Pick<FileReach, "targets">,
): KubernetesObject | undefined {
  return isArrival(change, reach) ? undefined : change.before;
}

/** Kinds whose pods are counted by `spec.replicas`. */
export const replicated: ReadonlySet<string> = new Set([
  "Deployment",
  "StatefulSet",
  "ReplicaSet",
  "ReplicationController",
  "Rollout",
]);

/** Bounds of an autoscaler. KEDA's may go to none, and goes to a hundred, where nothing else is written. */
const bounds: Readonly<Record<string, { readonly least: string; readonly most: string; readonly absent: number }>> = {
  HorizontalPodAutoscaler: { least: "minReplicas", most: "maxReplicas", absent: 1 },
  ScaledObject: { least: "minReplicaCount", most: "maxReplicaCount", absent: 0 },
};

export function isScaler({ kind }: KubernetesObject): boolean {
  return Object.hasOwn(bounds, kind);
}

export interface Scaler {
  readonly object: KubernetesObject;
  readonly least: Figure;
  readonly most: Figure;
  readonly leastKey: string;
  readonly mostKey: string;
}

export function scalerOf(object: KubernetesObject): Scaler | null {
  const bound = isScaler(object) ? bounds[object.kind] : undefined;
  if (bound === undefined) return null;
  return {
    object,
    least: figureAt(object.root, ["spec", bound.least], object.patch ? null : bound.absent),
    most: figureAt(object.root, ["spec", bound.most], null),
    leastKey: bound.least,
    mostKey: bound.most,
  };
}

/** The kind and name that an autoscaler scales. KEDA's is a Deployment where it states no kind. */
export function targetOf({ root }: KubernetesObject): { readonly kind: string; readonly name: Value | undefined } {
  const target = root.at("spec", "scaleTargetRef");
  return { kind: String(target?.at("kind")?.scalar ?? "Deployment"), name: target?.at("name") };
}

export function isTargetOf(object: KubernetesObject, scaler: KubernetesObject): boolean {
  const { kind, name } = targetOf(scaler);
  return object.kind === kind && object.name === name?.scalar && sharesNamespace(object, scaler);
}

/** A namespace that is not written is put in where the manifest is applied: it may be any. */
export function sharesNamespace(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.namespace === null || b.namespace === null || a.namespace === b.namespace;
}

/** Of several objects that fit, those that stand nearest: every overlay has its own. */
export function nearest<T extends { readonly path: string }>(found: readonly T[], to: string): readonly T[] {
  const best = Math.max(...found.map(({ path }) => Math.floor(nearness(path, to))));
  return found.filter(({ path }) => Math.floor(nearness(path, to)) === best);
}

/** Every object of one side. */
export function side(objects: readonly ObjectChange[], which: "before" | "after"): readonly KubernetesObject[] {
  return objects.flatMap((change) => change[which] ?? []);
}

export function scalerFor(object: KubernetesObject, objects: readonly KubernetesObject[]): Scaler | null {
  const scalers = objects.filter((other) => isScaler(other) && isTargetOf(object, other));
  const [first] = nearest(scalers, object.path);
  return first === undefined ? null : scalerOf(first);
}

/** The least pods that there are while nothing is amiss: of the autoscaler, else `replicas`. Null: not known, or one for each node. */
export function leastPods(object: KubernetesObject, objects: readonly KubernetesObject[]): number | null {
  if (!replicated.has(object.kind)) return null;
  const scaler = scalerFor(object, objects);
  return scaler === null ? replicasOf(object).number : scaler.least.number;
}

export function replicasOf(object: KubernetesObject): Figure {
  return figureAt(object.root, ["spec", "replicas"], object.patch ? null : 1);
}

/** What a workload says of its pods; undefined for other objects. */
export function podOf(object: KubernetesObject): Value | undefined {
  const path = podPath(object);
  return path === null ? undefined : object.root.at(...path);
}

/** The labels of the pods that a workload runs; those that it selects its pods by, where it states no template. */
function podLabels(object: KubernetesObject): Value | undefined {
  const path = podPath(object);
  const labels = path === null ? undefined : object.root.at(...path.slice(0, -1), "metadata", "labels");
  return labels ?? (replicated.has(object.kind) ? object.root.at("spec", "selector", "matchLabels") : undefined);
}

/** Whether a selector of labels picks the pods of a workload. One without any label picks nothing here: what it picks is not known. */
export function selects(labels: Value | undefined, selecting: KubernetesObject, workload: KubernetesObject): boolean {
  const wanted = labels?.entries() ?? [];
  const own = podLabels(workload);
  if (wanted.length === 0 || own === undefined || !sharesNamespace(selecting, workload)) return false;
  return wanted.every(({ key, value }) => value.scalar != null && own.at(key)?.scalar === value.scalar);
}

/** The workloads whose pods a disruption budget keeps. */
export function keptBy(budget: KubernetesObject, objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const labels = budget.root.at("spec", "selector", "matchLabels");
  return nearest(
    objects.filter((object) => selects(labels, budget, object)),
    budget.path,
  );
}
