import { z } from "zod";
import { describeRequests, gravity, isHidden } from "../../kubernetes/rbac/powers.ts";
import { type Newly, newlyAllowed } from "../../kubernetes/rbac/newly.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";

interface Placed {
  readonly at: Value;
  readonly object: KubernetesObject;
  readonly newly: Newly;
}

/** Where a reader sees what allows it: a subject or a role that is new to a binding, else the rule. */
function placed(newly: Newly, objects: readonly ObjectChange[]): Placed | null {
  const { binding, subjectAt, rule } = newly.grant;
  if (binding !== undefined) {
    const change = objects.find(({ after }) => after === binding);
    const was = change?.before;
    const named = (root: Value | undefined) => String(root?.at("name")?.scalar ?? "");
    const known =
      was?.root
        .at("subjects")
        ?.items()
        .some((one) => named(one) === named(subjectAt)) ?? false;
    if (change?.changed === true && !known && subjectAt !== undefined) return { at: subjectAt, object: binding, newly };
    const [now, then] = [binding.root.at("roleRef"), was?.root.at("roleRef")];
    if (now !== undefined && (named(now) !== named(then) || now.at("kind")?.scalar !== then?.at("kind")?.scalar)) {
      return { at: now, object: binding, newly };
    }
    const isOfRole = [rule?.role, rule?.through].some((one) => one !== undefined && isChanged(one, objects));
    if (!isOfRole) return { at: subjectAt ?? binding.root, object: binding, newly };
  }
  if (
    rule?.through !== undefined &&
    isChanged(rule.through, objects) &&
    !(rule.role !== undefined && isChanged(rule.role, objects))
  ) {
    return { at: rule.through.root.at("aggregationRule") ?? rule.through.root, object: rule.through, newly };
  }
  if (rule?.role === undefined || rule.at === undefined) return null;
  // A role that is new and nobody at hand has gives nobody anything, unless a label adds it to what many hold.
  const isNew = objects.some(({ before, after }) => after === rule.role && before === undefined);
  const isOwn = newly.grant.roleName === `${rule.role.kind} ${rule.role.name}`;
  if (binding === undefined && isNew && isOwn && gravity(newly).length === 0) return null;
  return { at: rule.at, object: rule.role, newly };
}

function isChanged(role: KubernetesObject, objects: readonly ObjectChange[]): boolean {
  return objects.some(({ after, changed }) => after === role && changed);
}

function shortened(texts: readonly string[], most: number): string {
  const all = [...new Set(texts)];
  return all.length <= most ? all.join("; ") : `${all.slice(0, most).join("; ")}; and ${all.length - most} more`;
}

function told(all: readonly [Placed, ...Placed[]], isNew: (object: KubernetesObject) => boolean): Observation {
  const [{ at, object }] = all;
  const newly = all.map((one) => one.newly);
  const about = aboutOf(object, at.pointer);
  const subjects = shortened(
    newly.map(({ grant }) => inCode(grant.subject)),
    4,
  );
  const grave = [...new Set(newly.flatMap(gravity))];
  const isUnknown = newly.some(({ left, isUnknown: unknown }) => unknown || left === null);
  if (grave.length === 0 && (isUnknown || newly.some(isHidden))) {
    const role = inCode(newly[0]?.grant.roleName ?? "");
    // All that one role gives whom the file names is one thing to find out.
    return { at: at.place, about: `${object.path} ${role}`, undecided: `what ${role} newly allows to ${subjects}` };
  }
  const read = newly.filter(({ isUnknown: unknown }) => !unknown);
  const what = read.flatMap(({ grant, left, urls }) => [
    // What is left of a wide permission is in many parts: the whole says more.
    ...((left ?? []).length > 2 && grant.requests !== null ? [grant.requests] : (left ?? [])).map(describeRequests),
    ...urls.map(({ verb, pattern }) => `${inCode(verb)} of the path ${inCode(pattern)}`),
  ]);
  const unbound = newly.every(({ grant }) => grant.binding === undefined) && isNew(object);
  return {
    at: at.place,
    about,
    message: `newly allowed to ${subjects}: ${shortened(isUnknown ? ["all that the role holds", ...what.slice(0, 2)] : what, 4)}${grave.length === 0 ? "" : ` (${grave.join("; ")})`}`,
    object: describeObject(object),
    pointer: at.pointer,
    ...(grave.length === 0 || unbound ? { asks: true as const } : {}),
  };
}

/** Who of AWS is whom in the cluster. https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html */
function* mapped({ before, after, changed }: ObjectChange): Iterable<Observation> {
  if (!changed || after?.kind !== "ConfigMap" || after.name !== "aws-auth") return;
  for (const key of ["mapRoles", "mapUsers", "mapAccounts"]) {
    const at = after.root.at("data", key);
    const lines = (value: Value | undefined) =>
      String(value?.scalar ?? "")
        .split("\n")
        .map((line) => line.replace(/^[\s-]+/u, "").trim());
    const known = Map.groupBy(lines(before?.root.at("data", key)), (line) => line);
    const fresh = [...Map.groupBy(lines(at), (line) => line)].filter(
      ([line, all]) => line !== "" && all.length > (known.get(line)?.length ?? 0),
    );
    if (at === undefined || fresh.length === 0) continue;
    const isMaster = fresh.some(([line]) => line.includes("system:masters"));
    const shown = fresh
      .slice(0, 3)
      .map(([line]) => inCode(line))
      .join(", ");
    yield {
      at: at.place,
      about: aboutOf(after, key),
      message: `${inCode(key)} of ${inCode("aws-auth")} newly says ${shown}${isMaster ? ": whoever it names is administrator of the cluster" : ""}`,
      ...(isMaster ? {} : { asks: true as const }),
      object: describeObject(after),
      pointer: at.pointer,
    };
  }
}

export default defineRule({
  id: "k8s-rbac-widened",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A role or a binding of Kubernetes allows somebody what nothing allowed them before.",
  why: "Whoever runs a pod under the account has its permissions. Some of them, such as reading secrets or running programs in other pods, lead to all the others.",
  remedy: "Name the verbs, the resources and the names that are needed, in one namespace, for an account of its own.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    const isNew = (object: KubernetesObject) =>
      objects.some(({ before, after }) => after === object && before === undefined);
    const found = newlyAllowed(objects, reach)
      .flatMap((newly) => placed(newly, objects) ?? [])
      .filter(({ object }) => !isOnlySample(object.path, reach));
    for (const change of objects) yield* mapped(change);
    for (const [first, ...rest] of Map.groupBy(found, ({ object, at }) => aboutOf(object, at.pointer)).values()) {
      if (first !== undefined) yield told([first, ...rest], isNew);
    }
  },
  examples: {
    "secrets may be read": `
      M k8s/rbac.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: api, namespace: shop }
        rules:
          - apiGroups: [""]
            resources: [configmaps]
            verbs: [get]
      >   - apiGroups: [""]
      +     resources: [secrets]
      +     verbs: [get, list]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: { name: api, namespace: shop }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: api }
        subjects:
          - { kind: ServiceAccount, name: api, namespace: shop }`,
    "another verb of a role whose bindings are elsewhere": `
      M k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: viewer }
        rules:
      !   - apiGroups: [apps]
            resources: [deployments]
      -     verbs: [get, list]
      +     verbs: [get, list, patch]`,
    "an account becomes administrator of the cluster": `
      M k8s/binding.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: tools }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
        subjects:
          - { kind: Group, name: platform }
      >   - { kind: ServiceAccount, name: agent, namespace: tools }`,
    "everybody who is logged in": `
      A k8s/binding.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: readers }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
        subjects:
      >   - { kind: Group, name: "system:authenticated" }`,
    "a role that is not at hand": `
      M k8s/binding.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: scraper }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:node" }
        subjects:
          - { kind: ServiceAccount, name: a, namespace: tools }
      >   - { kind: ServiceAccount, name: b, namespace: tools }`,
    "a label gives it to everybody who may edit": `
      A k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: queues, labels: { rbac.authorization.k8s.io/aggregate-to-edit: "true" } }
        rules:
      >   - apiGroups: [queues.acme.example]
            resources: [queues]
            verbs: [get, list, create]`,
    "a namespace becomes the whole cluster": `
      M k8s/binding.yaml
        apiVersion: rbac.authorization.k8s.io/v1
      - kind: RoleBinding
      + kind: ClusterRoleBinding
      - metadata: { name: api, namespace: shop }
      + metadata: { name: api }
        roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
        subjects:
      >   - { kind: ServiceAccount, name: api, namespace: shop }`,
    "a role of AWS becomes administrator": `
      M k8s/aws-auth.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: aws-auth, namespace: kube-system }
        data:
      !   mapRoles: |
            - rolearn: arn:aws:iam::111122223333:role/nodes
              groups: [system:nodes]
      +     - rolearn: arn:aws:iam::111122223333:role/ci
      +       groups: [system:masters]`,
    "a role comes to take up another one": `
      = k8s/secrets.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: secrets, labels: { tier: all } }
        rules: [ { apiGroups: [""], resources: [secrets], verbs: [get] } ]
      M k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: tools }
        aggregationRule:
      !   clusterRoleSelectors:
            - matchLabels: { tier: tools }
      +     - matchLabels: { tier: all }`,
    "the values of a chart give its role more": `
      M charts/operator/values.yaml
        replicaCount: 1
        rbac:
          rules:
      !     - apiGroups: [""]
              resources: [pods]
      -       verbs: [get]
      +       verbs: [get, delete]`,
    "the values of a chart make its account administrator": `
      M charts/operator/values.yaml
        replicaCount: 1
        rbac:
      -   clusterRole: view
      >   clusterRole: cluster-admin`,
    "a star is written out, which is less": `
      M k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: operator }
        rules:
          - apiGroups: [""]
      -     resources: ["*"]
      +     resources: [pods, pods/log, services]
      -     verbs: ["*"]
      +     verbs: [get, list, watch, create, escalate]`,
    "one rule is written as two, in another order": `
      M k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: api }
        rules:
      -   - apiGroups: [""]
      -     resources: [configmaps, secrets]
      -     verbs: [get, list]
      +   - apiGroups: [""]
      +     resources: [secrets]
      +     verbs: [list, get]
      +   - apiGroups: [""]
      +     resources: [configmaps]
      +     verbs: [get, list]`,
    "another binding gave it already": `
      M k8s/rbac.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: all }
        roleRef: { kind: ClusterRole, name: admin }
        subjects: [ { kind: ServiceAccount, name: api, namespace: shop } ]
      + ---
      + apiVersion: rbac.authorization.k8s.io/v1
      + kind: RoleBinding
      + metadata: { name: view, namespace: shop }
      + roleRef: { kind: ClusterRole, name: view }
      + subjects: [ { kind: ServiceAccount, name: api, namespace: shop } ]`,
    "the objects are named now": `
      M k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: api }
        rules:
          - apiGroups: [""]
            resources: [secrets]
      +     resourceNames: [api-tls]
            verbs: [get]`,
    "a new role that nobody at hand has, of ordinary permissions": `
      A k8s/role.yaml
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: { name: leases }
        rules:
          - apiGroups: [coordination.k8s.io]
            resources: [leases]
            verbs: [get, create, update]`,
  },
});
