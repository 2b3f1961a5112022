import { z } from "zod";
import {
  aboutResource,
  type ContainerChange,
  containerChanges,
  reserved,
  type ResourceName,
  resourceNames,
  stated,
} from "../../kubernetes/resources.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import type { Amount } from "../../views/workloads.ts";

function removed(change: ContainerChange, resource: ResourceName, isScaled: boolean): Sighting {
  const { object, before, after } = change;
  const was = reserved(before, resource);
  const place = after.root.at("resources") ?? after.root;
  const stood = was.kind === "exact" ? was.written : null;
  const scaling = isScaled ? "; its autoscaler measures against what is requested, and cannot scale any more" : "";
  return {
    at: place.place,
    about: `${aboutResource(change, resource)} request`,
    message: `container \`${after.name}\` requests no ${resource} any more, and has no limit that would stand in for it; it was ${stood ?? "an expression"}${scaling}`,
    asks: true,
    object: describeObject(object),
    pointer: `${after.root.pointer}/resources/requests/${resource}`,
    before: stood,
    after: null,
  };
}

function isStated({ kind }: Amount): boolean {
  return kind !== "absent";
}

/** A limit of local storage keeps one container from filling the disk of the node. */
function storageFreed(change: ContainerChange): Sighting | null {
  const { object, before, after } = change;
  const was = stated(before, "limits", "ephemeral-storage");
  if (!isStated(was) || isStated(stated(after, "limits", "ephemeral-storage"))) return null;
  const stood = was.kind === "exact" ? was.written : null;
  return {
    at: (after.root.at("resources") ?? after.root).place,
    about: `${aboutResource(change, "ephemeral-storage")} limit`,
    message: `the ephemeral-storage limit of container \`${after.name}\` is removed; it was ${stood ?? "an expression"}`,
    asks: true,
    object: describeObject(object),
    pointer: `${after.root.pointer}/resources/limits/ephemeral-storage`,
    before: stood,
    after: null,
  };
}

export default defineRule({
  id: "k8s-request-removed",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "A container no longer says what it needs of CPU, memory or local storage.",
  why: "The scheduler counts it as nothing: it is placed on nodes that are full, shares what is left, and is among the first that are evicted.",
  remedy: "Keep a request near what the container uses; where it is too high, lower it.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const scalers = objects.flatMap(({ after }) => (after?.kind === "HorizontalPodAutoscaler" ? [after] : []));
    for (const change of containerChanges(objects, reach)) {
      const { object, before, after, workload } = change;
      if (before === undefined || workload.podMemoryLimit.kind !== "absent") continue;
      for (const resource of resourceNames) {
        if (!isStated(reserved(before, resource)) || isStated(reserved(after, resource))) continue;
        // A limit that goes where nothing was requested is another matter.
        if (!isStated(stated(before, "requests", resource))) continue;
        const isScaled = scalers.some(
          ({ root, namespace }) =>
            namespace === object.namespace &&
            root.at("spec", "scaleTargetRef", "name")?.scalar === object.name &&
            (root.at("spec", "metrics")?.items() ?? []).some(
              (metric) =>
                metric.at("resource", "name")?.scalar === resource &&
                metric.at("resource", "target", "averageUtilization") !== undefined,
            ),
        );
        yield removed(change, resource, isScaled);
      }
      const freed = storageFreed(change);
      if (freed !== null) yield freed;
    }
  },
  examples: {
    "requests and limits go": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
      !         - name: api
      -           resources: { requests: { cpu: 250m, memory: 256Mi } }
                  image: api`,
    "the autoscaler measures what is requested": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  resources:
      !             requests:
      -               cpu: 250m
                      memory: 256Mi
      = k8s/hpa.yaml
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: api }
        spec:
          scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
          maxReplicas: 8
          metrics: [ { type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } } ]`,
    "the limit of local storage goes": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      !         limits:
      -           ephemeral-storage: 2Gi
                  memory: 1Gi`,
    "the limit stands in for the request": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                limits: { cpu: 1, memory: 1Gi }
      -         requests: { cpu: 1, memory: 1Gi }`,
    "a container goes with its requests": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -     - name: logs
      -       resources: { requests: { cpu: 1 } }`,
    "a limit of cpu goes, as many advise": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
                requests: { cpu: 1 }
      -         limits: { cpu: 2 }`,
    "a new container that requests nothing": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api } ] }`,
  },
});
