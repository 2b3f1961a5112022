import { z } from "zod";
import { figureAt, isHidden } from "../../kubernetes/figures.ts";
import { podOf, stoodBefore } from "../../kubernetes/scaling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";

/** Classes that every cluster has, above all that people define. */
const system = /^system-(?:cluster|node)-critical$/u;

/**
 * Whether these pods are part of the cluster itself, which the classes are for. What is new may be, where it runs on every node or
 * does not say where: agents and drivers come as charts that leave the namespace to those who install them.
 */
function isOfCluster({ namespace, kind }: KubernetesObject, isNew: boolean): boolean {
  return namespace?.startsWith("kube-") === true || (isNew && (namespace === null || kind === "DaemonSet"));
}

function classOf(object: KubernetesObject | undefined): Value | undefined {
  return object === undefined ? undefined : podOf(object)?.at("priorityClassName");
}

function* ofPods(was: KubernetesObject | undefined, now: KubernetesObject): Iterable<Observation> {
  const [stood, at] = [classOf(was), classOf(now)];
  if (at === undefined || typeof at.scalar !== "string" || at.scalar === stood?.scalar) return;
  const before = typeof stood?.scalar === "string" ? stood.scalar : null;
  if (/[${]/u.test(at.scalar)) yield { at: at.place, undecided: `which pods \`${now.name}\` may displace` };
  if (!system.test(at.scalar) || isOfCluster(now, was === undefined) || (before !== null && system.test(before)))
    return;
  const edit = before === null ? undefined : replaced(at, before);
  yield {
    at: at.place,
    message: `pods of \`${now.name}\` are of the class \`${at.scalar}\`${before === null ? "" : `, were of \`${before}\``}: where room is short they evict every other service to get in`,
    asks: true,
    pointer: at.pointer,
    before,
    after: at.scalar,
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}

function* ofClass(was: KubernetesObject | undefined, now: KubernetesObject): Iterable<Observation> {
  const [stood, value] = [figureAt(was?.root, ["value"], null), figureAt(now.root, ["value"], null)];
  const { at, number } = value;
  if (at !== undefined && was !== undefined && isHidden(at, number, stood.at)) {
    yield { at: at.place, undecided: `which pods those of \`${now.name}\` displace` };
  }
  if (at !== undefined && number !== null && stood.number !== null && number > stood.number) {
    const edit = replaced(at, String(stood.number));
    yield {
      at: at.place,
      message: `the priority of \`${now.name}\` is ${number}, was ${stood.number}: its pods come to displace all those in between`,
      pointer: at.pointer,
      before: stood.number,
      after: number,
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
  const fallback = now.root.at("globalDefault");
  const standing = was?.root.at("globalDefault");
  if (fallback !== undefined && isHidden(fallback, typeof fallback.scalar === "boolean" ? "" : null, standing)) {
    yield { at: fallback.place, undecided: `whether every pod without a class is of \`${now.name}\`` };
  }
  if (fallback?.scalar === true && standing?.scalar !== true) {
    const edit = replaced(fallback, "false");
    yield {
      at: fallback.place,
      message: `\`${now.name}\` is the class of every new pod in the cluster that names none: with ${number ?? "an unknown value"} they displace what runs now`,
      pointer: fallback.pointer,
      before: standing?.scalar === false ? false : null,
      after: true,
      ...(edit === undefined ? {} : { fix: [edit] }),
    };
  }
  const preempting = now.root.at("preemptionPolicy");
  if (was?.root.at("preemptionPolicy")?.scalar === "Never" && preempting?.scalar !== "Never") {
    const at = preempting ?? now.root;
    if (preempting !== undefined && preempting.scalar !== "PreemptLowerPriority") {
      yield { at: at.place, undecided: `whether pods of \`${now.name}\` displace others` };
      return;
    }
    yield {
      at: at.place,
      message: `pods of \`${now.name}\` come to evict others to get in: preemptionPolicy was Never`,
      pointer: "/preemptionPolicy",
      before: "Never",
      after: "PreemptLowerPriority",
    };
  }
}

export default defineRule({
  id: "k8s-priority-raised",
  invariant: "values-stay-in-bounds",
  severity: "medium",
  confidence: "high",
  summary:
    "Pods come to displace others: by a class of the system, a higher priority, or a class that becomes everybody's.",
  why: "Priority decides who is evicted when nodes are full. Raised for one service it takes the room of all others, in the very hour when room is short.",
  remedy:
    "Keep `system-*` classes for what the cluster itself runs on; order your own services by classes of your own, with `preemptionPolicy: Never` where they need not displace anybody.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of objects) {
      const { after } = change;
      if (after === undefined || !change.changed) continue;
      const before = stoodBefore(change, reach);
      const object = describeObject(after);
      const found = after.kind === "PriorityClass" ? ofClass(before, after) : ofPods(before, after);
      for (const each of found) {
        const part = "pointer" in each ? each.pointer : "";
        const about = `${after.path} ${object}#priority${part}`;
        yield "message" in each ? { ...each, asks: true, about, object } : { ...each, about };
      }
    }
  },
  examples: {
    "a service comes before the cluster's own pods": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
      -       priorityClassName: business-high
      >       priorityClassName: system-cluster-critical
              containers: [ { name: api } ]`,
    "the value of a class goes up": `
      M k8s/priorities.yaml
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: { name: batch }
      - value: 100
      > value: 1000000`,
    "a class becomes everybody's": `
      M k8s/priorities.yaml
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: { name: high }
        value: 100000
      - globalDefault: false
      > globalDefault: true`,
    "it comes to evict": `
      M k8s/priorities.yaml
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: { name: high }
        value: 100000
      - preemptionPolicy: Never
      > preemptionPolicy: PreemptLowerPriority`,
    "a new agent of every node": `
      A k8s/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent, namespace: storage }
        spec: { template: { spec: { priorityClassName: system-node-critical, containers: [ { name: agent } ] } } }`,
    "a part of the cluster": `
      M k8s/dns.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: dns, namespace: kube-system }
        spec:
          template:
            spec:
      +       priorityClassName: system-cluster-critical
              containers: [ { name: dns } ]`,
    "from one class of one's own to another": `
      M k8s/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api, namespace: shop }
        spec:
          template:
            spec:
      -       priorityClassName: business-low
      +       priorityClassName: business-high
              containers: [ { name: api } ]`,
  },
});
