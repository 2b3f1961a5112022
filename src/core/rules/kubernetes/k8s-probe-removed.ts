import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import {
  killsUnready,
  type ProbeKind,
  type Probed,
  probedContainers,
  probeKinds,
  probeName,
  probeOf,
} from "../../kubernetes/probes.ts";
import { selects, side } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";

const consequence: Readonly<Record<ProbeKind, string>> = {
  startupProbe: "nothing waits for a slow start any more",
  livenessProbe: "a container that hangs is not restarted any more",
  readinessProbe: "traffic reaches a pod as soon as its process runs, whether it can answer or not",
};

/** The service whose traffic the pod takes. */
function serviceOf(workload: KubernetesObject, objects: readonly KubernetesObject[]): KubernetesObject | undefined {
  return objects.find(
    (object) => object.kind === "Service" && selects(object.root.at("spec", "selector"), object, workload),
  );
}

/** In a patch what is not written stands elsewhere; only `null` takes a probe away there. */
function isRemoved({ container, patch }: Probed, kind: ProbeKind): boolean {
  const now = container.root.at(kind);
  return now === undefined ? !patch : now.scalar === null;
}

export default defineRule({
  id: "k8s-probe-removed",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A container loses a probe that it had.",
  why: "Without a readiness probe every rollout and restart sends traffic to pods that are not up; without a liveness probe a hanging process stays until a person finds it.",
  remedy:
    "Keep the probe and mend what makes it fail. Where a liveness probe only ever did harm, say so to the people who are asked; a readiness probe stays wherever a Service sends traffic.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const standing = side(objects, "after");
    for (const probed of probedContainers(objects, reach)) {
      for (const kind of probeKinds) {
        const observed = lost(probed, kind, standing);
        if (observed !== null) yield observed;
      }
    }
  },
  examples: {
    "the readiness probe of a pod that a service sends traffic to": `
      = k8s/production/service.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec: { selector: { app: api }, ports: [ { port: 80 } ] }
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            metadata: { labels: { app: api, tier: web } }
            spec:
              containers:
      !         - name: api
      -           readinessProbe: { httpGet: { path: /ready, port: 8080 } }`,
    "the liveness probe": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
      !     - name: api
              image: registry.example/api:1
      -       livenessProbe:
      -         exec: { command: [alive] }`,
    "the container goes with its probes": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - { name: api }
      -     - { name: proxy, readinessProbe: { tcpSocket: { port: 80 } } }`,
    "the workload goes": `
      D k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, readinessProbe: { tcpSocket: { port: 80 } } } ] }`,
    "the container is renamed and keeps its probe": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
      -     - name: app
      +     - name: api
              readinessProbe: { tcpSocket: { port: 80 } }`,
    "a liveness probe goes that asked the same as the readiness probe": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe: { httpGet: { path: /healthz, port: 80 } }
      -       livenessProbe: { httpGet: { path: /healthz, port: 80 } }`,
    "the startup probe goes, and the liveness probe gives as long": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       startupProbe: { tcpSocket: { port: 80 } }
              livenessProbe: { tcpSocket: { port: 80 } }`,
  },
});

function lost(probed: Probed, kind: ProbeKind, standing: readonly KubernetesObject[]): Observation | null {
  const { container, stood, patch, object, workload } = probed;
  const about = `${probed.about}.${kind}`;
  const [was, now] = [stood?.root.at(kind), container.root.at(kind)];
  if (was === undefined || was.scalar === null || stood?.role === "init") return null;
  if (now !== undefined && isHidden(now, typeof now.scalar === "string" ? null : "", was)) {
    return { at: now.place, undecided: `whether \`${container.name}\` keeps its ${probeName[kind]}`, about };
  }
  if (!isRemoved(probed, kind)) return null;
  // What the liveness probe then does with the start is judged by its window.
  if (kind === "startupProbe" && probeOf(container, "livenessProbe", patch) !== null) return null;
  // A liveness probe that killed what was only unready is better gone.
  if (kind === "livenessProbe") {
    const readiness = probeOf(container, "readinessProbe", patch);
    if (readiness !== null && killsUnready(probeOf(stood, kind, patch), readiness)) return null;
  }
  const service = kind === "readinessProbe" ? serviceOf(workload.object, standing) : undefined;
  const traffic = service === undefined ? "" : `; \`${describeObject(service)}\` sends it traffic`;
  return {
    at: (now ?? container.root).place,
    message: `\`${container.name}\` loses its ${probeName[kind]}: ${consequence[kind]}${traffic}`,
    ...(service === undefined ? { asks: true as const } : {}),
    about,
    object,
    pointer: `${container.root.pointer}/${kind}`,
    before: "set",
    after: "none",
  };
}
