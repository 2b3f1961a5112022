import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { predecessor, workloads } from "../../views/workloads.ts";

export default defineRule({
  id: "k8s-memory-limit-removed",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A container that had a memory limit has none any more.",
  why: "Without a limit a leak grows until the node has no memory left, and the kubelet then evicts the pods of its neighbours.",
  remedy: "Keep a limit; where it is too low, raise it to a figure that the policy allows.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of workloads(objects, reach)) {
      if (before === undefined || after === undefined || after.podMemoryLimit.kind !== "absent") continue;
      for (const container of after.containers) {
        const was = predecessor(before, after, container);
        const limit = before.podMemoryLimit.kind === "absent" ? was?.memoryLimit : before.podMemoryLimit;
        if (limit === undefined || limit.kind === "absent" || container.memoryLimit.kind !== "absent") continue;
        const stood = limit.kind === "exact" ? limit.written : null;
        const place = container.root.at("resources") ?? container.root;
        yield {
          at: place.place,
          about: `${after.object.path} ${describeObject(after.object)}#${container.name}.memory`,
          message: `the memory limit of container \`${container.name}\` is removed; it was ${stood ?? "an expression"}`,
          object: describeObject(after.object),
          pointer: `${container.root.pointer}/resources/limits/memory`,
          before: stood,
          after: null,
        };
      }
    }
  },
  examples: {
    "the limit goes, the request stays": `
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
      !             requests: { memory: 256Mi }
      -             limits: { memory: 512Mi }`,
    "all resources go": `
      M k8s/api.yaml
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: api }
        spec:
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
      !             - name: api
      -               resources: { limits: { memory: 512Mi } }
                      image: api`,
    "a limit that was an expression goes": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
      !     - name: api
      -       resources: { limits: { memory: "\${API_MEMORY}" } }
              image: api`,
    "a limit of 0 is none": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              resources:
      !         limits:
      -           memory: 512Mi
      +           memory: 0`,
    "the container goes with its limit": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - { name: api, resources: { limits: { memory: 1Gi } } }
      -     - { name: logs, resources: { limits: { memory: 64Mi } } }`,
    "the limit of the pod as a whole takes its place": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
      +   resources: { limits: { memory: 1Gi } }
          containers:
            - name: api
      -       resources: { limits: { memory: 1Gi } }`,
    "there never was a limit": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: api:1
      +       image: api:2`,
  },
});
