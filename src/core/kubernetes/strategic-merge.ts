import { childOf, isNull, type ListNode, type MapNode, type Node, textOf, withEntry, withoutEntry } from "./node.ts";

/** A directive of strategic merge patches that is not applied here. */
export class UnknownDirective extends Error {}

/**
 * Fields of Kubernetes' own types whose lists are merged item by item, with the keys that tell their items apart; lists elsewhere are
 * replaced as a whole. https://github.com/kubernetes/api (`patchMergeKey`, `listMapKey`)
 */
const mergeKeys: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [["name"]],
  initContainers: [["name"]],
  ephemeralContainers: [["name"]],
  volumes: [["name"]],
  imagePullSecrets: [["name"]],
  secrets: [["name"]],
  hostAliases: [["ip"]],
  topologySpreadConstraints: [["topologyKey", "whenUnsatisfiable"], ["topologyKey"]],
  resourceClaims: [["name"]],
  schedulingGates: [["name"]],
  env: [["name"]],
  ports: [["containerPort", "protocol"], ["containerPort"], ["port", "protocol"], ["port"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  ownerReferences: [["uid"]],
  conditions: [["type"]],
  webhooks: [["name"]],
};

/** Fields named as those above whose lists have no merge key where they stand. */
const replacedIn: Readonly<Record<string, readonly string[]>> = {
  ports: ["ingress", "egress", "from", "to"],
};

/** API groups whose types Kustomize knows; the lists of all others are replaced. */
const builtIn = new Set([
  "",
  "admissionregistration.k8s.io",
  "apps",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

export function isBuiltIn(group: string): boolean {
  return builtIn.has(group);
}

/** The keys that the schema at this field knows, as long as it is known. */
interface Schema {
  readonly merges: boolean;
  readonly around: string;
}

/**
 * An object with a strategic merge patch over it; null where the patch deletes it. Values that the object keeps keep their places, those
 * that the patch sets have the places of the patch. `merges`: the lists of its kind have merge keys.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(object: MapNode, patch: MapNode, merges: boolean): MapNode | null {
  const merged = mergedMap(object, patch, { merges, around: "" });
  return merged?.kind === "map" ? merged : null;
}

function directiveOf(node: Node): string | null {
  return node.kind === "map" ? textOf(childOf(node, "$patch")) : null;
}

function mergedMap(base: MapNode, patch: MapNode, schema: Schema): Node | null {
  const directive = directiveOf(patch);
  if (directive === "delete") return null;
  if (directive === "replace") return settled(withoutEntry(patch, "$patch"));
  if (directive !== null && directive !== "merge") throw new UnknownDirective(`\`$patch: ${directive}\``);
  let result = base;
  for (const { key, value } of patch.entries) {
    if (key === "$patch") continue;
    if (key.startsWith("$")) throw new UnknownDirective(`\`${key}\``);
    const merged = mergedAt(key, childOf(result, key), value, schema);
    result = merged === null ? withoutEntry(result, key) : withEntry(result, key, merged);
  }
  return result;
}

function mergedAt(key: string, standing: Node | undefined, patch: Node, schema: Schema): Node | null {
  if (isNull(patch)) return null;
  const inner = { ...schema, around: key };
  if (patch.kind === "map") {
    if (directiveOf(patch) === "delete") return null;
    return standing?.kind === "map" ? mergedMap(standing, patch, inner) : settled(patch);
  }
  if (patch.kind === "list") {
    const keys = keysFor(key, schema, standing, patch);
    if (standing?.kind === "list" && keys !== null) return mergedList(standing, patch, keys, inner);
    if (standing?.kind === "list" && schema.merges && key === "finalizers") return united(standing, patch);
    return settled(patch);
  }
  return patch;
}

/** The keys that every item of both lists states, of those that the field has; null: the list is replaced. */
function keysFor(
  key: string,
  { merges, around }: Schema,
  standing: Node | undefined,
  patch: ListNode,
): readonly string[] | null {
  if (!merges || !Object.hasOwn(mergeKeys, key) || replacedIn[key]?.includes(around) === true) return null;
  const items = [...(standing?.kind === "list" ? standing.items : []), ...patch.items].filter(
    (item) => directiveOf(item) !== "replace",
  );
  const known = mergeKeys[key] ?? [];
  return known.find((keys) => items.every((item) => keys.every((one) => textOf(childOf(item, one)) !== null))) ?? null;
}

function mergedList(base: ListNode, patch: ListNode, keys: readonly string[], schema: Schema): Node {
  if (patch.items.some((item) => directiveOf(item) === "replace")) {
    return settled({ ...patch, items: patch.items.filter((item) => directiveOf(item) !== "replace") });
  }
  const identity = (item: Node): string => JSON.stringify(keys.map((key) => textOf(childOf(item, key))));
  const standing = new Map(base.items.map((item) => [identity(item), item]));
  // Kustomize puts what a patch names before the rest, in the order of the patch.
  const named = patch.items.flatMap((over) => {
    if (over.kind !== "map" || directiveOf(over) === "delete") return [];
    const item = standing.get(identity(over));
    const merged = item?.kind === "map" ? mergedMap(item, over, schema) : settled(over);
    return merged === null ? [] : [merged];
  });
  const known = new Set(patch.items.map(identity));
  return { ...base, items: [...named, ...base.items.filter((item) => !known.has(identity(item)))] };
}

function united(base: ListNode, patch: ListNode): ListNode {
  const known = new Set(base.items.map(textOf));
  return { ...base, items: [...base.items, ...patch.items.filter((item) => !known.has(textOf(item)))] };
}

/** What a patch sets where nothing stood: without its directives and what it deletes. */
function settled(node: Node): Node {
  switch (node.kind) {
    case "scalar":
      return node;
    case "list":
      return { ...node, items: node.items.filter((item) => directiveOf(item) !== "delete").map(settled) };
    case "map":
      return {
        ...node,
        entries: node.entries
          .filter(({ key, value }) => !key.startsWith("$") && !isNull(value) && directiveOf(value) !== "delete")
          .map(({ key, value }) => ({ key, value: settled(value) })),
      };
  }
}
