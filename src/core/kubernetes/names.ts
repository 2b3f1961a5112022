import { childOf, itemsOf, made, type Node, textOf, updated, withEntry } from "./node.ts";
import { changedTo, idOf, type Resource } from "./resource.ts";
import { isBuiltIn } from "./strategic-merge.ts";

/** Kinds of the cluster as a whole: no namespace is set on them. */
const clusterWide = new Set([
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ComponentStatus",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);
const clusterWideGroups = new Set(["apiextensions.k8s.io", "apiregistration.k8s.io"]);

function isClusterWide(resource: Resource): boolean {
  const { group, kind } = idOf(resource.root);
  return clusterWide.has(kind) && (isBuiltIn(group) || clusterWideGroups.has(group));
}

/** Everything goes to this namespace, and an object of kind Namespace takes its name. */
export function withNamespace(resources: readonly Resource[], namespace: Node, by: string): readonly Resource[] {
  const { place } = namespace;
  const accounts = new Set(
    resources.map(({ root }) => idOf(root)).flatMap(({ kind, name }) => (kind === "ServiceAccount" ? [name] : [])),
  );
  return resources.map((resource) => {
    const { root } = resource;
    const { kind } = idOf(root);
    if (kind === "Namespace" && isClusterWide(resource)) {
      return changedTo(
        resource,
        updated(root, ["metadata", "name"], () => namespace, place),
        by,
      );
    }
    const placed = isClusterWide(resource) ? root : updated(root, ["metadata", "namespace"], () => namespace, place);
    const bound = kind.endsWith("RoleBinding")
      ? updated(placed, ["subjects"], (subjects) =>
          subjects?.kind === "list"
            ? {
                ...subjects,
                items: subjects.items.map((one) =>
                  isAccount(one, accounts) ? updated(one, ["namespace"], () => namespace, place) : one,
                ),
              }
            : subjects,
        )
      : placed;
    return changedTo(resource, served(bound, kind, namespace), by);
  });
}

/** The namespace of the services that convert and admit objects. */
function served(root: Node, kind: string, namespace: Node): Node {
  const service = ["clientConfig", "service", "namespace"];
  const moved = (node: Node, path: readonly string[]): Node =>
    childOf(node, ...path.slice(0, -1)) === undefined ? node : updated(node, path, () => namespace, namespace.place);
  if (kind === "CustomResourceDefinition") return moved(root, ["spec", "conversion", "webhook", ...service]);
  if (!kind.endsWith("WebhookConfiguration")) return root;
  return updated(root, ["webhooks"], (list) =>
    list?.kind === "list" ? { ...list, items: list.items.map((item) => moved(item, service)) } : list,
  );
}

function isAccount(subject: Node, accounts: ReadonlySet<string>): boolean {
  const name = textOf(childOf(subject, "name")) ?? "";
  return textOf(childOf(subject, "kind")) === "ServiceAccount" && (name === "default" || accounts.has(name));
}

const unaffixed = new Set(["APIService", "CustomResourceDefinition", "Namespace"]);

/** Every name gets the prefix and the suffix, and so does what refers to it. */
export function withAffixes(
  resources: readonly Resource[],
  affixes: { readonly prefix: Node | undefined; readonly suffix: Node | undefined },
  by: string,
): readonly Resource[] {
  const [prefix, suffix] = [textOf(affixes.prefix) ?? "", textOf(affixes.suffix) ?? ""];
  const place = (affixes.prefix ?? affixes.suffix)?.place;
  if (place === undefined || `${prefix}${suffix}` === "") return resources;
  const renamed = resources.map((resource) => {
    if (unaffixed.has(idOf(resource.root).kind)) return resource;
    const root = updated(resource.root, ["metadata", "name"], (name) => {
      const text = textOf(name);
      return text === null ? name : made(`${prefix}${text}${suffix}`, place);
    });
    return changedTo(resource, root, by);
  });
  return referring(resources, renamed, by);
}

/** Where Kubernetes' own types name an object of another kind: the key around the name, the key of the name, the kind. */
const references: readonly (readonly [string, string, string])[] = [
  ["configMap", "name", "ConfigMap"],
  ["configMapRef", "name", "ConfigMap"],
  ["configMapKeyRef", "name", "ConfigMap"],
  ["secret", "secretName", "Secret"],
  ["secret", "name", "Secret"],
  ["secretRef", "name", "Secret"],
  ["secretKeyRef", "name", "Secret"],
  ["imagePullSecrets", "name", "Secret"],
  ["secrets", "name", "Secret"],
  ["tls", "secretName", "Secret"],
  ["spec", "serviceAccountName", "ServiceAccount"],
  ["persistentVolumeClaim", "claimName", "PersistentVolumeClaim"],
  ["spec", "serviceName", "Service"],
  ["service", "name", "Service"],
  ["spec", "policyName", "ValidatingAdmissionPolicy"],
  ["spec", "volumeName", "PersistentVolume"],
  ["spec", "priorityClassName", "PriorityClass"],
  ["spec", "storageClassName", "StorageClass"],
];

/** Keys that hold a reference with the kind in it, where Kubernetes' own types have them. */
const typed = new Set(["scaleTargetRef", "roleRef", "subjects"]);

function referring(before: readonly Resource[], after: readonly Resource[], by: string): readonly Resource[] {
  const names = new Map<string, Node>();
  before.forEach(({ root }, index) => {
    const now = childOf(after[index]?.root, "metadata", "name");
    const { kind, name } = idOf(root);
    if (now !== undefined && textOf(now) !== name) names.set(`${kind} ${name}`, now);
  });
  return after.map((resource) =>
    isBuiltIn(idOf(resource.root).group) ? changedTo(resource, renamedIn(resource.root, "", names), by) : resource,
  );
}

function renamedIn(node: Node, around: string, names: ReadonlyMap<string, Node>): Node {
  switch (node.kind) {
    case "scalar":
      return node;
    case "list": {
      const items = node.items.map((item) => renamedIn(item, around, names));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    case "map": {
      let result = node;
      for (const { key, value } of node.entries) {
        const own = nameAt(around, key, node);
        const next = own === null ? undefined : names.get(`${own} ${textOf(value) ?? ""}`);
        const inner = next ?? (value.kind === "scalar" ? value : renamedIn(value, key, names));
        if (inner !== value) result = withEntry(result, key, inner);
      }
      return result;
    }
  }
}

/** The kind of what a key names; null where it names nothing. */
function nameAt(around: string, key: string, map: Node): string | null {
  if (typed.has(around)) return key === "name" ? textOf(childOf(map, "kind")) : null;
  return references.find(([outer, inner]) => outer === around && inner === key)?.[2] ?? null;
}

/** The labels of a kustomization, and where besides `metadata` they go. */
export interface Labels {
  readonly pairs: Node;
  readonly selectors: boolean;
  readonly templates: boolean;
}

const podTemplates: readonly (readonly string[])[] = [
  ["spec", "template"],
  ["spec", "jobTemplate"],
  ["spec", "jobTemplate", "spec", "template"],
];
const selected = new Set(["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"]);

export function withLabels(
  resources: readonly Resource[],
  { pairs, selectors, templates }: Labels,
  by: string,
): readonly Resource[] {
  return resources.map((resource) => {
    const { kind, group } = idOf(resource.root);
    let root = merged(resource.root, ["metadata", "labels"], pairs, true);
    if (isBuiltIn(group) && (selectors || templates)) {
      for (const path of podTemplates) {
        if (hasAt(root, path)) root = merged(root, [...path, "metadata", "labels"], pairs, true);
      }
      if (kind === "StatefulSet") root = claimTemplates(root, "labels", pairs);
    }
    if (isBuiltIn(group) && selectors) {
      if (kind === "Service" || kind === "ReplicationController")
        root = merged(root, ["spec", "selector"], pairs, true);
      if (selected.has(kind)) root = merged(root, ["spec", "selector", "matchLabels"], pairs, true);
      if (kind === "PodDisruptionBudget") root = merged(root, ["spec", "selector", "matchLabels"], pairs, false);
      if (kind === "NetworkPolicy") root = merged(root, ["spec", "podSelector", "matchLabels"], pairs, false);
      if (kind === "Job") root = merged(root, ["spec", "selector", "matchLabels"], pairs, false);
    }
    return changedTo(resource, root, by);
  });
}

export function withAnnotations(resources: readonly Resource[], pairs: Node, by: string): readonly Resource[] {
  return resources.map((resource) => {
    let root = merged(resource.root, ["metadata", "annotations"], pairs, true);
    if (isBuiltIn(idOf(root).group)) {
      for (const path of podTemplates) {
        if (hasAt(root, path)) root = merged(root, [...path, "metadata", "annotations"], pairs, true);
      }
    }
    return changedTo(resource, root, by);
  });
}

function hasAt(root: Node, path: readonly string[]): boolean {
  return childOf(root, ...path)?.kind === "map";
}

function merged(root: Node, path: readonly string[], pairs: Node, create: boolean): Node {
  if (pairs.kind !== "map") return root;
  let result = root;
  for (const { key, value } of pairs.entries) {
    if (!create && childOf(root, ...path) === undefined) continue;
    result = updated(result, [...path, key], () => value, pairs.place);
  }
  return result;
}

function claimTemplates(root: Node, field: string, pairs: Node): Node {
  if (itemsOf(childOf(root, "spec", "volumeClaimTemplates")).length === 0) return root;
  return updated(root, ["spec", "volumeClaimTemplates"], (list) =>
    list?.kind === "list"
      ? { ...list, items: list.items.map((one) => merged(one, ["metadata", field], pairs, true)) }
      : list,
  );
}
