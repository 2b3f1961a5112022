import type { Tree } from "../views/documents.ts";
import { assembled, isOff, listOf, madeUp, type MapTree, named, plain, type Shaped } from "./parts.ts";

export function isScaler(kind: string): boolean {
  return kind === "HorizontalPodAutoscaler" || kind === "ScaledObject";
}

/** What scales the pods of the map around, as `autoscaling/v2` states it; nothing where it is switched off or says nothing. */
export function scalerOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const found = entryOf(from, "autoscaling", "hpa", "horizontalpodautoscaler", "autoscaler", "keda");
  if (found === undefined) return [];
  const [key, written] = found;
  const least = named(written, "minreplicas", "minreplicacount", "min");
  const most = named(written, "maxreplicas", "maxreplicacount", "max");
  if (least === undefined && most === undefined) return [];
  const metrics =
    named(written, "metrics") ??
    metricsOf(written, [
      ["cpu", named(written, "targetcpuutilizationpercentage", "targetcpuutilization", "targetcpu")],
      ["memory", named(written, "targetmemoryutilizationpercentage", "targetmemoryutilization", "targetmemory")],
    ]);
  const body = assembled(
    [
      [["spec", "minReplicas"], least],
      [["spec", "maxReplicas"], most],
      [["spec", "metrics"], metrics],
      [["spec", "behavior"], named(written, "behavior")],
    ],
    written.span,
  );
  return [{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", at, from: [...at, key], body }];
}

function metricsOf({ span }: MapTree, targets: readonly (readonly [string, Tree | undefined])[]): Tree | undefined {
  const items = targets.flatMap(([resource, target]) =>
    target?.kind !== "scalar"
      ? []
      : assembled(
          [
            [["type"], madeUp("Resource", target.span)],
            [["resource", "name"], madeUp(resource, target.span)],
            [["resource", "target", "type"], madeUp("Utilization", target.span)],
            [["resource", "target", "averageUtilization"], target],
          ],
          target.span,
        ),
  );
  return items.length === 0 ? undefined : listOf(items, span);
}

export function budgetOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const found = entryOf(from, "poddisruptionbudget", "pdb", "disruptionbudget");
  if (found === undefined) return [];
  const [key, written] = found;
  const [least, most] = [named(written, "minavailable"), named(written, "maxunavailable")];
  if (least === undefined && most === undefined) return [];
  const body = assembled(
    [
      [["spec", "minAvailable"], least],
      [["spec", "maxUnavailable"], most],
    ],
    written.span,
  );
  return [{ apiVersion: "policy/v1", kind: "PodDisruptionBudget", at, from: [...at, key], body }];
}

/** The first map under one of these keys that is not switched off, with the key as it is written. */
function entryOf(from: MapTree, ...keys: readonly string[]): readonly [string, MapTree] | undefined {
  for (const { key, value } of from.entries)
    if (keys.includes(plain(key)) && value.kind === "map" && !isOff(value)) return [key, value];
  return undefined;
}
