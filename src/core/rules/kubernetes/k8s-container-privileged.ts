import { z } from "zod";
import { ofContainer, ofPod, type Privilege, type Privileges } from "../../kubernetes/pods/privileges.ts";
import { isExpression } from "../../kubernetes/keeping.ts";
import { podOf } from "../../kubernetes/scaling.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";
import { podPath, predecessor, type Workload, workloads } from "../../views/workloads.ts";

interface Compared {
  readonly who: string;
  readonly before: Privileges | undefined;
  readonly after: Privileges;
  /** The workload as a whole stood before: what it gets now nobody gave it. */
  readonly stood: boolean;
}

function annotationsOf(object: KubernetesObject): Value | undefined {
  const path = podPath(object);
  return path === null ? undefined : object.root.at(...path.slice(0, -1), "metadata", "annotations");
}

function compared(before: Workload | undefined, after: Workload): readonly Compared[] {
  const of = (workload: Workload, root: Value) =>
    ofContainer(root, podOf(workload.object), annotationsOf(workload.object));
  const containers = after.containers.map((container): Compared => {
    const was = predecessor(before, after, container);
    const former = was === undefined || before === undefined ? undefined : of(before, was.root);
    return {
      who: `container \`${container.name}\``,
      before: former,
      after: of(after, container.root),
      stood: before !== undefined,
    };
  });
  const former = before === undefined ? undefined : ofPod(before.object);
  return [{ who: "the pod", before: former, after: ofPod(after.object), stood: before !== undefined }, ...containers];
}

function isNew({ key, absolute, coveredBy }: Privilege, before: Privileges | undefined): boolean {
  if (before === undefined) return absolute;
  return !before.has.some((other) => other.key === key || coveredBy?.(other.key) === true);
}

/** What says the same thing at one place is said once, and what is worst of it. A workload that is new is one thing to decide. */
function* observed({ who, before, after, stood }: Compared, object: KubernetesObject): Iterable<Observation> {
  const fresh = after.has.filter((privilege) => isNew(privilege, before));
  for (const all of Map.groupBy(fresh, ({ at }) => (stood ? at.pointer : "")).values()) {
    const messages = [...new Set(all.map(({ message }) => message))];
    const first = all[0];
    if (first === undefined) continue;
    const place = first.at.pointer;
    const shown = messages.length > 3 ? [...messages.slice(0, 3), `${messages.length - 3} more`] : messages;
    yield {
      at: first.at.place,
      about: aboutOf(object, place),
      message: `${who} of ${inCode(describeObject(object))}: ${shown.join("; ")}`,
      ...(stood && all.some(({ grave }) => grave) ? {} : { asks: true as const }),
      object: describeObject(object),
      pointer: place,
    };
  }
  const hidden = after.hidden.filter(({ key }) => before?.hidden.some((other) => other.key === key) !== true);
  for (const { at } of new Map(hidden.map((one) => [one.at.pointer, one])).values()) {
    yield {
      at: at.place,
      about: aboutOf(object, at.pointer),
      undecided: `what ${inCode(String(at.scalar))} gives ${who} of ${inCode(describeObject(object))}`,
    };
  }
}

export default defineRule({
  id: "k8s-container-privileged",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary: "A container gets more of its node, or more of root, than it had.",
  why: "A container is kept apart by these settings alone. Without them one bug in a program is the whole node, with the secrets of every pod on it.",
  remedy:
    "Give the one capability or the one folder that is needed, read-only where it can be, and keep the rest as it was.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const touched = new Set(objects.flatMap(({ changed, after }) => (changed && after !== undefined ? [after] : [])));
    const whole = new Set(
      [...objects].flatMap(({ after }) => (after === undefined || after.patch ? [] : [`${after.kind} ${after.name}`])),
    );
    for (const { before, after } of workloads(objects, reach)) {
      if (after === undefined || !touched.has(after.object) || after.object.kind === "LimitRange") continue;
      const { object } = after;
      // What a patch comes to is looked at where it is put together with the rest.
      if (isOnlySample(object.path, reach) || (object.patch && whole.has(`${object.kind} ${object.name}`))) continue;
      const pod = podOf(object);
      if (isExpression(pod) && pod !== undefined) {
        yield {
          at: pod.place,
          about: aboutOf(object, pod.pointer),
          undecided: `what the pods of ${inCode(describeObject(object))} may do`,
        };
        continue;
      }
      for (const one of compared(before, after)) yield* observed(one, object);
    }
  },
  examples: {
    "settings that stand elsewhere, and what they dropped when they go": {
      reverse: "reports",
      change: `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              image: api
      >       securityContext: \${SECURITY}`,
    },
    "privileged is turned on": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  securityContext:
      -             privileged: false
      >             privileged: true`,
    "the socket of the runtime is mounted": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers:
                - name: api
                  image: api
      +           volumeMounts: [ { name: docker, mountPath: /var/run/docker.sock, readOnly: true } ]
      +       volumes:
      +         - name: docker
      +           hostPath:
      >             path: /var/run/docker.sock`,
    "a new workload on the network of its node": `
      A k8s/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          template:
            spec:
      >       hostNetwork: true
              containers:
                - name: agent
                  image: agent`,
    "a capability, and root": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          securityContext:
      -     runAsUser: 1000
      >     runAsUser: 0
          containers:
            - name: api
              securityContext:
                capabilities:
                  drop: [ALL]
      +           add:
      >             - SYS_ADMIN`,
    "what was dropped is not any more": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              securityContext:
      -         capabilities: { drop: [ALL] }
      !         readOnlyRootFilesystem: true`,
    "profiles are taken off": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          securityContext:
            seccompProfile:
      -       type: RuntimeDefault
      >       type: Unconfined
          containers:
            - name: api
              securityContext:
      -         readOnlyRootFilesystem: true
      >         readOnlyRootFilesystem: false
      -         procMount: Default
      >         procMount: Unmasked`,
    "a mount becomes writable, and a port of the node is opened": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              ports:
                - containerPort: 8080
      >           hostPort: 8080
              volumeMounts:
      -         - { name: logs, mountPath: /logs, readOnly: true }
      +         - { name: logs, mountPath: /logs }
          volumes:
            - name: logs
              hostPath:
      !         path: /var/log`,
    "the same settings, at the container instead of the pod": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
      -   securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
          containers:
            - name: api
              image: api
      +       securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }`,
    "a folder within what was mounted": `
      M k8s/agent.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: agent }
        spec:
          containers:
            - name: agent
              image: agent
          volumes:
            - name: logs
      -       hostPath: { path: /var/log }
      +       hostPath: { path: /var/log/pods/ }`,
    "one capability in place of all that are given": `
      M k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec:
          containers:
            - name: api
              image: api
      +       securityContext: { capabilities: { drop: [ALL], add: [CAP_NET_BIND_SERVICE] } }`,
    "a new workload that says nothing": `
      A k8s/api.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: api }
        spec: { containers: [ { name: api, image: api } ] }`,
  },
});
