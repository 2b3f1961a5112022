import { z } from "zod";
import {
  type Allowed,
  allowedBy,
  describeTraffic,
  type Direction,
  directions,
  isEverything,
  isNetworkPolicy,
  podsOf,
  typesOf,
} from "../../kubernetes/network/policies.ts";
import { isStopping, isVendorPolicy, ofVendorPolicy } from "../../kubernetes/network/vendors.ts";
import { overlap, remainder, type Traffic } from "../../kubernetes/network/traffic.ts";
import { isExpression } from "../../kubernetes/keeping.ts";
import { podOf, sharesNamespace, stoodBefore } from "../../kubernetes/scaling.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import { isArrival } from "../../views/workloads.ts";
import type { Value } from "../../views/value.ts";

type Reach = Parameters<typeof isArrival>[1];

/** The policies that act together: those of one namespace, in one folder or the environments that it reaches. */
interface Group {
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** What moved to another file is taken to have stood there. */
function groups(objects: readonly ObjectChange[], reach: Reach): readonly Group[] {
  const placed = objects
    .filter(({ before, after }) => [before, after].some((one) => one !== undefined && isNetworkPolicy(one)))
    .flatMap((change): { key: string; change: ObjectChange }[] => {
      const { before, after } = change;
      const key = ({ path, namespace }: KubernetesObject) => `${folderOf(path)} ${namespace ?? ""}`;
      if (before === undefined || after === undefined || !isArrival(change, reach)) {
        const one = after ?? before;
        return one === undefined ? [] : [{ key: key(one), change }];
      }
      return [
        { key: key(before), change: { ...change, after: undefined } },
        { key: key(after), change: { ...change, before: undefined } },
      ];
    });
  return [...Map.groupBy(placed, ({ key }) => key).values()].map((all) => ({
    before: all.flatMap(({ change }) => change.before ?? []),
    after: all.flatMap(({ change }) => change.after ?? []),
    changes: all.map(({ change }) => change),
  }));
}

/** The policy that does not stand before these pods any more, at what says so. */
function lost(
  traffic: Traffic,
  direction: Direction,
  { changes }: Group,
): { readonly at: Value; readonly object: KubernetesObject; readonly isGone: boolean } | null {
  for (const { before, after, changed } of changes) {
    if (!changed || before === undefined || !typesOf(before).includes(direction) || !overlap(traffic, podsOf(before)))
      continue;
    if (after === undefined) return { at: before.root, object: before, isGone: true };
    if (typesOf(after).includes(direction) && remainder(traffic, [podsOf(after)])?.length === 0) continue;
    const key = typesOf(after).includes(direction) ? "podSelector" : "policyTypes";
    return { at: after.root.at("spec", key) ?? after.root.at("spec") ?? after.root, object: after, isGone: false };
  }
  return null;
}

/** Whether the pods that a policy stood before go with it. */
function goesWithPods(policy: KubernetesObject, objects: readonly ObjectChange[]): boolean {
  const runs = (object: KubernetesObject | undefined): boolean =>
    object !== undefined &&
    podOf(object) !== undefined &&
    sharesNamespace(object, policy) &&
    folderOf(object.path) === folderOf(policy.path);
  return objects.some(({ before }) => runs(before)) && !objects.some(({ after }) => runs(after));
}

function* newly(group: Group, direction: Direction, objects: readonly ObjectChange[]): Iterable<Observation> {
  const [before, after] = [allowedBy(group.before, direction), allowedBy(group.after, direction)];
  const parts = [[], ["podSelector"], ["policyTypes"], [direction]];
  const written = (policies: readonly KubernetesObject[]) =>
    policies.flatMap(({ root }) => parts.flatMap((path) => root.at("spec", ...path) ?? []));
  const known = new Set(written(group.before).map(({ scalar }) => scalar));
  const hidden = written(group.after).find((one) => isExpression(one) && !known.has(one.scalar));
  if (hidden !== undefined) {
    yield {
      at: hidden.place,
      about: `${hidden.place.path} ${direction}`,
      undecided: "what a network policy lets through",
    };
  }
  const [first] = group.changes;
  const object = first?.after ?? first?.before;
  if (object === undefined) return;
  const stood = before?.map(({ traffic }) => traffic) ?? null;
  const lefts = after?.map((one) => ({ one, left: stood === null ? null : remainder(one.traffic, stood) })) ?? null;
  if (lefts === null || lefts.some(({ left }) => left === null)) {
    yield {
      at: object.root.place,
      about: aboutOf(object, direction),
      undecided: `what the policies of ${inCode(object.namespace ?? "this namespace")} newly let through`,
    };
    return;
  }
  const seen = new Set<string>();
  for (const { one, left } of lefts) {
    for (const traffic of left ?? []) {
      const observation =
        one.at === undefined ? unguarded(traffic, direction, group, objects) : opened(one, traffic, direction);
      if (observation === null || seen.has(observation.about ?? "")) continue;
      seen.add(observation.about ?? "");
      yield observation;
    }
  }
}

function unguarded(
  traffic: Traffic,
  direction: Direction,
  group: Group,
  objects: readonly ObjectChange[],
): Observation | null {
  const found = lost(traffic, direction, group);
  if (found === null || (found.isGone && goesWithPods(found.object, objects))) return null;
  const { at, object, isGone } = found;
  const isAll = podsOf(object).size === 0 || (isGone && traffic.size === 0);
  const way = direction === "ingress" ? "reached from everywhere" : "free to reach everything";
  return {
    at: at.place,
    about: aboutOf(object, `${direction} isolation`),
    message: `pods that ${inCode(describeObject(object))} stood before are ${way}${isGone ? ": it is removed" : ""}`,
    object: describeObject(object),
    ...(isAll && direction === "ingress" ? {} : { asks: true as const }),
  };
}

function opened({ at, policy }: Allowed, traffic: Traffic, direction: Direction): Observation | null {
  if (at === undefined || policy === undefined) return null;
  const about = aboutOf(policy, at.pointer);
  const hidden = [
    at,
    at.at("from"),
    at.at("to"),
    at.at("ports"),
    ...(at.at("from")?.items() ?? []),
    ...(at.at("to")?.items() ?? []),
  ]
    .flatMap((one) => [one, one?.at("ipBlock"), one?.at("ipBlock", "cidr")])
    .find(isExpression);
  if (hidden !== undefined)
    return { at: hidden.place, about, undecided: `whom ${inCode(describeObject(policy))} lets through` };
  const whole =
    isEverything(traffic) && (at.at("from")?.items() ?? []).length + (at.at("to")?.items() ?? []).length === 0;
  return {
    at: at.place,
    about,
    message: `${inCode(describeObject(policy))} newly lets ${direction === "ingress" ? "in" : "out"}: ${inCode(describeTraffic(traffic))}`,
    object: describeObject(policy),
    pointer: at.pointer,
    ...(whole && direction === "ingress" ? {} : { asks: true as const }),
  };
}

function* ofVendors(change: ObjectChange, objects: readonly ObjectChange[], reach: Reach): Iterable<Observation> {
  const { after } = change;
  const before = after === undefined ? change.before : stoodBefore(change, reach);
  const object = after ?? before;
  if (object === undefined || !isVendorPolicy(object)) return;
  const name = describeObject(object);
  const seen = (at: Value, key: string, message: string): Observation => ({
    at: at.place,
    about: aboutOf(object, key),
    message: `${inCode(name)}: ${message}`,
    asks: true,
    object: name,
    pointer: at.pointer,
  });
  if (after === undefined) {
    if (before?.patch === false && isStopping(before) && !goesWithPods(before, objects))
      yield seen(before.root, "removed", "it is removed, and whatever it stopped is let through");
    return;
  }
  const beside = objects.flatMap((one) =>
    one.before !== undefined && isVendorPolicy(one.before) && folderOf(one.before.path) === folderOf(after.path)
      ? [one.before]
      : [],
  );
  for (const { key, at, message, hidden } of ofVendorPolicy(before, after, beside)) {
    yield hidden === true
      ? { at: at.place, about: aboutOf(after, key), undecided: `whom ${inCode(name)} lets through` }
      : seen(at, key, message);
  }
}

export default defineRule({
  id: "k8s-network-policy-widened",
  invariant: "network-does-not-widen",
  severity: "high",
  confidence: "high",
  summary: "Network policies let through what they stopped before, or stand before fewer pods.",
  why: "A pod that no policy selects is open to every other one of the cluster, and often to the internet. One program that is taken over then reaches all the others.",
  remedy: "Name the peers and the ports that are needed, and keep the policy that denies the rest.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const group of groups(objects, reach)) {
      const one = group.after[0] ?? group.before[0];
      if (one === undefined || isOnlySample(one.path, reach) || !group.changes.some(({ changed }) => changed)) continue;
      for (const direction of directions) yield* newly(group, direction, objects);
    }
    for (const change of objects) {
      const object = change.after ?? change.before;
      if (change.changed && object !== undefined && !isOnlySample(object.path, reach))
        yield* ofVendors(change, objects, reach);
    }
  },
  examples: {
    "a policy that stands elsewhere": {
      change: `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
      - spec: { podSelector: {} }
      > spec: \${POLICY}`,
    },
    "the rules of a policy stand elsewhere": {
      change: `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: {}
      -   ingress: []
      >   ingress: \${RULES}`,
    },
    "the values of a chart turn its policy off": `
      M charts/web/values.yaml
        replicaCount: 2
        networkPolicy:
      <   enabled: true
      +   enabled: false`,
    "the policy that denies the rest goes": `
      D k8s/deny.yaml
      < apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny, namespace: shop }
        spec: { podSelector: {}, policyTypes: [Ingress] }`,
    "fewer pods are selected": `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
      -   podSelector: {}
      >   podSelector: { matchLabels: { app: api } }
          ingress: []`,
    "anybody is let in": `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: { matchLabels: { app: api } }
          ingress:
      -     - from: [ { podSelector: { matchLabels: { app: web } } } ]
      >     - from: []`,
    "an exception of a block goes": `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: { matchLabels: { app: api } }
          policyTypes: [Egress]
          egress:
      !     - to:
                - ipBlock:
                    cidr: 0.0.0.0/0
      -             except: [169.254.169.254/32]`,
    "a direction is not policed any more": `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: { matchLabels: { app: api } }
      -   policyTypes: [Ingress, Egress]
      >   policyTypes: [Ingress]
          egress: []`,
    "a policy for pods that another one stood before": `
      M k8s/shop.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny, namespace: shop }
        spec: { podSelector: {} }
      + ---
      + apiVersion: networking.k8s.io/v1
      + kind: NetworkPolicy
      + metadata: { name: api, namespace: shop }
      + spec:
      +   podSelector: { matchLabels: { app: api } }
      +   ingress:
      >     - from: [ { namespaceSelector: { matchLabels: { team: web } } } ]
      +       ports: [ { port: 8080 } ]`,
    "a policy for pods that none stood before": `
      A k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: { matchLabels: { app: api } }
          ingress:
            - from: []`,
    "a peer is added to a policy of Cilium": `
      M k8s/api.yaml
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          endpointSelector: { matchLabels: { app: api } }
          ingress:
      -     - fromEndpoints: [ { matchLabels: { app: web } } ]
      >     - fromEndpoints: [ { matchLabels: { app: web } } ]
      +       fromEntities: [world]`,
    "a denial of Calico goes": `
      M k8s/api.yaml
        apiVersion: projectcalico.org/v3
        kind: GlobalNetworkPolicy
        metadata: { name: base }
        spec:
      !   selector: all()
          types: [Ingress]
          ingress:
      -     - { action: Deny, source: { nets: [203.0.113.0/24] } }
            - { action: Allow, source: { nets: [10.0.0.0/8] } }`,
    "an administrator lets a namespace in before all policies": `
      A k8s/admin.yaml
        apiVersion: policy.networking.k8s.io/v1alpha1
        kind: AdminNetworkPolicy
        metadata: { name: monitoring }
        spec:
          priority: 10
          subject: { namespaces: {} }
          ingress:
      >     - action: Allow
              from: [ { namespaces: { matchLabels: { team: monitoring } } } ]`,
    "half of the addresses, and one of the ports": `
      M k8s/api.yaml
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          endpointSelector: { matchLabels: { app: api } }
          egress:
      -     - toCIDR: [10.0.0.0/8]
      +     - toCIDR: [10.128.0.0/9]
              toPorts:
      -         - ports: [ { port: "443" }, { port: "80" } ]
      +         - ports: [ { port: "443" } ]`,
    "two rules in place of one, of fewer ports": `
      M k8s/api.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: api, namespace: shop }
        spec:
          podSelector: { matchLabels: { app: api } }
          ingress:
      -     - from: [ { podSelector: {} }, { ipBlock: { cidr: 10.0.0.0/8 } } ]
      -       ports: [ { port: 8000, endPort: 8100 } ]
      +     - from: [ { ipBlock: { cidr: 10.128.0.0/9 } }, { ipBlock: { cidr: 10.0.0.0/9 } } ]
      +       ports: [ { port: 8080 } ]
      +     - from: [ { podSelector: { matchLabels: { app: web } } } ]
      +       ports: [ { port: 8100 } ]`,
    "another policy stands before all pods": `
      M k8s/shop.yaml
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: deny, namespace: shop }
        spec: { podSelector: {} }
      - ---
      - apiVersion: networking.k8s.io/v1
      - kind: NetworkPolicy
      - metadata: { name: api, namespace: shop }
      - spec:
      -   podSelector: { matchLabels: { app: api } }
      -   ingress: [ { from: [ { podSelector: {} } ] } ]`,
    "the pods go with their policy": `
      D k8s/old/all.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: old, namespace: shop }
        spec: { template: { metadata: { labels: { app: old } }, spec: { containers: [ { name: old, image: old } ] } } }
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: old, namespace: shop }
        spec: { podSelector: { matchLabels: { app: old } } }`,
  },
});
