import { z } from "zod";
import { isExpression } from "../../kubernetes/figures.ts";
import { isProduction, leastPods, podOf, side, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

type Part = Pick<Sighting, "at" | "message"> & Partial<Sighting> & { readonly part: string };
type Unseen = { readonly at: Sighting["at"]; readonly undecided: string; readonly part: string };

const spreads = [["topologySpreadConstraints"], ["affinity", "podAntiAffinity"]] as const;

/** What spreads the pods over nodes or zones. */
function spreadOf(object: KubernetesObject): readonly Value[] {
  return spreads.flatMap((path) => {
    const found = podOf(object)?.at(...path);
    return found === undefined || found.scalar === null || found.items().length + found.entries().length === 0
      ? []
      : [found];
  });
}

function bunched(was: KubernetesObject, now: KubernetesObject, pods: number | null): Part | null {
  if (spreadOf(was).length === 0 || spreadOf(now).length > 0 || now.patch) return null;
  if (pods === null || pods < 2) return null;
  return {
    at: (podOf(now) ?? now.root).place,
    part: "spread",
    message: `nothing spreads the ${pods} pods of \`${now.name}\` any more: one node or one zone may come to hold all of them`,
    before: "spread",
    after: "none",
  };
}

const controlPlane = /^node-role\.kubernetes\.io\/(?:control-plane|master)$/u;

/** The keys of taints that the pods bear; `*` for a toleration of every taint. */
function toleratedBy(object: KubernetesObject): ReadonlyMap<string, Value> {
  const items = podOf(object)?.at("tolerations")?.items() ?? [];
  return new Map(
    items.flatMap((item) => {
      const [key, operator] = [item.at("key"), item.at("operator")];
      if (key !== undefined && key.scalar !== "") return [[String(key.scalar), key] as const];
      if (isExpression(operator)) return [[String(operator?.scalar), item] as const];
      return operator?.scalar === "Exists" ? [["*", item] as const] : [];
    }),
  );
}

/** Pods of a service come to run where the cluster itself is run from. Agents of all nodes belong there. */
function* tolerating(was: KubernetesObject, now: KubernetesObject): Iterable<Part | Unseen> {
  if (now.kind === "DaemonSet" || now.patch) return;
  const stood = toleratedBy(was);
  for (const [key, at] of toleratedBy(now)) {
    if (stood.has(key) || stood.has("*")) continue;
    if (/[${]/u.test(key))
      yield { at: at.place, part: `toleration.${key}`, undecided: `which taints pods of \`${now.name}\` bear` };
    if (key !== "*" && !controlPlane.test(key)) continue;
    yield {
      at: at.place,
      part: `toleration.${key}`,
      message: `pods of \`${now.name}\` come to bear ${key === "*" ? "every taint" : `the taint \`${key}\``}: they may run on the control plane${key === "*" ? ", and on nodes that are being taken away" : ""}`,
      before: null,
      after: key,
    };
  }
}

function selectorOf(object: KubernetesObject): Value | undefined {
  const found = podOf(object)?.at("nodeSelector");
  return found === undefined || found.scalar === null || found.entries().length === 0 ? undefined : found;
}

/** They leave the nodes that were chosen for them. */
function* moved(was: KubernetesObject, now: KubernetesObject): Iterable<Part | Unseen> {
  const [stood, stands] = [selectorOf(was), selectorOf(now)];
  for (const { key, value } of stands?.entries() ?? []) {
    const before = stood?.at(key);
    if (before?.scalar === value.scalar) continue;
    const part = `nodeSelector.${key}`;
    const text = String(value.scalar);
    if (/\$\{|\{\{/u.test(text)) {
      yield { at: value.place, part, undecided: `on which nodes \`${now.name}\` runs` };
      continue;
    }
    if (before === undefined && !controlPlane.test(key)) continue;
    yield {
      at: value.place,
      part,
      message: `\`${now.name}\` runs on nodes where \`${key}\` is \`${text}\`${before === undefined ? ", the control plane" : `, was \`${String(before.scalar)}\``}: all of its pods move there at once, and wait where no such node has room`,
      before: before === undefined ? null : String(before.scalar),
      after: text,
    };
  }
}

export default defineRule({
  id: "k8s-placement-loosened",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary: "Pods in production are not spread any more, come to run on the control plane, or move to other nodes.",
  why: "Replicas help only while they fail apart: on one node they are gone together. On the control plane a busy service takes the cluster itself down.",
  remedy:
    "Keep `topologySpreadConstraints` over hostname and zone for two pods or more, keep services off the control plane, and move between pools one workload at a time.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, context) {
    const standing = side(objects, "after");
    for (const change of objects) {
      const { after } = change;
      const before = stoodBefore(change, context.reach);
      if (after === undefined || before === undefined || !change.changed || !isProduction(after.path, context))
        continue;
      const object = describeObject(after);
      const spread = bunched(before, after, leastPods(after, standing));
      for (const each of [
        ...(spread === null ? [] : [spread]),
        ...tolerating(before, after),
        ...moved(before, after),
      ]) {
        const { part, ...observed } = each;
        const about = `${after.path} ${object}#${part}`;
        yield "undecided" in observed ? { ...observed, about } : { ...observed, asks: true, about, object };
      }
    }
  },
  examples: {
    "nothing spreads them any more": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 6
          template:
            spec:
      !       containers: [ { name: api } ]
      -       topologySpreadConstraints:
      -         - { maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule }`,
    "onto the control plane": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers: [ { name: api } ]
      +       tolerations:
      >         - key: node-role.kubernetes.io/control-plane
      +           effect: NoSchedule`,
    "every taint is borne": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              containers: [ { name: api } ]
      +       tolerations:
      >         - operator: Exists`,
    "to the nodes that may be taken away": {
      reverse: "reports",
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
              nodeSelector:
      -         pool: on-demand
      >         pool: spot
              containers: [ { name: api } ]`,
    },
    "one way of spreading takes the place of another": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 6
          template:
            spec:
      -       affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [ { weight: 1 } ] } }
      +       topologySpreadConstraints: [ { maxSkew: 1, topologyKey: kubernetes.io/hostname } ]
              containers: [ { name: api } ]`,
    "an agent of every node": `
      M k8s/production/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          template:
            spec:
              containers: [ { name: agent } ]
      +       tolerations: [ { operator: Exists } ]`,
    "a single pod in staging": `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          template:
            spec:
      -       nodeSelector: { pool: small }
      +       nodeSelector: { pool: large }
              containers: [ { name: api } ]`,
  },
});
