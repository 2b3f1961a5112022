import { add, compare, multiply, type Rational, whole, zero } from "../../lib/quantity.ts";
import type { Context } from "../rule.ts";
import type { KubernetesObject, ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import type { Amount, Workload } from "../views/workloads.ts";
import { type Bounding, reserved, type ResourceName, resourceNames, stated } from "./resources.ts";

/** One figure of a ResourceQuota: what the pods of a namespace may hold together. */
export interface Hard {
  readonly quota: KubernetesObject;
  readonly key: string;
  readonly bounding: Bounding;
  readonly resource: ResourceName;
  readonly at: Value;
}

/** Keys of `spec.hard` that count what containers state. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
const keys: ReadonlyMap<string, readonly [Bounding, ResourceName]> = new Map(
  resourceNames.flatMap((resource): readonly [string, readonly [Bounding, ResourceName]][] => [
    [resource, ["requests", resource]],
    [`requests.${resource}`, ["requests", resource]],
    [`limits.${resource}`, ["limits", resource]],
  ]),
);

/** The figures of a quota that are for every pod. One with a scope is for some of them: which, only the cluster knows. */
export function hardOf(quota: KubernetesObject): readonly Hard[] {
  if (quota.kind !== "ResourceQuota") return [];
  if ((quota.root.at("spec", "scopes") ?? quota.root.at("spec", "scopeSelector")) !== undefined) return [];
  return (quota.root.at("spec", "hard")?.entries() ?? []).flatMap(({ key, value }) => {
    const known = keys.get(key);
    return known === undefined ? [] : [{ quota, key, bounding: known[0], resource: known[1], at: value }];
  });
}

/**
 * Whether an object is for the pods of another: of one namespace, in one environment. Objects that state no namespace get it from what
 * deploys them, which is known to be the same only for what stands in one folder.
 */
export function isOfNamespace(bounding: KubernetesObject, object: KubernetesObject, reach: Context["reach"]): boolean {
  if (bounding.namespace !== object.namespace) return false;
  if (bounding.namespace === null && folderOf(bounding.path) !== folderOf(object.path)) return false;
  const [here, there] = [bounding.path, object.path].map((path) =>
    reach(path).targets.map(({ environment }) => environment),
  );
  if (here === undefined || there === undefined || here.length + there.length === 0) return true;
  return here.some((environment) => there.includes(environment));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The object of one side that bounds as this one does on the other. */
export function standingOf(objects: readonly ObjectChange[], object: KubernetesObject): KubernetesObject | undefined {
  return objects.find(({ after }) => after === object)?.before;
}

/** What a workload takes of a quota: what is known of it, and why more is not known (null: it is all). */
export interface Usage {
  readonly pod: Rational;
  readonly known: Rational;
  readonly open: string | null;
}

/** The sum over the containers that run together, or the largest that starts before them, times the pods. */
export function usageOf(workload: Workload, bounding: Bounding, resource: ResourceName, fallback: Amount): Usage {
  let [together, starting] = [zero, zero];
  let open: string | null = null;
  for (const container of workload.containers) {
    const own = bounding === "requests" ? reserved(container, resource) : stated(container, bounding, resource);
    const amount = own.kind === "absent" ? fallback : own;
    if (amount.kind !== "exact") {
      const why = amount.kind === "absent" ? "states none" : "has an expression";
      open ??= `\`${container.name}\` of \`${workload.object.name}\` ${why}`;
    } else if (container.role !== "init") together = add(together, amount.value);
    else if (compare(amount.value, starting) > 0) starting = amount.value;
  }
  const pod = compare(together, starting) < 0 ? starting : together;
  const { count } = workload;
  if (count.kind === "exact")
    return { pod, known: multiply(pod, whole(count.pods)), open: count.pods === 0 ? null : open };
  return { pod, known: pod, open: open ?? `how many pods \`${workload.object.name}\` has is not known` };
}
