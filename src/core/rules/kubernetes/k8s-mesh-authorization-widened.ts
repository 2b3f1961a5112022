import { z } from "zod";
import { actionOf, isAuthorizationPolicy, isWithin, rulesOf, selectsAll } from "../../kubernetes/mesh/authorization.ts";
import { stoodBefore } from "../../kubernetes/scaling.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

interface Seen {
  readonly key: string;
  readonly at: Value;
  readonly message: string;
}

/**
 * Rules of the head that no rule of before holds. What any of several policies allows is allowed. Workloads that it comes to stand before let
 * everything in until now, unless another policy judged them.
 */
function* allowed(
  after: KubernetesObject,
  before: KubernetesObject | undefined,
  beside: readonly KubernetesObject[],
): Iterable<Seen> {
  const others = beside.filter((policy) => policy !== before && actionOf(policy) === "ALLOW");
  const own = before !== undefined && (others.length === 0 || selectsAll(before, after)) ? [before] : [];
  const known = [...own, ...others.filter((policy) => selectsAll(policy, after))].flatMap(rulesOf);
  for (const at of rulesOf(after)) {
    if (known.some((rule) => isWithin(at, rule))) continue;
    yield { key: at.pointer, at, message: "it allows requests that nothing allowed before" };
  }
}

function* denied(before: KubernetesObject, after: KubernetesObject): Iterable<Seen> {
  for (const rule of rulesOf(before)) {
    if (rulesOf(after).some((other) => isWithin(rule, other))) continue;
    const at = after.root.at("spec", "rules") ?? after.root.at("spec") ?? after.root;
    yield { key: "denied", at, message: "it denies fewer requests than before" };
    return;
  }
}

function* changed(
  before: KubernetesObject,
  after: KubernetesObject,
  beside: readonly KubernetesObject[],
): Iterable<Seen> {
  const [was, is] = [actionOf(before), actionOf(after)];
  const spec = after.root.at("spec") ?? after.root;
  if (was !== is && was !== "AUDIT") {
    yield {
      key: "action",
      at: after.root.at("spec", "action") ?? spec,
      message: `its action ${inCode(was)} → ${inCode(is)}`,
    };
    return;
  }
  if (was !== "AUDIT" && !selectsAll(after, before)) {
    yield {
      key: "selector",
      at: after.root.at("spec", "selector") ?? spec,
      message: "it stands before fewer workloads",
    };
  }
  if (is === "ALLOW") yield* allowed(after, before, beside);
  if (is === "DENY" || is === "CUSTOM") yield* denied(before, after);
}

function isBeside(a: KubernetesObject, b: KubernetesObject): boolean {
  const folder = ({ path }: KubernetesObject) => path.slice(0, path.lastIndexOf("/"));
  return isAuthorizationPolicy(a) && a.namespace === b.namespace && folder(a) === folder(b);
}

function* observed(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
  objects: readonly ObjectChange[],
): Iterable<Seen> {
  if (after === undefined) {
    if (before === undefined || before.patch || actionOf(before) === "AUDIT") return;
    yield {
      key: "removed",
      at: before.root,
      message: "it is removed, and nothing is asked of the requests that it judged",
    };
    return;
  }
  const beside = objects.flatMap((change) =>
    change.before !== undefined && isBeside(change.before, after) ? [change.before] : [],
  );
  if (before !== undefined) yield* changed(before, after, beside);
  // The first policy that allows denies the rest; one more allows more.
  else if (actionOf(after) === "ALLOW" && beside.some((policy) => actionOf(policy) === "ALLOW"))
    yield* allowed(after, undefined, beside);
}

export default defineRule({
  id: "k8s-mesh-authorization-widened",
  invariant: "network-does-not-widen",
  severity: "high",
  confidence: "medium",
  summary:
    "An authorization policy of the mesh is removed, allows more, denies less, or stands before fewer workloads.",
  why: "Within the mesh these policies are all that parts one service from another: a request that none of them judges is let through.",
  remedy: "Name the principals, the methods and the paths that are needed, and keep the rest as it was.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const change of objects) {
      const { after } = change;
      const before = after === undefined ? change.before : stoodBefore(change, reach);
      const object = after ?? before;
      if (!change.changed || object === undefined || !isAuthorizationPolicy(object) || isOnlySample(object.path, reach))
        continue;
      for (const { key, at, message } of observed(before, after, objects)) {
        const name = describeObject(object);
        yield {
          at: at.place,
          about: aboutOf(object, key),
          message: `${inCode(name)}: ${message}`,
          asks: true,
          object: name,
          pointer: at.pointer,
        };
      }
    }
  },
  examples: {
    "the policy goes": `
      D k8s/policy.yaml
      < apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec: {}`,
    "every principal is allowed": `
      M k8s/policy.yaml
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec:
          rules:
      -     - from: [ { source: { principals: [cluster.local/ns/web/sa/web] } } ]
      -       to: [ { operation: { methods: [GET] } } ]
      >     - to: [ { operation: { methods: [GET] } } ]`,
    "it denies less": `
      M k8s/policy.yaml
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec:
          action: DENY
          rules:
      -     - to: [ { operation: { paths: [/admin*] } } ]
      >     - to: [ { operation: { paths: [/admin] } } ]`,
    "it stands before one workload": `
      M k8s/policy.yaml
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec:
      +   selector:
      >     matchLabels: { app: api }
          rules: [ { from: [ { source: { namespaces: [web] } } ] } ]`,
    "one path of those that were allowed": `
      M k8s/policy.yaml
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec:
          rules:
      -     - to: [ { operation: { paths: ["/api/*"] } } ]
      +     - to: [ { operation: { paths: [/api/orders], methods: [GET] } } ]`,
    "the first policy of a namespace": `
      A k8s/policy.yaml
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: api, namespace: shop }
        spec: { rules: [ {} ] }`,
  },
});
