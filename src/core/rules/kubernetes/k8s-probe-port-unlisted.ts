import { z } from "zod";
import { isExpression } from "../../kubernetes/figures.ts";
import {
  handlerOf,
  type ProbeKind,
  type Probed,
  probedContainers,
  probeKinds,
  probeName,
  probeOf,
} from "../../kubernetes/probes.ts";
import { defineRule, type Observation } from "../../rule.ts";
import type { Value } from "../../views/value.ts";
import type { Container, Workload } from "../../views/workloads.ts";

interface Asked {
  readonly port: Value;
  /** A port of a name must be one of the container's own; one of a number may be any of the pod's. */
  readonly named: boolean;
}

/** The port that a probe asks of its own pod; null where it has none or asks another host. */
function askedOf(container: Container | undefined, kind: ProbeKind): Asked | null {
  const probe = probeOf(container, kind, false);
  const handler = probe === null ? null : handlerOf(probe);
  const port = handler?.root.at("port");
  if (handler === null || port?.scalar == null || handler.root.at("host") !== undefined) return null;
  return { port, named: !/^\d+$/u.test(String(port.scalar)) };
}

/** Probes speak TCP: a port of another protocol answers none of them. */
function portsOf(container: Container): readonly Value[] {
  const ports = container.root.at("ports")?.items() ?? [];
  return ports.filter((port) => !["UDP", "SCTP"].includes(String(port.at("protocol")?.scalar)));
}

/** Null: it cannot be said, because no ports are listed or one of them is an expression. */
function isListed({ port, named }: Asked, container: Container, workload: Workload): boolean | null {
  const own = portsOf(container);
  const listed = named ? own : workload.containers.flatMap(portsOf);
  const key = named ? "name" : "containerPort";
  if (container.root.at("ports")?.scalar != null || (own.length === 0 && !named)) return null;
  if (listed.some((each) => String(each.at(key)?.scalar) === String(port.scalar))) return true;
  return listed.some((each) => each.scalar !== undefined || isExpression(each.at(key))) ? null : false;
}

function compared(
  { workload, container, before, stood, patch, object, about }: Probed,
  kind: ProbeKind,
): Observation | null {
  const asked = askedOf(container, kind);
  if (asked === null || patch) return null;
  const was = askedOf(stood, kind);
  const name = `the ${probeName[kind]} of \`${container.name}\``;
  const of = { about: `${about}.${kind}.port` };
  if (isExpression(asked.port)) {
    if (was?.port.scalar === asked.port.scalar || portsOf(container).length === 0) return null;
    return { at: asked.port.place, undecided: `which port ${name} asks`, ...of };
  }
  // Controllers answer probes on a port that they list nowhere: a number says something only where another one stood.
  if ((was === null && !asked.named) || isListed(asked, container, workload) !== false) return null;
  if (was !== null && stood !== undefined && before !== undefined && was.port.scalar === asked.port.scalar) {
    if (isListed(was, stood, before) === false) return null;
  }
  const listed = portsOf(container).map((each) =>
    String(each.at(asked.named ? "name" : "containerPort")?.scalar ?? "none"),
  );
  return {
    at: asked.port.place,
    message: `${name} asks port \`${String(asked.port.scalar)}\`, and the container lists ${listed.length === 0 ? "none" : listed.map((port) => `\`${port}\``).join(", ")}`,
    // What listens need not be listed; a name that is not listed leads nowhere.
    ...(asked.named ? {} : { asks: true as const }),
    ...of,
    object,
    pointer: asked.port.pointer,
    before: was === null ? null : String(was.port.scalar),
    after: String(asked.port.scalar),
  };
}

export default defineRule({
  id: "k8s-probe-port-unlisted",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "A probe asks a port that the container does not list.",
  why: "A probe of a port on which nothing listens fails every time: the pod is restarted for ever or never takes traffic, and the rollout stands still.",
  remedy:
    "Let the probe name a port of the container's `ports`, by its name rather than its number, so that both change together.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const probed of probedContainers(objects, reach)) {
      for (const kind of probeKinds) {
        const observed = compared(probed, kind);
        if (observed !== null) yield observed;
      }
    }
  },
  examples: {
    "the port is renamed and the probe is not": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  ports:
      -             - { name: http, containerPort: 8080 }
      +             - { name: web, containerPort: 8080 }
                  readinessProbe:
      !             httpGet: { path: /ready, port: http }`,
    "another number than the container lists": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              ports: [ { containerPort: 8080 } ]
              livenessProbe:
                tcpSocket:
      -           port: 8080
      >           port: 8008`,
    "a new workload whose probe names no port that there is": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              ports: [ { name: web, containerPort: 8080 } ]
              startupProbe:
                httpGet:
      >           port: http`,
    "a port of the name that takes datagrams only": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              ports:
      -         - { name: gossip, containerPort: 7946 }
      +         - { name: gossip, containerPort: 7946, protocol: UDP }
              livenessProbe:
      !         tcpSocket: { port: gossip }`,
    "a port of the container beside it": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - { name: api, ports: [ { containerPort: 8080 } ], readinessProbe: { tcpSocket: { port: 15021 } } }
            - { name: proxy, ports: [ { containerPort: 15021 } ] }`,
    "a new controller with a port of its own for probes": `
      A k8s/controller.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: controller }
        spec:
          containers:
            - name: manager
              ports: [ { containerPort: 9443 } ]
              livenessProbe: { httpGet: { path: /healthz, port: 8081 } }`,
    "no ports are listed at all": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              livenessProbe:
      -         tcpSocket: { port: 8080 }
      +         tcpSocket: { port: 9090 }`,
  },
});
