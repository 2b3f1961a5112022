import { z } from "zod";
import { isHidden } from "../../kubernetes/figures.ts";
import {
  type Handler,
  handlerOf,
  killsUnready,
  pace,
  type Probe,
  type Probed,
  probedContainers,
  probeOf,
} from "../../kubernetes/probes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import type { Container } from "../../views/workloads.ts";

interface Both {
  readonly liveness: Probe;
  readonly readiness: Probe;
  readonly killing: Handler;
  readonly sparing: Handler;
}

function bothOf(container: Container | undefined, patch: boolean): Both | null {
  const liveness = probeOf(container, "livenessProbe", patch);
  const readiness = probeOf(container, "readinessProbe", patch);
  const killing = liveness === null ? null : handlerOf(liveness);
  const sparing = readiness === null ? null : handlerOf(readiness);
  if (liveness === null || readiness === null || killing === null || sparing === null) return null;
  return { liveness, readiness, killing, sparing };
}

/** What keeps the two from being compared, if it came with this change. */
function hiddenIn(was: Both | null, now: Both): Observation["at"] | null {
  if (now.killing.type === now.sparing.type && now.killing.text !== now.sparing.text) {
    for (const kind of ["killing", "sparing"] as const) {
      if (now[kind].hidden && now[kind].text !== was?.[kind].text) return now[kind].root.place;
    }
  }
  if (now.killing.text !== now.sparing.text) return null;
  for (const kind of ["liveness", "readiness"] as const) {
    for (const field of ["failureThreshold", "periodSeconds"] as const) {
      const { at, number } = now[kind][field];
      if (at !== undefined && isHidden(at, number, was?.[kind][field].at)) return at.place;
    }
  }
  return null;
}

function compared({ container, stood, patch, object, about }: Probed): Observation | null {
  const now = bothOf(container, patch);
  if (now === null || stood === undefined) return null;
  const was = bothOf(stood, patch);
  const hidden = hiddenIn(was, now);
  if (hidden !== null) {
    return { at: hidden, undecided: `whether \`${container.name}\` is killed for what only makes it unready`, about };
  }
  if (!killsUnready(now.liveness, now.readiness) || killsUnready(was?.liveness ?? null, was?.readiness ?? null))
    return null;
  return {
    at: now.killing.root.place,
    message: `\`${container.name}\` is killed by the same question that makes it unready, and no later: liveness after ${pace(now.liveness, 0)}, readiness after ${pace(now.readiness, 0)}`,
    asks: true,
    about,
    object,
    pointer: now.killing.root.pointer,
    before: was === null ? "no two probes" : "different",
    after: "the same",
  };
}

export default defineRule({
  id: "k8s-liveness-same-as-readiness",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary:
    "A liveness probe comes to ask what the readiness probe asks, and kills no later than that takes the pod out of traffic.",
  why: "A pod that is only busy, or waits for a database, should leave traffic and come back; here it is killed, its load falls on the others, and they are killed as well.",
  remedy:
    "Let the liveness probe ask only whether the process itself can make progress, without any dependency, or give it several times the failureThreshold of the readiness probe.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const probed of probedContainers(objects, reach)) {
      const observed = compared({ ...probed, about: `${probed.about}.livenessProbe.same` });
      if (observed !== null) yield observed;
    }
  },
  examples: {
    "the liveness probe moves to the endpoint of the readiness probe": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  readinessProbe:
                    httpGet: { path: /ready, port: 8080 }
                  livenessProbe:
      -             httpGet: { path: /live, port: 8080 }
      >             httpGet: { path: /ready, port: 8080 }`,
    "a liveness probe is added that copies the readiness probe": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe: { exec: { command: [check, --all] } }
      +       livenessProbe:
      +         exec:
      >           command: [check, --all]`,
    "the same endpoint, and four times as patient": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              readinessProbe: { httpGet: { path: /healthz, port: 80 } }
      +       livenessProbe: { httpGet: { path: /healthz, port: 80 }, failureThreshold: 12 }`,
    "the same before, and the image changes": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
      -       image: registry.example/api:1
      +       image: registry.example/api:2
              readinessProbe: { tcpSocket: { port: 80 } }
              livenessProbe: { tcpSocket: { port: 80 } }`,
    "a new service, whose pods nothing depends on yet": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, readinessProbe: { tcpSocket: { port: 80 } }, livenessProbe: { tcpSocket: { port: 80 } } } ] }`,
  },
});
