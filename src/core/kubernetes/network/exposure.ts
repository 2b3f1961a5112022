import { difference, type Intervals, intervals } from "../../../lib/intervals.ts";
import { everyAddress, parseNetwork } from "../../../lib/ip.ts";
import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";

/** One way by which more of the world reaches what it did not reach. */
export interface Opening {
  readonly key: string;
  readonly at: Value;
  readonly message: string;
  /** From outside of the cluster, to what nobody outside reached. */
  readonly grave?: true;
  readonly hidden?: true;
}

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

function texts(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  return value.scalar == null
    ? value.items().map(text)
    : text(value)
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== "");
}

function annotation({ root }: KubernetesObject, name: string): Value | undefined {
  return root.at("metadata", "annotations", name);
}

function quoted(words: string): string {
  return `\`${words.replaceAll("`", "'")}\``;
}

/** IPv6 stands behind IPv4 on one line of numbers. */
const shift = 1n << 130n;

/** Addresses of a list of networks; no list at all is everybody. Null: one of them cannot be read. */
function addresses(networks: readonly string[]): Intervals | null {
  const everybody = [everyAddress(4), { from: shift, to: everyAddress(6).to + shift }];
  if (networks.length === 0) return intervals(everybody);
  const ranges = networks.map(parseNetwork);
  if (ranges.some((range) => range === null)) return null;
  return intervals(
    ranges.flatMap((range) =>
      range === null ? [] : [range.family === 4 ? range : { from: range.from + shift, to: range.to + shift }],
    ),
  );
}

/** What a list of networks lets in that the former one did not. */
export function widened(key: string, was: Value | undefined, is: Value | undefined, place: Value): readonly Opening[] {
  const [former, now] = [texts(was), texts(is)];
  // Without a list everybody was let in already.
  if (former.length === 0 || former.join() === now.join()) return [];
  const [before, after] = [addresses(former), addresses(now)];
  const at = is ?? place;
  if (before === null || after === null) {
    if (now.every((one) => former.includes(one)) && now.length > 0) return [];
    return [{ key, at, message: "", hidden: true }];
  }
  if (difference(after, before).length === 0) return [];
  const shown =
    now.length === 0
      ? "everybody"
      : now
          .filter((one) => !former.includes(one))
          .slice(0, 4)
          .map(quoted)
          .join(", ");
  const isOpen = now.length === 0 || now.some((one) => one === "0.0.0.0/0" || one === "::/0");
  return [{ key, at, message: `${quoted(key)} newly lets in ${shown}`, ...(isOpen ? { grave: true as const } : {}) }];
}

/** How far a service is reached, from its cluster to the world. https://kubernetes.io/docs/concepts/services-networking/service/ */
const reaches: Readonly<Record<string, number>> = { ExternalName: 0, ClusterIP: 0, NodePort: 1, LoadBalancer: 2 };

/** Annotations by which a load balancer has no public address, of AWS, GKE, AKS, OpenStack, Oracle, Alibaba and IBM, and the values that say so. */
const internal: Readonly<Record<string, RegExp>> = {
  "service.beta.kubernetes.io/aws-load-balancer-internal": /^(?:true|0\.0\.0\.0\/0)$/u,
  "service.beta.kubernetes.io/aws-load-balancer-scheme": /^internal$/u,
  "networking.gke.io/load-balancer-type": /^internal$/iu,
  "cloud.google.com/load-balancer-type": /^internal$/iu,
  "service.beta.kubernetes.io/azure-load-balancer-internal": /^true$/u,
  "service.beta.kubernetes.io/openstack-internal-load-balancer": /^true$/u,
  "service.beta.kubernetes.io/oci-load-balancer-internal": /^true$/u,
  "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": /^intranet$/u,
  "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": /^private$/u,
};

function isInternal(object: KubernetesObject): boolean {
  return Object.entries(internal).some(([name, says]) => says.test(text(annotation(object, name))));
}

export function ofService(before: KubernetesObject | undefined, after: KubernetesObject): readonly Opening[] {
  const spec = after.root.at("spec") ?? after.root;
  const type = spec.at("type");
  const [was, is] = [before?.root.at("spec", "type"), type].map((one) => text(one) || "ClusterIP");
  const openings: Opening[] = [];
  const add = (opening: Opening): void => void openings.push(opening);
  const isReached = (word: string | undefined): number => reaches[word ?? ""] ?? 0;
  if (isExpression(type) && type !== undefined) {
    if (is !== was) add({ key: "type", at: type, message: "", hidden: true });
  } else if (type !== undefined && isReached(is) > isReached(was)) {
    const isPublic = isReached(is) === 2 && !isInternal(after);
    const where =
      isReached(is) === 1
        ? "on a port of every node"
        : isPublic
          ? "from outside, by a load balancer of its own"
          : "by an internal load balancer of its own";
    add({
      key: "type",
      at: type,
      message: `${before === undefined ? "" : `${quoted(was ?? "")} → `}${quoted(is ?? "")}: it is reached ${where}`,
      ...(isPublic && before !== undefined ? { grave: true as const } : {}),
    });
  }
  const known = texts(before?.root.at("spec", "externalIPs"));
  for (const at of spec.at("externalIPs")?.items() ?? []) {
    if (!known.includes(text(at)))
      add({
        key: `externalIPs ${text(at)}`,
        at,
        message: `it takes the traffic to the address ${quoted(text(at))} from every node`,
      });
  }
  if (before === undefined) return openings;
  if (is === "LoadBalancer" && was === "LoadBalancer" && isInternal(before) && !isInternal(after)) {
    const changed = Object.keys(internal)
      .map((name) => annotation(after, name))
      .find((one) => one !== undefined);
    const at = changed ?? after.root.at("metadata", "annotations") ?? after.root.at("metadata") ?? after.root;
    if (isExpression(changed)) add({ key: "internal", at, message: "", hidden: true });
    else
      add({ key: "internal", at, message: "its load balancer was an internal one and is not any more", grave: true });
  }
  const sources = (object: KubernetesObject) =>
    object.root.at("spec", "loadBalancerSourceRanges") ??
    annotation(object, "service.beta.kubernetes.io/load-balancer-source-ranges");
  if (is === "LoadBalancer")
    openings.push(...widened("loadBalancerSourceRanges", sources(before), sources(after), spec));
  return openings;
}

/** Annotations that let in only some: of ingress-nginx, HAProxy, GKE, AWS and Traefik. A comma parts networks. */
const allowlists = [
  "nginx.ingress.kubernetes.io/whitelist-source-range",
  "nginx.ingress.kubernetes.io/allowlist-source-range",
  "haproxy.org/allow-list",
  "haproxy.org/whitelist",
  "haproxy-ingress.github.io/allowlist-source-range",
  "alb.ingress.kubernetes.io/inbound-cidrs",
];

/** https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ ("snippet"): text that the proxy runs. */
const snippet = /-snippets?$/u;

const redirects = [
  "nginx.ingress.kubernetes.io/ssl-redirect",
  "nginx.ingress.kubernetes.io/force-ssl-redirect",
  "kubernetes.io/ingress.allow-http",
];

function isLetIn(host: string, known: readonly string[]): boolean {
  return known.some(
    (one) => one === host || one === "" || one === "*" || (one.startsWith("*.") && host.endsWith(one.slice(1))),
  );
}

/** A wildcard is wider than any host under it: no host at all is everything. */
function wildHosts(before: readonly string[], after: readonly Value[], place: Value): readonly Opening[] {
  const hosts = after.length === 0 ? [place] : after;
  return hosts.flatMap((at): readonly Opening[] => {
    const host = text(at);
    if (!(host === "" || host.startsWith("*")) || isLetIn(host, before)) return [];
    return [
      {
        key: `host ${host}`,
        at,
        message:
          host === "" ? "it takes requests for every host" : `it takes requests for every host of ${quoted(host)}`,
      },
    ];
  });
}

export function ofIngress(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const spec = after.root.at("spec") ?? after.root;
  const rules = (object: KubernetesObject) => object.root.at("spec", "rules")?.items() ?? [];
  const formerHosts = rules(before).map((rule) => text(rule.at("host")));
  const openings = [
    ...wildHosts(
      formerHosts.length === 0 ? [""] : formerHosts,
      rules(after).map((rule) => rule.at("host") ?? rule),
      spec,
    ),
  ];
  const covered = ({ root }: KubernetesObject): readonly string[] =>
    (root.at("spec", "tls")?.items() ?? []).flatMap((one) => texts(one.at("hosts")));
  const hosts = rules(after).map((rule) => text(rule.at("host")));
  const open = covered(before).filter((host) => !isLetIn(host, covered(after)) && hosts.includes(host));
  const isBare =
    before.root.at("spec", "tls") !== undefined &&
    spec.at("tls") === undefined &&
    (open.length > 0 || covered(before).length === 0);
  if (open.length > 0 || isBare)
    openings.push({
      key: "tls",
      at: spec.at("tls") ?? spec,
      message: `it served ${open.length === 0 ? "TLS" : `${open.slice(0, 4).map(quoted).join(", ")} by TLS`}, and does not any more`,
    });
  for (const name of allowlists)
    openings.push(
      ...widened(name, annotation(before, name), annotation(after, name), after.root.at("metadata") ?? spec),
    );
  for (const { key, value } of after.root.at("metadata", "annotations")?.entries() ?? []) {
    if (snippet.test(key) && text(value) !== text(annotation(before, key)))
      openings.push({
        key,
        at: value,
        message: `${quoted(key)} is configuration that the proxy of every tenant runs, with all its secrets`,
      });
    if (
      redirects.includes(key) &&
      text(value) === (key.endsWith("allow-http") ? "true" : "false") &&
      text(annotation(before, key)) !== text(value)
    )
      openings.push({
        key,
        at: value,
        message: `${quoted(key)} is ${quoted(text(value))}: requests without TLS are served`,
      });
  }
  const scheme = "alb.ingress.kubernetes.io/scheme";
  const at = annotation(after, scheme);
  if (text(at) === "internet-facing" && text(annotation(before, scheme)) !== "internet-facing" && at !== undefined)
    openings.push({ key: scheme, at, message: "its load balancer is open to the internet, and was not", grave: true });
  return openings;
}

/** https://gateway-api.sigs.k8s.io/reference/spec/#allowedroutes : routes of the same namespace, unless something else is said. */
export function ofGateway(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const wide: Readonly<Record<string, number>> = { None: 0, Same: 1, Selector: 2, All: 3 };
  const from = (listener: Value | undefined): string =>
    text(listener?.at("allowedRoutes", "namespaces", "from")) || "Same";
  const befores = before.root.at("spec", "listeners")?.items() ?? [];
  return (after.root.at("spec", "listeners")?.items() ?? []).flatMap((listener): readonly Opening[] => {
    const name = text(listener.at("name"));
    const was = befores.find((one) => text(one.at("name")) === name);
    if (was === undefined) return [];
    const openings = [...wildHosts([text(was.at("hostname"))], [listener.at("hostname") ?? listener], listener)];
    const at = listener.at("allowedRoutes", "namespaces", "from");
    if (at !== undefined && isExpression(at) && text(at) !== from(was))
      openings.push({ key: `${name} routes`, at, message: "", hidden: true });
    else if ((wide[from(listener)] ?? 3) > (wide[from(was)] ?? 3))
      openings.push({
        key: `${name} routes`,
        at: at ?? listener,
        message: `the listener ${quoted(name)} takes routes of namespaces ${quoted(from(was))} → ${quoted(from(listener))}`,
      });
    if (["HTTPS", "TLS"].includes(text(was.at("protocol"))) && ["HTTP", "TCP"].includes(text(listener.at("protocol"))))
      openings.push({
        key: `${name} protocol`,
        at: listener.at("protocol") ?? listener,
        message: `the listener ${quoted(name)} served TLS, and serves ${quoted(text(listener.at("protocol")))}`,
      });
    return openings;
  });
}

/** Routes of the Gateway API and of Istio: the hosts that they take. */
export function ofRoute(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const key = after.kind === "VirtualService" ? "hosts" : "hostnames";
  const hosts = ({ root }: KubernetesObject) => root.at("spec", key)?.items() ?? [];
  const former = hosts(before).map(text);
  return wildHosts(former.length === 0 ? [""] : former, hosts(after), after.root.at("spec") ?? after.root);
}
