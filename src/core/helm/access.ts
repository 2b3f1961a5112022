import { child, type Span, type Tree } from "../views/documents.ts";
import {
  assembled,
  isOff,
  listOf,
  madeUp,
  type MapTree,
  named,
  type Part,
  plain,
  type Shaped,
  textOf,
} from "./parts.ts";

/**
 * What values say of who reaches the pods of a chart and what its account may do, by the conventions of Helm's own template, Bitnami and
 * app-template: services, ingresses, network policies, accounts and roles.
 */
export function accessOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  return [
    ...serviceOf(from, at),
    ...ingressOf(from, at),
    ...policyOf(from, at),
    ...accountOf(from, at),
    ...rolesOf(from, at),
  ];
}

/** Whether the map stands at this key, or is one of several under it. */
function isUnder(at: readonly string[], pattern: RegExp): boolean {
  return at.slice(-2).some((key) => pattern.test(plain(key)));
}

const serviceTypes = /^(?:ClusterIP|NodePort|LoadBalancer)$/u;

/** The types of services mean nothing else, wherever they stand. */
function serviceOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const isNamed = isUnder(at, /service$|^services$/u);
  const written = named(from, "type");
  const own = isNamed || serviceTypes.test(textOf(written) ?? "") ? written : undefined;
  const type = named(from, "servicetype") ?? own;
  const parts: readonly Part[] = [
    [["metadata", "annotations"], isNamed ? named(from, "annotations") : undefined],
    [["spec", "type"], type?.kind === "scalar" ? type : undefined],
    [["spec", "loadBalancerSourceRanges"], named(from, "loadbalancersourceranges")],
    [["spec", "externalIPs"], named(from, "externalips")],
  ];
  return isSaid(parts) ? [shape("v1", "Service", from, at, parts)] : [];
}

function ingressOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const [outer = "", own = ""] = [at.at(-2), at.at(-1)].map((key) => plain(key ?? ""));
  const isIngress = (key: string): boolean => /^ingress(?:es)?$/u.test(key);
  if (!(isIngress(own) || isIngress(outer)) || outer.startsWith("networkpolic")) return [];
  const parts: readonly Part[] = [
    [["metadata", "annotations"], named(from, "annotations")],
    [["spec", "ingressClassName"], named(from, "ingressclassname", "classname")],
    [["spec", "rules"], hostsOf(from)],
    [["spec", "tls"], tlsOf(named(from, "tls"), from)],
  ];
  const isSwitch = isIngress(own) && child(from, "enabled") !== undefined;
  return isSwitch || hostsOf(from) !== undefined || named(from, "ingressclassname", "classname") !== undefined
    ? [{ ...shape("networking.k8s.io/v1", "Ingress", from, at, parts), unsaid: "opened" }]
    : [];
}

function hostsOf(from: MapTree): Tree | undefined {
  const written = named(from, "hosts", "hostname", "host");
  const extra = named(from, "extrahosts");
  const items = [written, extra].flatMap((one) => (one?.kind === "list" ? one.items : (one ?? [])));
  if (items.length === 0) return undefined;
  const rules = items.map((item) => {
    const host = item.kind === "map" ? named(item, "host", "name") : item;
    return assembled([[["host"], host]], item.span);
  });
  return listOf(rules, written?.span ?? from.span);
}

/** A list as Kubernetes writes it, or a switch for the hosts of the map. */
function tlsOf(tls: Tree | undefined, from: MapTree): Tree | undefined {
  if (tls?.kind !== "scalar") return tls;
  if (tls.value !== true) return undefined;
  return listOf([assembled([[["hosts"], listOf(hostNames(from), tls.span)]], tls.span)], tls.span);
}

function hostNames(from: MapTree): readonly Tree[] {
  const rules = hostsOf(from);
  return rules?.kind === "list" ? rules.items.flatMap((rule) => child(rule, "host") ?? []) : [];
}

/** What a chart's policy lets in is its template's; what the values add to it is read. */
function policyOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  if (!/^networkpolic(?:y|ies)$/u.test(plain(at.at(-1) ?? ""))) return [];
  const switches = [child(from, "enabled"), named(from, "allowexternal", "extraingress")];
  if (switches.every((one) => one === undefined)) return [];
  const { span } = from;
  const external = named(from, "allowexternal");
  const port = assembled([[["port"], madeUp("of the chart", external?.span ?? span)]], external?.span ?? span);
  const open = external?.kind === "scalar" && external.value !== false ? [withPorts(port, external.span)] : [];
  const extra = named(from, "extraingress");
  const rules = [...open, ...(extra?.kind === "list" ? extra.items : [])];
  const parts: readonly Part[] = [
    [["spec", "podSelector", "matchLabels", "app.kubernetes.io/name"], madeUp(at.slice(0, -1).join("."), span)],
    [["spec", "ingress"], listOf(rules, span)],
  ];
  return [{ ...shape("networking.k8s.io/v1", "NetworkPolicy", from, at, parts), unsaid: "absent" }];
}

function withPorts(port: Tree, span: Span): Tree {
  return assembled([[["ports"], listOf([port], span)]], span);
}

function accountOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  if (!isUnder(at, /^serviceaccounts?$/u)) return [];
  const parts: readonly Part[] = [
    [["metadata", "annotations"], named(from, "annotations")],
    [["automountServiceAccountToken"], named(from, "automountserviceaccounttoken", "automount")],
  ];
  return isSaid(parts) ? [{ ...shape("v1", "ServiceAccount", from, at, parts), unsaid: "empty" }] : [];
}

/** The account that pods run as, where the chart does not make it: one that it makes has what the chart binds to it. */
export function accountNameOf(from: MapTree): Tree | undefined {
  const account = named(from, "serviceaccount");
  return account !== undefined && isOff(account) ? named(account, "name") : undefined;
}

const rbacGroup = "rbac.authorization.k8s.io/v1";

/** Rules that a chart puts into roles of its own, whatever it calls them; and whether it makes its own at all. */
function rolesOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  const ruled = from.entries.flatMap(({ key, value }): readonly Shaped[] => {
    if (value.kind !== "list" || !value.items.some(isRule)) return [];
    const isNarrow = textOf(named(from, "type", "kind")) === "Role";
    const body = assembled([[["rules"], value]], value.span);
    const place = [...at, key];
    return [{ apiVersion: rbacGroup, kind: isNarrow ? "Role" : "ClusterRole", at: place, from: place, body }];
  });
  if (!isUnder(at, /^rbac$/u)) return ruled;
  const given = from.entries.filter(({ key, value }) => isRoleName(key, value));
  if (given.length > 0) return [...ruled, ...given.map(({ key, value }) => binding(from, [...at, key], value))];
  return child(from, "create") === undefined && child(from, "enabled") === undefined
    ? ruled
    : [...ruled, { ...binding(from, at, madeUp(`of the chart (${at.join(".")})`, from.span)), unsaid: "whole" }];
}

/** A role that every cluster has, or what is put in where the name of one stands. */
function isRoleName(key: string, value: Tree): boolean {
  const name = textOf(value) ?? "";
  if (name === "cluster-admin") return true;
  return /role(?:name|ref)?$/u.test(plain(key)) && /^(?:admin|edit|view)$|\$\{|\{\{|\$\(/u.test(name);
}

function isRule(tree: Tree): boolean {
  const about = named(tree, "resources", "nonresourceurls");
  return tree.kind === "map" && named(tree, "verbs") !== undefined && about !== undefined;
}

function binding(from: MapTree, at: readonly string[], role: Tree): Shaped {
  const { span } = from;
  const subject = assembled(
    [
      [["kind"], madeUp("ServiceAccount", span)],
      [["name"], madeUp(`of the chart (${at.slice(0, -1).join(".") || "root"})`, span)],
    ],
    role.span,
  );
  const parts: readonly Part[] = [
    [["roleRef", "kind"], madeUp("ClusterRole", role.span)],
    [["roleRef", "name"], role],
    [["subjects"], listOf([subject], role.span)],
  ];
  return { apiVersion: rbacGroup, kind: "ClusterRoleBinding", at, from: at, body: assembled(parts, span) };
}

function isSaid(parts: readonly Part[]): boolean {
  return parts.some(([, value]) => value !== undefined);
}

function shape(apiVersion: string, kind: string, from: MapTree, at: readonly string[], parts: readonly Part[]): Shaped {
  return { apiVersion, kind, at, from: at, body: assembled(parts, from.span) };
}
