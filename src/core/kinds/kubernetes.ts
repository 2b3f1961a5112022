import type { KindEvidence } from "./evidence.ts";
import type { ChangedFile } from "../change/change-set.ts";
import { hunks, type Span } from "../change/hunks.ts";
import type { Kind } from "../policy/schema.ts";
import { isOfValues } from "../helm/objects.ts";
import { isImmutable } from "../kubernetes/immutable.ts";
import { kindsOfSetting } from "./setting-names.ts";
import type { KubernetesObject, KubernetesView, ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";

/** What an object is for, by its kind; every change of it is of that kind. */
const kindsOfObject: Readonly<Record<string, Kind>> = {
  HorizontalPodAutoscaler: "scale",
  ScaledObject: "scale",
  ReplicaCount: "scale",
  VerticalPodAutoscaler: "resources",
  ResourceQuota: "resources",
  LimitRange: "resources",
  ConfigMap: "config",
  Ingress: "ingress",
  IngressClass: "ingress",
  IngressRoute: "ingress",
  Gateway: "ingress",
  HTTPRoute: "ingress",
  GRPCRoute: "ingress",
  TLSRoute: "ingress",
  TCPRoute: "ingress",
  VirtualService: "ingress",
  Service: "network",
  NetworkPolicy: "network",
  CiliumNetworkPolicy: "network",
  CiliumClusterwideNetworkPolicy: "network",
  AuthorizationPolicy: "auth",
  PeerAuthentication: "auth",
  RequestAuthentication: "auth",
  Role: "iam",
  ClusterRole: "iam",
  RoleBinding: "iam",
  ClusterRoleBinding: "iam",
  ServiceAccount: "iam",
  Secret: "secrets",
  SealedSecret: "secrets",
  ExternalSecret: "secrets",
  SecretStore: "secrets",
  ClusterSecretStore: "secrets",
  ValidatingWebhookConfiguration: "guardrail",
  MutatingWebhookConfiguration: "guardrail",
  ValidatingAdmissionPolicy: "guardrail",
  ClusterPolicy: "guardrail",
};

/** Groups whose objects are databases, by the operators that read them. */
const databaseGroups =
  /^(?:postgresql\.cnpg\.io|acid\.zalan\.do|mysql\.oracle\.com|psmdb\.percona\.com|pxc\.percona\.com|mongodbcommunity\.mongodb\.com|databases\.spotahome\.com|k8ssandra\.io|postgres-operator\.crunchydata\.com)\//u;

/** Parts of a workload, by the keys on the way to a value. The first that fits decides. */
const parts: readonly (readonly [RegExp, Kind])[] = [
  [/^spec\.replicas$/u, "scale"],
  [/(?:^|\.)(?:liveness|readiness|startup)Probe(?:\.|$)/u, "probes"],
  [/(?:^|\.)resources\./u, "resources"],
  [/(?:^|\.)(?:initContainers|containers|ephemeralContainers)\.[^.]+\.image$/u, "image"],
  [/(?:^|\.)(?:hostNetwork|hostPort|hostPID|hostIPC)$/u, "network"],
  [/(?:^|\.)(?:serviceAccountName|serviceAccount|automountServiceAccountToken|securityContext)(?:\.|$)/u, "iam"],
  [/(?:^|\.)(?:env|envFrom|args|command)(?:\.|$)/u, "config"],
];

/** Where objects that deploy a chart hold its values. */
const valuesOf: Readonly<Record<string, RegExp>> = {
  Application: /^spec\.sources?\.(?:[^.]+\.)?helm\.valuesObject\./u,
  HelmRelease: /^spec\.values\./u,
};

/** Kinds of a change of Kubernetes objects: by what they are, and by which parts of them differ. The keys of values tell theirs themselves. */
export function kubernetesKinds(view: KubernetesView): readonly KindEvidence[] {
  return view.objects.flatMap((change) => (change.changed && !isOfValues(change) ? kindsOf(change) : []));
}

function kindsOf({ before: stood, after }: ObjectChange): readonly KindEvidence[] {
  // Environments go by paths: an object that comes from another file is new where it arrives, with all that it holds.
  const before = after === undefined || stood?.path === after.path ? stood : undefined;
  const object = after ?? before;
  if (object === undefined) return [];
  const [old, fresh] = [leaves(before?.root), leaves(after?.root)];
  const different = [...new Set([...old.keys(), ...fresh.keys()])].filter(
    (path) => old.get(path)?.text !== fresh.get(path)?.text,
  );
  if (different.length === 0) return [];
  const at = (path: string): Leaf | undefined => fresh.get(path) ?? old.get(path);
  const first = different.map(at).find((leaf) => leaf !== undefined);
  const own = ownKinds(object).map((kind) =>
    sighting(kind, object, first, `${nameOf(object)} ${verbOf(before, after)}`),
  );
  if (after === undefined) return [sighting("delete", object, undefined, `${nameOf(object)} is gone`), ...own];
  const found = new Map<Kind, KindEvidence>(
    own.map((evidence, index) => [ownKinds(object)[index] ?? "config", evidence]),
  );
  for (const path of different) {
    const key = path.slice(path.lastIndexOf(".") + 1);
    const change = `${key} ${shown(old.get(path))} → ${shown(fresh.get(path))} of ${nameOf(object)}`;
    for (const kind of kindsAt(path, object, before !== undefined)) {
      if (!found.has(kind)) found.set(kind, sighting(kind, object, at(path), change));
    }
  }
  return [...found.values()];
}

/** @param stood whether the object was there before: what is new replaces nothing */
function kindsAt(path: string, { kind: own }: KubernetesObject, stood: boolean): readonly Kind[] {
  const part = parts.find(([pattern]) => pattern.test(path))?.[1];
  const replaces = stood && isImmutable(own, path);
  const values = Object.hasOwn(valuesOf, own) ? valuesOf[own] : undefined;
  const ofChart = values?.test(path) === true ? kindsOfSetting(path.replace(values, "").split("."), true) : [];
  return [...(part === undefined ? [] : [part]), ...(replaces ? (["replace"] as const) : []), ...ofChart];
}

function ownKinds({ kind, apiVersion }: KubernetesObject): readonly Kind[] {
  const own = Object.hasOwn(kindsOfObject, kind) ? kindsOfObject[kind] : undefined;
  return databaseGroups.test(apiVersion) ? ["database"] : own === undefined ? [] : [own];
}

function verbOf(before: KubernetesObject | undefined, after: KubernetesObject | undefined): string {
  return before === undefined ? "added" : after === undefined ? "removed" : "changed";
}

function nameOf({ kind, name }: KubernetesObject): string {
  return `${kind}/${name}`;
}

function sighting(kind: Kind, object: KubernetesObject, leaf: Leaf | undefined, because: string): KindEvidence {
  const { path, side, line } = leaf?.value.place ?? object.root.place;
  return { kind, path, side, line, because };
}

/**
 * Whether parts of these kinds are all that changes in a manifest: every line that was added or taken away holds such a part and no other. A
 * part that has no kind of its own is of none of them.
 */
export function changesOnly(file: ChangedFile, view: KubernetesView, kinds: readonly Kind[]): boolean {
  const objects = view.objects.filter((change) => !isOfValues(change) && change.files.includes(file.path));
  const told = { base: new Set<number>(), head: new Set<number>() };
  for (const { before, after } of objects) {
    if (before === undefined || after === undefined || before.path !== after.path) return false;
    if (!ownKinds(after).every((kind) => kinds.includes(kind))) return false;
    const [old, fresh] = [leaves(before.root), leaves(after.root)];
    for (const path of new Set([...old.keys(), ...fresh.keys()])) {
      if (old.get(path)?.text === fresh.get(path)?.text) continue;
      const kind = parts.find(([pattern]) => pattern.test(path))?.[1];
      if (kind === undefined || !kinds.includes(kind)) return false;
      for (const leaf of [old.get(path), fresh.get(path)])
        if (leaf?.value.place.path === file.path) told[leaf.value.place.side].add(leaf.value.place.line);
    }
  }
  const lines = hunks(file);
  return lines.length > 0 && lines.every((hunk) => isTold(hunk.before, told.base) && isTold(hunk.after, told.head));
}

function isTold({ start, count }: Span, lines: ReadonlySet<number>): boolean {
  return Array.from({ length: count }, (_, index) => start + index).every((line) => lines.has(line));
}

interface Leaf {
  readonly value: Value;
  readonly text: string;
}

/** Every scalar by the keys on the way to it. Items of a list that have a name go by it, so that an order is no difference. */
function leaves(root: Value | undefined): ReadonlyMap<string, Leaf> {
  const found = new Map<string, Leaf>();
  const stack = root === undefined ? [] : [{ value: root, path: "" }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, path } = next;
    if (value.scalar !== undefined) found.set(path, { value, text: JSON.stringify(value.scalar) });
    const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
    for (const { key, value: child } of value.entries()) stack.push({ value: child, path: below(key) });
    for (const [index, item] of value.items().entries()) {
      const name = item.at("name")?.scalar;
      stack.push({ value: item, path: below(typeof name === "string" ? name : String(index)) });
    }
  }
  return found;
}

/** Only what cannot carry an author's words: numbers, booleans, quantities. */
function shown(leaf: Leaf | undefined): string {
  const scalar = leaf?.value.scalar;
  if (scalar === undefined) return "none";
  if (typeof scalar === "string") return /^[\d.]+[A-Za-z%]{0,2}$/u.test(scalar) ? scalar : "(text)";
  return String(scalar);
}
