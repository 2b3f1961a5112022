import { add, compare, divide, type Rational, whole, zero } from "../../lib/quantity.ts";
import type { KubernetesObject } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { numberOf } from "./canary.ts";

/** One target of a route. `weight` is null where it is an expression. */
export interface Backend {
  readonly key: string;
  readonly host: string;
  readonly at: Value;
  readonly weight: number | null;
  readonly isWritten: boolean;
}

/** The targets that one rule shares its traffic among. */
export interface Shared {
  readonly name: string;
  readonly at: Value;
  readonly backends: readonly Backend[];
}

function backendOf(root: Value, key: string, host: string, otherwise: number): Backend {
  const weight = root.at("weight");
  const isWritten = weight !== undefined && weight.scalar !== null;
  return { key, host, at: weight ?? root, weight: isWritten ? numberOf(weight) : otherwise, isWritten };
}

function text(value: Value | undefined): string {
  const scalar = value?.scalar;
  return scalar === undefined || scalar === null ? "" : String(scalar);
}

function ruleName(rule: Value, index: number): string {
  const name = text(rule.at("name"));
  return name === "" ? `#${index}` : name;
}

/** https://istio.io/latest/docs/reference/config/networking/virtual-service/ : a route alone takes all of it. */
function ofVirtualService(root: Value): readonly Shared[] {
  return ["http", "tcp", "tls"].flatMap((protocol) =>
    (root.at("spec", protocol)?.items() ?? []).map((rule, index) => {
      const routes = rule.at("route")?.items() ?? [];
      const backends = routes.map((route) => {
        const host = text(route.at("destination", "host"));
        const key = `${host} ${text(route.at("destination", "subset"))}`.trimEnd();
        return backendOf(route, key, host, routes.length === 1 ? 100 : 0);
      });
      return { name: `${protocol} ${ruleName(rule, index)}`, at: rule, backends };
    }),
  );
}

/** https://gateway-api.sigs.k8s.io/reference/spec/ : a weight that is left out is 1. */
function ofGatewayRoute(root: Value): readonly Shared[] {
  return (root.at("spec", "rules")?.items() ?? []).map((rule, index) => ({
    name: ruleName(rule, index),
    at: rule,
    backends: (rule.at("backendRefs")?.items() ?? []).map((backend) =>
      backendOf(backend, text(backend.at("name")), text(backend.at("name")), 1),
    ),
  }));
}

function listed(root: Value, path: readonly string[], name: string): readonly Shared[] {
  const list = root.at(...path);
  if (list === undefined) return [];
  const backends = list.items().map((backend) => backendOf(backend, text(backend.at(name)), text(backend.at(name)), 1));
  return [{ name: path.join("."), at: list, backends }];
}

/** What an object shares traffic among; nothing for other kinds. */
export function sharedBy({ kind, apiVersion, root }: KubernetesObject): readonly Shared[] {
  if (kind === "VirtualService" && apiVersion.startsWith("networking.istio.io/")) return ofVirtualService(root);
  if (apiVersion.startsWith("gateway.networking.k8s.io/") && kind.endsWith("Route")) return ofGatewayRoute(root);
  if (kind === "TraefikService") return listed(root, ["spec", "weighted", "services"], "name");
  if (kind === "TrafficSplit") return listed(root, ["spec", "backends"], "service");
  return [];
}

/** The share of one backend as a ratio; null where a weight cannot be read or nothing is shared. */
export function shareOf({ backends }: Shared, key: string): Rational | null {
  let [own, all] = [zero, zero];
  for (const backend of backends) {
    if (backend.weight === null || !Number.isSafeInteger(backend.weight) || backend.weight < 0) return null;
    all = add(all, whole(backend.weight));
    if (backend.key === key) own = add(own, whole(backend.weight));
  }
  return compare(all, zero) === 0 ? null : divide(own, all);
}
